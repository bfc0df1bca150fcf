/**
 * Denying a doctor one's charts, whatever opens them to her, and taking that back.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import type { GivenGrant } from '../keyring/keyring.ts';
import { limit, ownCharts } from './limits.ts';
import { recallGrants } from './remembered.ts';
import { type SharingOptions, unshare } from './share.ts';
import { tellMediators } from './told-limits.ts';

/** What came of it: charts of which something was said, grants that were taken back with it, and how many mediators and key servers are still to be told of either. */
export type Denied = { readonly charts: number; readonly grants: number; readonly left: number };

/**
 * Says of every chart of one's own that a doctor reads nothing of it, and takes back whatever she was granted. Asked again it goes on
 * where it stopped: the cloud obeys from the first word on.
 */
export async function deny(options: SharingOptions, doctor: Bytes): Promise<Denied> {
  const { keyring, cloud, clock = Date.now } = options;
  const now = () => Math.floor(clock() / 1000);
  let said = 0;
  let left = 0;
  for (const chart of await ownCharts(options)) {
    if (await limit(options, chart, { deny: doctor })) said++;
    // Also where it was said before: a mediator may have been away.
    left += await tellMediators(options, chart);
  }
  // Also what another copy of this keyring gave her, and what somebody has not heard the end of.
  await recallGrants({ keyring, cloud, now }).catch(() => {});
  const given = keyring.sharing.grants.filter((one) => equalPublic(one.doctor, doctor) && one.notAfter > now() && mayOpen(one));
  for (const { grant } of given) {
    const ended = await unshare(options, grant).catch(() => ({ cloud: false, mediator: false }));
    if (!(ended.cloud && ended.mediator)) left++;
  }
  return { charts: said, grants: given.length, left };
}

/** Whether anybody may serve a grant still. */
const mayOpen = ({ holds, servers }: GivenGrant): boolean => holds.cloud || holds.mediator || servers?.includes(true) === true;

/** Takes a denial back: her roles open again what they open. What she was granted before stays taken back. Gives of how many charts. */
export async function allow(options: SharingOptions, doctor: Bytes): Promise<number> {
  let said = 0;
  for (const chart of await ownCharts(options)) {
    if (await limit(options, chart, { allow: doctor })) said++;
    await tellMediators(options, chart);
  }
  return said;
}
