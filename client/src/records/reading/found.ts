/**
 * A chart as it was found, node by node: what of it still holds, and looking at the rest.
 *
 * [Note: Looking again]
 * What is found out about a node depends on that node alone, and what becomes of a record on its pieces alone. So a
 * chart that was opened is kept by node; a later look asks only for what changed since, and gives what opening
 * everything anew would have given. Whatever did not fit is looked at again each time: it may have been on its way.
 *
 * @module
 */
import { type Part, parts } from '@carelet/care/model';
import { contains } from '@carelet/care/rules/records/calendar';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Problem } from '../reader.ts';
import { type Held, sameNode } from '../walk.ts';
import { type PostingFault, postedSince, postingFaults, unfinished } from './postings.ts';
import { lookAt, type NodeFound, type Shelf } from './shelf.ts';

/** What was found on each node, by its name in hex. */
export type Found = ReadonlyMap<string, NodeFound>;

/** What somebody says has changed in a chart: these nodes and all below them, or whole shelves. New nodes need not be named. */
export type Changed = { readonly nodes?: readonly Bytes[]; readonly parts?: readonly Part[] };

/** What need not be looked at again. */
export function stillHolds(found: Found, { nodes = [], parts = [] }: Changed): Found {
  const named = nodes.flatMap((id) => found.get(hex(id))?.held ?? []);
  const changed = ({ treeId, period, part }: Held) =>
    parts.includes(part) || named.some((above) => equalPublic(above.treeId, treeId) && contains(above.period, period));
  return new Map([...found].filter(([, node]) => !changed(node.held) && fits(node)));
}

/** Whether nothing is wrong with a node, and all of it was there. */
export const fits = ({ problems, posted }: NodeFound): boolean =>
  problems.length === 0 && posted.faults.length === 0 && posted.foreign.size === 0 && !posted.waits;

/** Looks at every node that is in sight and not found yet; what is out of sight is left out. */
export async function lookAtRest(shelfOf: (part: Part) => Shelf, held: ReadonlyMap<string, Held>, found: Found): Promise<Found> {
  const nodes = new Map([...found].filter(([name, { held: last }]) => held.has(name) && sameNode(last, held.get(name)!)));
  const rest = [...held].filter(([name]) => !nodes.has(name)).map(([, node]) => node);
  // Side by side: while one shelf is waited for another is opened.
  const looks = parts.map((part) =>
    lookAt(
      shelfOf(part),
      rest.filter((node) => node.part === part),
    ),
  );
  for (const looked of await Promise.all(looks)) for (const [name, node] of looked) nodes.set(name, node);
  return nodes;
}

/**
 * For who opens everything: `null` when every batch is all there, else what was found without the nodes on which more
 * was posted since. More may have come while we looked, or we were told of half of what changed.
 */
export async function withoutHalves(shelfOf: (part: Part) => Shelf, found: Found): Promise<Found | null> {
  const halved = parts.filter((part) => unfinished(postedOn(found, part)).length > 0);
  if (halved.length === 0) return null;
  const nodes = new Map(found);
  for (const part of halved) {
    for (const name of await behind(shelfOf(part), onShelf(found, part))) nodes.delete(name);
  }
  return nodes;
}

/** Of nodes of a part, those on which more was posted since they were looked at. */
export async function behind({ cloud, cards, chart, part }: Shelf, nodes: Found): Promise<Set<string>> {
  const known = new Map([...nodes].map(([name, { posted }]) => [name, posted]));
  const ids = [...nodes.values()].map(({ held }) => held.nodeId);
  return postedSince({ cloud, pat: chart.pat, part, writer: cards.of(chart.writer) }, known, ids);
}

/** What did not fit, shelf by shelf; what did not fit when records were joined is not among it. */
export function problemsOf(nodes: readonly NodeFound[], owns: boolean): Problem[] {
  return parts.flatMap((part) => {
    const shelf = nodes.filter(({ held }) => held.part === part);
    const faults: PostingFault[] = postingFaults(
      shelf.map(({ posted }) => posted),
      owns,
    );
    return [...shelf.flatMap(({ problems }) => problems), ...faults];
  });
}

/** The parts of which any node is in sight, in their order. */
export const partsIn = (held: ReadonlyMap<string, Held>): Part[] =>
  parts.filter((part) => [...held.values()].some((node) => node.part === part));

export const onShelf = (found: Found, part: Part): Found => new Map([...found].filter(([, { held }]) => held.part === part));

const postedOn = (found: Found, part: Part) => [...found.values()].filter(({ held }) => held.part === part).map(({ posted }) => posted);
