/**
 * What somebody remembers of sharing, brought together: of two copies of one keyring, and of what the cloud still holds.
 *
 * @module
 */
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { readGrant } from '@carelet/crypto/pre/grant';
import { recallShared } from '../kdc/recall.ts';
import type { GivenGrant, Keyring, SharingKeys } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';

/**
 * Two copies as one. A grant that one of them took back is taken back: it is never given anew under its number.
 *
 * @param own wins where both have a key, or the end of a chain in the same generation: of two generations the newer
 */
export function together(own: SharingKeys, other: SharingKeys): SharingKeys {
  const grants = new Map<string, GivenGrant>();
  for (const one of [...other.grants, ...own.grants]) {
    const before = grants.get(hex(one.grant));
    grants.set(hex(one.grant), before ? both(before, one) : one);
  }
  return {
    patient: own.patient ?? other.patient,
    half: own.half ?? other.half,
    heads: { ...other.heads, ...newest(own.heads, other.heads) },
    grants: [...grants.values()],
  };
}

/** What of one's own ends of chains is not behind the other's. */
const newest = (own: SharingKeys['heads'], other: SharingKeys['heads']): SharingKeys['heads'] =>
  Object.fromEntries(Object.entries(own).filter(([name, { gen }]) => gen >= (other[name]?.gen ?? 0)));

const both = (one: GivenGrant, other: GivenGrant): GivenGrant => ({
  ...(other.consent === strange ? one : other),
  holds: { cloud: one.holds.cloud && other.holds.cloud, mediator: one.holds.mediator && other.holds.mediator },
  ...(one.servers && other.servers && { servers: one.servers.map((holds, i) => holds && other.servers![i]!) }),
});

/** What a grant is about that another copy of the keyring gave: its letter opens for its doctor alone. */
export const strange = 'null';

/**
 * Learns from the cloud which grants of one's own hold: those that another copy of this keyring gave or took back. To be
 * asked while no grant is being given.
 *
 * A cloud that hides a grant brings about that the mediator is told of its end, as if it were taken back; one can be invented
 * by nobody.
 */
export async function recallGrants({ keyring, cloud, now }: { keyring: Keyring; cloud: Cloud; now: () => number }): Promise<void> {
  const { id, edVk } = keyring.card;
  const held = (await cloud.sharing.grants()).grants.flatMap(({ grant, owner }) => {
    const read = equalPublic(owner, id) ? readGrant(grant, edVk) : null;
    return read && read.notAfter > now() ? [read] : [];
  });
  const { grants } = keyring.sharing;
  for (const { grant, pat, doctor, mediator, issued, notAfter } of held) {
    if (grants.some((one) => equalPublic(one.grant, grant))) continue;
    grants.push({
      ...{ grant, pat, doctor, doctorName: '', mediator, issued, notAfter },
      consent: strange,
      holds: { cloud: true, mediator: true },
    });
  }
  for (const one of grants) {
    if (!one.servers && one.notAfter > now() && !held.some(({ grant }) => equalPublic(grant, one.grant))) one.holds.cloud = false;
  }
  await recallShared({ keyring, cloud, now }, strange);
}
