/**
 * Which nodes of a chart a grant through the key servers reaches: the fewest that cover what its consent means.
 *
 * @module
 */
import type { Period } from '@carelet/care/model';
import { ancestors, contains, isClosed, spanOf } from '@carelet/care/rules/records/calendar';
import { type Consent, isMeant, periodsOf } from '@carelet/care/rules/sharing/consent';
import { hex } from '@carelet/crypto/algebra/bytes';
import { nodeId } from '@carelet/crypto/records/tree';
import type { WrapNode } from '../records/wraps.ts';
import { daysToCome } from '../session/renew.ts';
import type { OwnTree } from '../sharing/own-trees.ts';

/**
 * The nodes that get a lock now: whole decades, years and months that are over, and days; of a device's trees the days of the
 * coming week as well. What hangs below one that has a lock needs none. Of a dated tree never the root, which would open every date
 * there will ever be.
 *
 * @param have names of the nodes with a lock, in hex
 */
export function nodesReached(
  consent: Consent,
  trees: readonly OwnTree[],
  today: Period,
  have: ReadonlySet<string> = new Set(),
): WrapNode[] {
  const cover = periodsOf(consent, today).filter((period) => spanOf(period) === 'day' || isClosed(period, today));
  return trees.flatMap(({ node, periods, ofDevice }) => {
    const { part, category, dated } = node.of;
    if (!isMeant(consent, part, category)) return [];
    const hasLock = (period: Period) => have.has(hex(nodeId(node.tree.id, period)));
    if (!dated) return hasLock('always') ? [] : [{ ...node, period: 'always' }];
    const wanted = new Set<Period>();
    for (const period of ofDevice ? [...periods, ...daysToCome(today)] : periods) {
      // The coarse ones come first.
      const above = cover.find((one) => contains(one, period));
      if (above !== undefined && ![...ancestors(period), period].some(hasLock)) wanted.add(above);
    }
    return [...wanted].map((period) => ({ ...node, period }));
  });
}
