/**
 * The town's cloudlets by organisation, as the manifest names it.
 *
 * @module
 */
import type { Keyring } from '@carelet/client/keyring/keyring';
import { type Cloudlet, connectCloudlet } from '@carelet/client/login';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import type { TownMap } from './surroundings.ts';

/** Connects to the cloudlet of an organisation by its card's number; `null` where nobody knows one. */
export const cloudletsOf =
  ({ cloudlets }: TownMap, keyring: Keyring, clock: () => number) =>
  (organisation: Bytes): Cloudlet | null => {
    const name = keyring.manifest.domains.find((domain) => equalPublic(domain.organisation, organisation))?.name;
    const found = cloudlets.find((cloudlet) => cloudlet.organisation === name);
    return found ? connectCloudlet(found.where, keyring, clock) : null;
  };

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
