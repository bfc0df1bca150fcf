/**
 * What stands in the place of a grant: the same once more under a new generation, or to the team that follows.
 *
 * A grant names those in whose place it was given, in the keyring and before it holds. So whoever takes one back reaches what was made of
 * it meanwhile, and a process that was killed in between is finished the next time.
 *
 * @module
 */
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { GivenGrant, Keyring } from '../keyring/keyring.ts';
import type { ChartRef } from '../records/reader.ts';
import { alike } from './meant.ts';
import { recallGrants, strange } from './remembered.ts';
import type { SharingOptions } from './share.ts';
import { followersOf } from './teams/patient.ts';

/** A grant by its number, as the keyring has it now: it may have been brought together with another copy of it. */
export const grantIn = ({ sharing }: Keyring, grant: Bytes): GivenGrant | undefined =>
  sharing.grants.find((one) => equalPublic(one.grant, grant));

/** Whether cloud and mediator both serve a grant still, as far as its patient knows. */
export const isHeld = ({ holds }: Pick<GivenGrant, 'holds'>): boolean => holds.cloud && holds.mediator;

/**
 * The grants that hold and let read the same as one: given to the same reader, in its place, or to a team that follows.
 *
 * @param after the teams that came in the place of its own
 */
export function heirsOf(grants: readonly GivenGrant[], named: GivenGrant, after: readonly Bytes[] = []): GivenGrant[] {
  const isAfter = (doctor: Bytes) => after.some((team) => equalPublic(team, doctor));
  const found = new Set([named]);
  // What was given in the place of one may itself have been replaced.
  for (const before of found) {
    for (const one of grants) {
      const isGivenFor = one.ends?.some((number) => equalPublic(number, before.grant)) === true;
      const isTo = equalPublic(one.doctor, named.doctor) || isAfter(one.doctor) || isGivenFor;
      if (isTo && (alike(named, one) || isCarriedElsewhere(named, one, isAfter))) found.add(one);
    }
  }
  return [...found].filter((one) => one !== named && isHeld(one));
}

/** Whether another copy of the keyring gave a grant to a team that follows, until the same day: what it is about, that copy knows. */
const isCarriedElsewhere = (named: GivenGrant, one: GivenGrant, isAfter: (doctor: Bytes) => boolean): boolean =>
  one.consent === strange && isAfter(one.doctor) && equalPublic(one.pat, named.pat) && one.notAfter === named.notAfter;

/** `heirsOf` a grant to a team, once its organisation was asked who follows it; nobody where that cannot be asked now. */
export async function heirsElsewhere({ keyring, cloud, clock = Date.now }: SharingOptions, named: GivenGrant): Promise<GivenGrant[]> {
  const now = () => Math.floor(clock() / 1000);
  const after = (await followersOf({ keyring, cloud, now: now() }, [named])).get(hex(named.doctor));
  if (!after) return [];
  await recallGrants({ keyring, cloud, now }).catch(() => {});
  return heirsOf(keyring.sharing.grants, named, after);
}

/** Which of the grants in whose place something is given end with the grant for this chart; those of no chart that is meant, with the last. */
export function endedBy(keyring: Keyring, instead: readonly Bytes[] = [], charts: readonly ChartRef[], { pat }: ChartRef): Bytes[] {
  const chartOf = (number: Bytes) => charts.find((chart) => equalPublic(chart.pat, grantIn(keyring, number)?.pat ?? new Uint8Array()));
  return instead.filter((number) => equalPublic((chartOf(number) ?? charts.at(-1)!).pat, pat));
}
