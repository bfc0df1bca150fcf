/**
 * Which of the town's clinics could mediate.
 *
 * @module
 */
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { TownMap } from './surroundings.ts';

/**
 * The organisations whose cloudlet could mediate for whoever is let read, the likeliest first: of a doctor not her own, so that no house alone opens
 * what was shared with its doctor.
 *
 * @param own name of the doctor's organisation; a carer has none
 */
export function mediatorsFor({ cloudlets }: TownMap, { manifest }: Keyring, own: string | null): Bytes[] {
  const names = cloudlets.map(({ organisation }) => organisation);
  const inOrder = [...names.filter((name) => name !== own), ...names.filter((name) => name === own)];
  return inOrder.flatMap((name) => manifest.domains.find((domain) => domain.name === name)?.organisation ?? []);
}
