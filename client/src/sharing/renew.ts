/**
 * Keeping open what one lets read by consent: what one's devices will write, and what is sealed for a new generation since somebody
 * else's was taken back, for a team the one in its place; and finishing what was taken back by half.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { fromFhirConsent, recipientOf, teamsOrganisation } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { renewShared } from '../kdc/share.ts';
import type { GivenGrant, Keyring } from '../keyring/keyring.ts';
import { tellDevices } from './anew.ts';
import { grantIn, isHeld } from './heirs.ts';
import { keepLimits } from './limits.ts';
import { sameAs } from './meant.ts';
import { isSuperseded, publishedScopes, raiseGenerations } from './publish.ts';
import { recallGrants } from './remembered.ts';
import { endGrant, finishChanges, finishEnding, type SharingOptions, share, whoReads, wrapScopes } from './share.ts';
import { followersOf } from './teams/patient.ts';
import { tellMediators } from './told-limits.ts';

/** What was kept open. */
export type Renewed = {
  /** Locks made for whom one lets read. */
  readonly wraps: number;
  /** Grants that others stand in the place of now, as of a new generation, and how many that is still to be done for: somebody was away. */
  readonly grants: number;
  readonly left: number;
};

/**
 * Makes the consent wraps that the patient's charts lack, and gives whoever may still read what a new generation is opened with.
 *
 * @param progress told as scopes get their keys: how many of how many, of one grant after the other
 */
export async function renewConsents(options: SharingOptions, progress?: (done: number, of: number) => void): Promise<Renewed> {
  const { keyring, cloud, clock = Date.now } = options;
  // What another copy of this keyring took back is given to nobody anew.
  let grants = (await recalled(options)) ? await finishChanges(options) : 0;
  await finishEnding(options);
  let wraps = 0;
  let left = 0;
  const now = Math.floor(clock() / 1000);
  const followers = await followersOf({ keyring, cloud, now }, whoReads(keyring, now));
  const { charts } = await cloud.records.charts();
  // Whoever shows false limits is told of where somebody reads them; consent goes on.
  await keepLimits(options, charts).catch(() => {});
  for (const chart of charts) {
    await tellDevices(options, chart);
    if (!keyring.sharing.grants.some(({ pat }) => equalPublic(pat, chart.pat))) continue;
    await raiseGenerations(options, chart, ({ doctor }) => followers.has(hex(doctor)));
    // Whoever was away when limits were said is told now.
    await tellMediators(options, chart);
    const published = await publishedScopes(options, chart);
    const given = whoReads(keyring, clock() / 1000).filter(({ pat }) => equalPublic(pat, chart.pat));
    for (const grant of given.filter((one) => isSuperseded(one, published))) {
      try {
        const doctor = followers.get(hex(grant.doctor))?.at(-1) ?? grant.doctor;
        const there = given.some((other) => sameAs({ ...grant, doctor }, other) && !isSuperseded(other, published));
        if (isTakenBack(keyring, grant)) continue;
        const anew = there ? [] : await giveAnew(options, grant, doctor, progress);
        // Looked for again: who stopped it meanwhile, here or with another copy of this keyring, meant this as well.
        if (anew.length > 0) await recalled(options);
        if (isTakenBack(keyring, grant)) for (const one of anew) await endGrant(options, one.grant);
        else grants++;
        await endGrant(options, grant.grant);
      } catch {
        left++;
      }
    }
    if (given.some(({ servers }) => !servers)) wraps += await wrapScopes(options, chart, await publishedScopes(options, chart));
    // Two servers that are away keep no other consent.
    wraps += await renewShared(options, chart).catch(unlessAway);
  }
  return { wraps, grants, left };
}

/** Learns from the cloud what holds; whether it could be asked. */
const recalled = ({ keyring, cloud, clock = Date.now }: SharingOptions): Promise<boolean> =>
  recallGrants({ keyring, cloud, now: () => Math.floor(clock() / 1000) }).then(
    () => true,
    () => false,
  );

const isTakenBack = (keyring: Keyring, { grant }: GivenGrant): boolean => !isHeld(grantIn(keyring, grant)!);

/** The same grant once more, under the generation that holds now, in the place of the one before; to a team as it is now. */
async function giveAnew(
  options: SharingOptions,
  { grant, pat, doctorName, mediator, consent }: GivenGrant,
  doctor: Bytes,
  progress?: (done: number, of: number) => void,
): Promise<GivenGrant[]> {
  const before = JSON.parse(consent);
  const again = { doctor, doctorName, mediator, consent: fromFhirConsent(before)!, charts: [pat], instead: [grant] };
  const organisation = teamsOrganisation(before);
  const as = { as: recipientOf(before) ?? 'doctor', ...(organisation && { of: unhex(organisation) }) };
  return share(options, { ...again, ...as, ...(progress && { progress }) });
}

/** Nothing for what waits until somebody can be reached again. */
function unlessAway(thrown: unknown): number {
  if (thrown instanceof CareletError && thrown.kind === 'unavailable') return 0;
  throw thrown;
}
