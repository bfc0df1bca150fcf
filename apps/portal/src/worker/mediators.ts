/**
 * Which of the town's clinics could mediate.
 *
 * @module
 */
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { TownMap } from './surroundings.ts';

/**
 * The organisations whose cloudlet could mediate for a doctor, the likeliest first: not her own, so that no house alone opens
 * what was shared with its doctor.
 *
 * @param own name of the doctor's organisation
 */
export function mediatorsFor({ cloudlets }: TownMap, { manifest }: Keyring, own: string): Bytes[] {
  const names = cloudlets.map(({ organisation }) => organisation);
  const inOrder = [...names.filter((name) => name !== own), ...names.filter((name) => name === own)];
  return inOrder.flatMap((name) => manifest.domains.find((domain) => domain.name === name)?.organisation ?? []);
}
