/**
 * Which rows their writer vouches for: a row nobody posted is not believed, and a posting some of whose rows are
 * not there has lost them.
 *
 * [Note: Proof before rows]
 * Writers write while others read. What proves the rows is fetched before the rows, so a batch that comes in
 * between shows as rows without a proof; asked once more the cloud has its proof, and the batch waits for the next
 * look. The other way round it would show as a proof without rows, which is what theft looks like.
 *
 * @module
 */
import type { Part } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Card } from '@carelet/crypto/cards/card';
import { coversNode, type RowLeaf, rowLeaf, verifyPosting } from '@carelet/crypto/records/posting';
import type { Cloud } from '../login.ts';
import { type FetchedPosting, type FetchedRow, fetchProofs } from './fetch.ts';

/** Where to ask, and whose postings count. */
export type PostedChart = {
  readonly cloud: Cloud;
  readonly pat: Bytes;
  readonly part: Part;
  /** The chart's writer; `null` when nobody vouches for it. */
  readonly writer: Card | null;
  /** Whether the reader opens every node there is: then a posting of which a node is not there has lost it. */
  readonly whole: boolean;
};

/** What did not fit. */
export type PostingFault = { readonly kind: 'tampered' | 'missing'; readonly what: string };

/** The rows of a part as they come in, and at the end which of them count. */
export type Postings = {
  /** Takes note of a row; gives the place it lies at, posting and node. */
  saw(row: FetchedRow): string;
  /** Whether the writer posted rows at this place: an answer once the proofs were asked for again. */
  vouched(place: string): boolean;
  /** When all rows came. */
  close(): Promise<PostingFault[]>;
};

type Proof = { readonly posting: FetchedPosting; readonly nodeId: Bytes; readonly index: number; readonly path: readonly Bytes[] };

/** Asks for what proves the rows of these nodes; before their rows are asked for. */
export async function postingsOf(chart: PostedChart, nodes: readonly Bytes[]): Promise<Postings> {
  const faults: PostingFault[] = [];
  const proofs = proofsIn(chart, await fetchProofs(chart.cloud, chart.pat, chart.part, nodes), () =>
    faults.push({ kind: 'tampered', what: 'a batch was not posted by the organisation it names' }),
  );
  const seen = new Map<string, { nodeId: Bytes; rows: RowLeaf[] }>();

  return {
    saw(row) {
      const place = placeOf(row.postingId, row.nodeId);
      const leaf = seen.get(place) ?? { nodeId: row.nodeId, rows: [] };
      leaf.rows.push(rowLeaf(row));
      seen.set(place, leaf);
      return place;
    },

    vouched: (place) => proofs.has(place),

    async close() {
      for (const [place, { posting, nodeId, index, path }] of proofs) {
        if (!coversNode(posting, nodeId, seen.get(place)?.rows ?? [], { index, path })) {
          faults.push({ kind: 'tampered', what: 'records of a batch are missing or were exchanged' });
        }
      }
      if (chart.whole) {
        const nodesOf = groupBy(proofs.values(), ({ posting }) => posting);
        for (const [posting, known] of nodesOf) {
          if (known.length < posting.nodeCount) faults.push({ kind: 'missing', what: 'a whole period of a batch is not there' });
        }
      }
      const unproven = [...seen].filter(([place]) => !proofs.has(place));
      if (unproven.length === 0) return faults;
      const ids = [...new Map(unproven.map(([, { nodeId }]) => [hex(nodeId), nodeId])).values()];
      const since = proofsIn(chart, await fetchProofs(chart.cloud, chart.pat, chart.part, ids), () => {});
      for (const [place] of unproven)
        if (!since.has(place)) faults.push({ kind: 'tampered', what: 'records lie here that no batch vouches for' });
      return faults;
    },
  };
}

/** The places that the chart's writer signed for, by name. */
function proofsIn({ pat, part, writer }: PostedChart, postings: readonly FetchedPosting[], foreign: () => void): Map<string, Proof> {
  const proofs = new Map<string, Proof>();
  for (const posting of postings) {
    const ours = writer && equalPublic(posting.writer, writer.id) && equalPublic(posting.pat, pat) && posting.part === part;
    if (!ours || !verifyPosting(writer.edVk, posting)) {
      foreign();
      continue;
    }
    for (const { nodeId, index, path } of posting.nodes) proofs.set(placeOf(posting.postingId, nodeId), { posting, nodeId, index, path });
  }
  return proofs;
}

function groupBy<Key, Value>(values: Iterable<Value>, keyOf: (value: Value) => Key): Map<Key, Value[]> {
  const groups = new Map<Key, Value[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

const placeOf = (postingId: Bytes, nodeId: Bytes): string => hex(postingId) + hex(nodeId);
