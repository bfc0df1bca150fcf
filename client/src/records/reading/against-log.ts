/**
 * Holding what was read against the cloud's own log: a row left out, a version that is not the latest, a batch withheld.
 *
 * [Note: The log after the rows]
 * The log is asked after the rows, so it knows of every row that was there. Where it knows of more, either somebody wrote in
 * between, and the cloud has his batch to show, or something was kept from us. So a node that does not fit is looked at
 * again as long as there is more to see on it, a few times, and is then told.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import { parts } from '@carelet/care/model';
import type { Card } from '@carelet/crypto/cards/card';
import type { Keyring } from '../../keyring/keyring.ts';
import type { Cloud } from '../../login.ts';
import type { Breathe } from '../../pace.ts';
import { compareNodes } from '../../receipts/nodes.ts';
import type { Standing, Watching } from '../../receipts/watch.ts';
import type { ChartRef, Problem } from '../reader.ts';
import { behind, type Found, fits, lookAtRest, onShelf } from './found.ts';
import type { NodeFound, Shelf } from './shelf.ts';

export type Against = {
  readonly shelfOf: (part: Part) => Shelf;
  readonly keyring: Keyring;
  readonly watch: Watching;
  readonly cloud: Cloud;
  readonly chart: ChartRef;
  /** The card of its owner, if it is believed. */
  readonly owner: Card | null;
  /** UTC seconds. */
  readonly now: () => number;
  readonly breathe: Breathe;
};

export type Checked = {
  readonly found: Found;
  readonly problems: readonly Problem[];
  readonly standing?: Standing;
  readonly ownerSaw?: number | null;
};

/** How often a node is looked at again on which somebody writes all the while. */
const looks = 4;

const less: Problem = { kind: 'tampered', what: 'records are missing here, or older ones are shown than the cloud’s own log counts' };

/** @param kept what was held against the log before and did not change */
export async function heldAgainstLog(against: Against, found: Found, kept: Found): Promise<Checked> {
  const { shelfOf, chart, breathe } = against;
  const nodes = new Map(found);
  let fresh = [...found].filter(([name, node]) => kept.get(name) !== node);
  let standing: Standing | undefined;
  let ownerSaw: number | null | undefined;
  for (let left = looks; fresh.length > 0; left--) {
    const read = fresh.map(([, { held, state }]) => ({ nodeId: held.nodeId, state }));
    const compared = await compareNodes({ ...against, pat: chart.pat }, read, breathe);
    if (compared.kind === 'fails') return { found: nodes, problems: [{ kind: 'tampered', what: compared.what }] };
    ({ standing, ownerSaw } = compared);
    const other = new Map(fresh.filter(([name]) => compared.other.has(name)));
    if (other.size === 0) break;
    const more = left > 0 ? await moreOn(shelfOf, other) : new Set<string>();
    // What does not fit for another reason has its words already.
    for (const [name, node] of other) if (!more.has(name) && fits(node)) nodes.set(name, { ...node, problems: [less] });
    const again = new Map([...other].filter(([name]) => more.has(name)).map(([name, { held }]) => [name, held]));
    const looked = await lookAtRest(shelfOf, again, new Map());
    for (const [name, node] of looked) nodes.set(name, node);
    fresh = [...looked];
  }
  return { found: nodes, problems: [], ...(standing && { standing }), ...(ownerSaw !== undefined && { ownerSaw }) };
}

async function moreOn(shelfOf: (part: Part) => Shelf, nodes: ReadonlyMap<string, NodeFound>): Promise<Set<string>> {
  const more = new Set<string>();
  for (const part of parts) {
    const some = onShelf(nodes, part);
    if (some.size > 0) for (const name of await behind(shelfOf(part), some)) more.add(name);
  }
  return more;
}
