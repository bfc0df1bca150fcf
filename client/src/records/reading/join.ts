/**
 * Putting the parts of records together again.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import { partsOf, sameRecord } from '@carelet/crypto/records/reader';
import type { Breathe } from '../../pace.ts';
import type { Body } from '../body.ts';
import type { OpenedParts, Problem } from '../reader.ts';
import type { NodeFound, Piece } from './shelf.ts';

/** What came of the parts of one record. */
export type Joined = {
  readonly pieces: readonly Piece[];
  readonly record: OpenedParts | null;
  readonly problems: readonly Problem[];
};

/** What a part that is not there means. */
export type Reach = {
  /** Whether one opens every part of the chart. */
  readonly owns: boolean;
  /** The parts of which one opens anything. */
  readonly openParts: readonly Part[];
};

const joinsAtOnce = 200;

/**
 * Joins what was found on all nodes, in their order; a record none of whose pieces changed stays the one it was before.
 *
 * @param before what this gave the last time, for the same reach
 */
export async function joinAll(
  nodes: readonly NodeFound[],
  reach: Reach,
  before: ReadonlyMap<string, Joined>,
  breathe: Breathe,
): Promise<Map<string, Joined>> {
  const found = new Map<string, Piece[]>();
  for (const { pieces } of nodes) {
    for (const piece of pieces) {
      const known = found.get(piece.name);
      if (known) known.push(piece);
      else found.set(piece.name, [piece]);
    }
  }
  const joined = new Map<string, Joined>();
  for (const [name, pieces] of found) {
    if (joined.size % joinsAtOnce === 0) await breathe();
    const last = before.get(name);
    const same = last?.pieces.length === pieces.length && pieces.every((piece, i) => piece === last.pieces[i]);
    joined.set(name, same ? last : join(pieces, reach));
  }
  return joined;
}

/** Joins the parts of one record, of whatever versions, shelf by shelf: the latest counts. */
function join(pieces: readonly Piece[], { owns, openParts }: Reach): Joined {
  const problems: Problem[] = [];
  const versions = [...new Set(pieces.map(({ version }) => version))].sort((a, b) => b - a);
  const piecesOf = (version: number) => pieces.filter((piece) => piece.version === version);
  const isWhole = (version: number) => {
    const there = piecesOf(version);
    return partsOf(there[0]!).every((part) => there.some((piece) => piece.part === part));
  };
  // Who opens everything sees the last version that is all there, not half of the one on its way.
  const version = (owns && versions.find(isWhole)) || versions[0]!;
  const chosen = piecesOf(version);
  if (version !== versions[0]) {
    const [later] = piecesOf(versions[0]!);
    problems.push({ kind: 'missing', what: 'a later version of a record is not all there', rowId: later!.rowId });
  }
  const first = chosen.find(({ part }) => part === 'MI') ?? chosen[0]!;
  if (chosen.some((piece) => !sameRecord(piece, first)) || new Set(chosen.map(({ part }) => part)).size !== chosen.length) {
    problems.push({ kind: 'tampered', what: 'parts of different records were put together', rowId: first.rowId });
    return { pieces, record: null, problems };
  }
  const bodies: { [X in Part]?: Body } = {};
  for (const { part, body } of chosen) if (body) bodies[part] = body;
  const withheld = partsOf(first).filter((part) => !chosen.some((piece) => piece.part === part));
  // A part on a shelf these keys open that is not there was taken away, or is still on its way.
  for (const part of withheld) {
    if (openParts.includes(part) && owns) {
      problems.push({ kind: 'missing', what: 'a part of a record is not there', rowId: first.rowId });
    }
  }
  const { category, period, writer } = first.held;
  const record: OpenedParts = {
    rid: first.rid,
    version,
    bodies,
    withheld,
    grant: { category, period, writer },
    author: first.author,
    rows: chosen.map(({ part, rowId, held, bytes }) => ({ part, rowId, nodeId: held.nodeId, bytes })),
  };
  return { pieces, record, problems };
}
