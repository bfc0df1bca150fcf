/**
 * Telling mediators of teams whom one denies: a team's members are known to nobody by name, so cloud and mediator each look for themselves
 * whether one of them is denied.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { recipientOf } from '@carelet/care/rules/sharing/consent';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
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
  const { keyring, cloudletOf, clock = Date.now } = options;
  const toTeams = keyring.sharing.grants.filter(
    (one) => one.holds.mediator && !one.servers && one.notAfter > clock() / 1000 && equalPublic(one.pat, chart.pat) && isToTeam(one),
  );
  if (toTeams.length === 0) return 0;
  const said = await saidLimits(options, chart);
  if (!said) return 0;
  let left = 0;
  for (const { grant, mediator } of new Map(toTeams.map((one) => [hex(one.mediator), one])).values()) {
    try {
      const cloudlet = cloudletOf(mediator);
      if (!cloudlet) left++;
      await cloudlet?.sharing.limits({ grant, state: said.state });
    } catch (thrown) {
      if (!(thrown instanceof CareletError)) throw thrown;
      if (thrown.kind !== 'denied') left++;
    }
  }
  return left;
}

/** Whether a grant is, or may be, to a team: what another copy of the keyring gave it does not know. */
const isToTeam = ({ consent }: Pick<GivenGrant, 'consent'>): boolean => consent === strange || recipientOf(JSON.parse(consent)) === 'team';
