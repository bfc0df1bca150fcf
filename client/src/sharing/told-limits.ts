/**
 * Telling mediators of teams whom one denies: a team's members are known to nobody by name, so cloud and mediator each look for themselves
 * whether one of them is denied.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { recipientOf } from '@carelet/care/rules/sharing/consent';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { GivenGrant } from '../keyring/keyring.ts';
import type { ChartRef } from '../records/reader.ts';
import { saidLimits } from './limits.ts';
import { strange } from './remembered.ts';
import type { SharingOptions } from './share.ts';

/**
 * Hands the newest limits of a chart to every mediator of a team's grant in it. Told again it changes nothing.
 *
 * @returns how many could not be told; whoever has no part of the grant any more need not be
 */
export async function tellMediators(options: SharingOptions, chart: Pick<ChartRef, 'pat' | 'writer'>): Promise<number> {
  const { keyring, clock = Date.now } = options;
  const toTeams = keyring.sharing.grants.filter(
    (one) => one.holds.mediator && !one.servers && one.notAfter > clock() / 1000 && equalPublic(one.pat, chart.pat) && isToTeam(one),
  );
  if (toTeams.length === 0) return 0;
  const said = await saidLimits(options, chart);
  if (!said) return 0;
  const mediators = new Map<string, GivenGrant[]>();
  for (const one of toTeams) mediators.set(hex(one.mediator), [...(mediators.get(hex(one.mediator)) ?? []), one]);
  let left = 0;
  for (const grants of mediators.values()) if (!(await isTold(options, grants, said.state))) left++;
  return left;
}

/**
 * Hands limits to one mediator, by the first of these grants of which it has a part: another copy of the keyring may have ended some. Whoever
 * has a part of none need not be told.
 */
async function isTold({ cloudletOf }: SharingOptions, grants: readonly GivenGrant[], state: Bytes): Promise<boolean> {
  const cloudlet = cloudletOf(grants[0]!.mediator);
  if (!cloudlet) return false;
  let ended = 0;
  for (const { grant } of grants) {
    try {
      await cloudlet.sharing.limits({ grant, state });
      return true;
    } catch (thrown) {
      if (!(thrown instanceof CareletError)) throw thrown;
      if (thrown.kind === 'denied') ended++;
    }
  }
  return ended === grants.length;
}

/** Whether a grant is, or may be, to a team: what another copy of the keyring gave it does not know. */
const isToTeam = ({ consent }: Pick<GivenGrant, 'consent'>): boolean => consent === strange || recipientOf(JSON.parse(consent)) === 'team';
