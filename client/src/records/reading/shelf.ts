/**
 * Looking at nodes of one shelf: their rows, opened, each with what its writer and its author vouch for.
 *
 * What is found out about a node depends on that node alone, so a node that changed can be looked at again without
 * the others.
 *
 * @module
 */
import { type Part, parts } from '@carelet/care/model';
import { sha256Each } from '@carelet/crypto/algebra/batch';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type NodeState, nodeState, type RowState } from '@carelet/crypto/receipts/map';
import { type authorshipCheck, type ReadyNode, type RecordOf, readRows, readyNode } from '@carelet/crypto/records/reader';
import type { Cloud } from '../../login.ts';
import type { Breathe } from '../../pace.ts';
import { type Body, decodeBody } from '../body.ts';
import { type FetchedRow, fetchRows } from '../fetch.ts';
import type { ChartRef, Problem } from '../reader.ts';
import type { Held } from '../walk.ts';
import type { BelievedCards } from './believed.ts';
import { type NodePostings, postingsOf } from './postings.ts';

/** A part of a record as it came out of its row. */
export type Piece = RecordOf & {
  /** Of the record, by author and rid: nobody hides another's record behind one of the same number. */
  readonly name: string;
  readonly part: Part;
  readonly author: Bytes;
  /** `null` when it is none we know. */
  readonly body: Body | null;
  readonly held: Held;
  readonly rowId: Bytes;
  /** Of the ciphertext. */
  readonly bytes: number;
};

/** A node as it was found. */
export type NodeFound = {
  readonly held: Held;
  readonly pieces: readonly Piece[];
  readonly problems: readonly Problem[];
  readonly posted: NodePostings;
  /** What its rows come to, as the cloud's map counts them. */
  readonly state: NodeState;
};

export type Shelf = {
  readonly cloud: Cloud;
  readonly cards: BelievedCards;
  readonly chart: ChartRef;
  readonly part: Part;
  /** Whether authors wrote what is said to be theirs. */
  readonly written: ReturnType<typeof authorshipCheck>;
  /** Takes the promise that comes with rows, where they leave a receipt. */
  readonly took: (promise: Bytes | undefined) => void;
  readonly breathe: Breathe;
  /** Told of rows as they are fetched and as they are opened. */
  readonly count: (more: { opened?: number; fetched?: number }) => void;
};

/** Rows opened between two breaths, and the bytes after which it is fewer. */
const rowsAtOnce = 32;
const bytesAtOnce = 512 * 1024;

/** Fetches and opens what lies on these nodes of a shelf; by node, in hex, a node with nothing on it as well. */
export async function lookAt(shelf: Shelf, nodes: readonly Held[]): Promise<Map<string, NodeFound>> {
  if (nodes.length === 0) return new Map();
  const { cloud, cards, chart, part, took, breathe, count } = shelf;
  const ids = nodes.map(({ nodeId }) => nodeId);
  const found = new Map(nodes.map((held) => [hex(held.nodeId), beginWith(held)]));
  const postings = await postingsOf({ cloud, pat: chart.pat, part, writer: cards.of(chart.writer) }, ids);
  for await (const page of fetchRows(cloud, chart.pat, part, ids, took)) {
    count({ fetched: page.length });
    for (const rows of slices(page)) {
      await breathe();
      const hashes = await sha256Each(rows.map(({ ct }) => ct));
      await openSlice(
        shelf,
        rows.flatMap((row, i) => {
          const node = found.get(hex(row.nodeId));
          node?.rows.push({ rowId: row.rowId, version: row.version, ctHash: hashes[i]! });
          return node ? [{ row, node, ctHash: hashes[i]!, posted: postings.saw(row, hashes[i]!) }] : [];
        }),
      );
      count({ opened: rows.length });
    }
  }
  await breathe();
  const posted = await postings.close(breathe);
  const looked = new Map<string, NodeFound>();
  for (const [name, { held, pieces, problems, rows }] of found) {
    await breathe();
    looked.set(name, { held, pieces, problems, posted: posted.get(name)!, state: nodeState(rows) });
  }
  return looked;
}

type Finding = {
  readonly held: Held;
  readonly ready: ReadyNode;
  readonly pieces: Piece[];
  readonly problems: Problem[];
  readonly rows: RowState[];
};
type Seen = { readonly row: FetchedRow; readonly node: Finding; readonly ctHash: Bytes; readonly posted: boolean };

const beginWith = (held: Held): Finding => ({ held, ready: readyNode(held.key), pieces: [], problems: [], rows: [] });

async function openSlice({ cards, chart, part, written }: Shelf, rows: readonly Seen[]): Promise<void> {
  const read = await readRows(
    part,
    rows.map(({ row, node, ctHash }) => ({ node: node.ready, row, ctHash })),
  );
  const opened = rows.flatMap((seen, i) => {
    const one = read[i]!;
    if (one.kind === 'read') return seen.posted ? [{ ...seen, bound: one.bound }] : [];
    seen.node.problems.push({ kind: one.kind, what: 'a row is not what its writer sealed', rowId: seen.row.rowId });
    return [];
  });
  const bounds = opened.map(({ bound }) => bound);
  await cards.learn(bounds.map(({ authorship }) => authorship.author));
  const theirs = await written(bounds);
  for (const [i, { bound, row, node }] of opened.entries()) {
    const { rid, version, hashes, authorship, body } = bound;
    const { author } = authorship;
    const piece: Piece = {
      name: hex(author) + hex(rid),
      part,
      rid,
      version,
      hashes,
      author,
      body: decodeBody(body),
      held: node.held,
      rowId: row.rowId,
      bytes: row.ct.length,
    };
    if (theirs[i] && mayHang(chart, piece)) node.pieces.push(piece);
    else node.problems.push({ kind: 'tampered', what: 'a record is not signed by an author anyone vouches for', rowId: row.rowId });
  }
}

/** A record hangs in its author's own tree; a device has nothing to say but strips of its own. */
function mayHang({ writer }: ChartRef, { part, author, body, held }: Piece): boolean {
  if (!equalPublic(author, held.writer)) return false;
  if (equalPublic(author, writer)) return true;
  return part === 'MI' && body?.kind === 'strip' && equalPublic(body.device, author);
}

function* slices(page: readonly FetchedRow[]): Generator<FetchedRow[]> {
  let slice: FetchedRow[] = [];
  let bytes = 0;
  for (const row of page) {
    slice.push(row);
    bytes += row.ct.length;
    if (slice.length < rowsAtOnce && bytes < bytesAtOnce) continue;
    yield slice;
    slice = [];
    bytes = 0;
  }
  if (slice.length > 0) yield slice;
}

/** Nodes in the order a chart is read in: shelf by shelf, as the cloud keeps them. */
export const inOrder = (nodes: ReadonlyMap<string, NodeFound>): NodeFound[] =>
  [...nodes]
    .sort(([a, one], [b, other]) => parts.indexOf(one.held.part) - parts.indexOf(other.held.part) || (a < b ? -1 : 1))
    .map(([, node]) => node);
