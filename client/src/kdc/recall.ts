/**
 * Learning from the cloud which grants through the key servers hold that another copy of one's keyring gave or took back.
 *
 * @module
 */
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { readGrant } from '@carelet/crypto/kdc/grant';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';

/**
 * Does for them what `recallGrants` does for the others.
 *
 * @param strange what stands for a consent that only the other copy knows
 */
export async function recallShared(
  { keyring, cloud, now }: { keyring: Keyring; cloud: Cloud; now: () => number },
  strange: string,
): Promise<void> {
  const { grants } = keyring.sharing;
  const held = (await cloud.kdc.grants()).grants.flatMap(({ grant }) => readGrant(grant, keyring.card) ?? []);
  for (const { grant, pat, reader, issued, notAfter } of held) {
    if (notAfter <= now() || grants.some((one) => equalPublic(one.grant, grant))) continue;
    grants.push({
      ...{ grant, pat, doctor: reader, doctorName: '', mediator: new Uint8Array(), issued, notAfter, consent: strange },
      holds: { cloud: true, mediator: true },
      servers: [true, true, true],
    });
  }
  for (const one of grants) {
    if (one.servers && one.notAfter > now() && !held.some(({ grant }) => equalPublic(grant, one.grant))) one.holds.cloud = false;
  }
}
