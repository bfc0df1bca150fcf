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
import { coversNode, type RowLeaf, rowLeafOver, verifyPostings } from '@carelet/crypto/records/posting';
import type { Cloud } from '../../login.ts';
import type { Breathe } from '../../pace.ts';
import { type FetchedPosting, type FetchedRow, fetchProofs } from '../fetch.ts';

/** Where to ask, and whose postings count. */
export type PostedChart = {
  readonly cloud: Cloud;
  readonly pat: Bytes;
  readonly part: Part;
  /** The chart's writer; `null` when nobody vouches for it. */
  readonly writer: Card | null;
};

/** What did not fit. */
export type PostingFault = { readonly kind: 'tampered' | 'missing'; readonly what: string };

/** What was found out about the postings of one node. */
export type NodePostings = {
  /** Those the writer signed for, and over how many nodes each is. */
  readonly signed: ReadonlyMap<string, number>;
  /** Those he did not sign for. */
  readonly foreign: ReadonlySet<string>;
  /** Of this node alone. */
  readonly faults: readonly PostingFault[];
  /** Whether rows wait for the next look, as their proof came after them. */
  readonly waits: boolean;
};

/** The rows of a part as they come in, and at the end which of them count. */
export type Postings = {
  /** Takes note of a row; whether the writer posted rows of this posting on its node. */
  saw(row: FetchedRow, ctHash: Bytes): boolean;
  /** When all rows came: what each node's postings say, by the node's name in hex. */
  close(breathe: Breathe): Promise<Map<string, NodePostings>>;
};

/** Asks for what proves the rows of these nodes; before their rows are asked for. */
export async function postingsOf(chart: PostedChart, nodes: readonly Bytes[]): Promise<Postings> {
  const asked = new Set(nodes.map(hex));
  const proofs = await proofsIn(chart, asked, await fetchProofs(chart.cloud, chart.pat, chart.part, nodes));
  const seen = new Map<string, Map<string, RowLeaf[]>>();

  return {
    saw(row, ctHash) {
      const node = hex(row.nodeId);
      const posting = hex(row.postingId);
      entry(entry(seen, node, newMap), posting, newList).push(rowLeafOver(row, ctHash));
      return proofs.get(node)?.signed.has(posting) === true;
    },

    async close(breathe) {
      const unproven = new Set<string>();
      for (const [node, postings] of seen) {
        for (const posting of postings.keys()) if (!proofs.get(node)?.signed.has(posting)) unproven.add(node);
      }
      const ids = nodes.filter((id) => unproven.has(hex(id)));
      const since =
        ids.length === 0 ? noProofs : await proofsIn(chart, unproven, await fetchProofs(chart.cloud, chart.pat, chart.part, ids));
      const judged = new Map<string, NodePostings>();
      for (const node of asked) {
        await breathe();
        judged.set(node, judge(proofs.get(node) ?? none, seen.get(node), since.get(node) ?? none));
      }
      return judged;
    },
  };
}

/**
 * What does not fit in a part, of all of its nodes together.
 *
 * @param whole whether the reader opens every node there is: then a posting of which a node is not there has lost it
 */
export function postingFaults(nodes: readonly NodePostings[], whole: boolean): PostingFault[] {
  const foreign = new Set(nodes.flatMap((node) => [...node.foreign]));
  return [
    ...[...foreign].map((): PostingFault => ({ kind: 'tampered', what: 'a batch was not posted by the organisation it names' })),
    ...nodes.flatMap(({ faults }) => faults),
    ...(whole ? unfinished(nodes) : []).map((): PostingFault => ({ kind: 'missing', what: 'a whole period of a batch is not there' })),
  ];
}

/** The postings that are over more nodes than these. */
export function unfinished(nodes: readonly NodePostings[]): string[] {
  const known = new Map<string, { nodes: number; of: number }>();
  for (const { signed } of nodes) {
    for (const [posting, of] of signed) known.set(posting, { nodes: (known.get(posting)?.nodes ?? 0) + 1, of });
  }
  return [...known].filter(([, { nodes: there, of }]) => there < of).map(([posting]) => posting);
}

/** The nodes on which something was posted that is not among what is known of them. */
export async function postedSince(
  chart: PostedChart,
  nodes: ReadonlyMap<string, NodePostings>,
  ids: readonly Bytes[],
): Promise<Set<string>> {
  const proofs = await proofsIn(chart, new Set(ids.map(hex)), await fetchProofs(chart.cloud, chart.pat, chart.part, ids));
  return new Set(
    [...proofs].flatMap(([node, { signed }]) =>
      [...signed.keys()].every((posting) => nodes.get(node)?.signed.has(posting)) ? [] : [node],
    ),
  );
}

type Proof = { readonly posting: FetchedPosting; readonly nodeId: Bytes; readonly index: number; readonly path: readonly Bytes[] };
type NodeProofs = { readonly signed: Map<string, Proof>; readonly foreign: Set<string> };

const none: NodeProofs = { signed: new Map(), foreign: new Set() };
const noProofs: ReadonlyMap<string, NodeProofs> = new Map();

function judge({ signed, foreign }: NodeProofs, seen: ReadonlyMap<string, RowLeaf[]> | undefined, since: NodeProofs): NodePostings {
  const faults: PostingFault[] = [];
  for (const [name, { posting, nodeId, index, path }] of signed) {
    if (!coversNode(posting, nodeId, seen?.get(name) ?? [], { index, path })) {
      faults.push({ kind: 'tampered', what: 'records of a batch are missing or were exchanged' });
    }
  }
  let waits = false;
  for (const name of seen?.keys() ?? []) {
    if (signed.has(name)) continue;
    if (since.signed.has(name)) waits = true;
    else faults.push({ kind: 'tampered', what: 'records lie here that no batch vouches for' });
  }
  return { signed: new Map([...signed].map(([name, { posting }]) => [name, posting.nodeCount])), foreign, faults, waits };
}

/** What the chart's writer signed for and what he did not, by node and posting; what was not asked for proves nothing. */
async function proofsIn(
  { pat, part, writer }: PostedChart,
  asked: ReadonlySet<string>,
  postings: readonly FetchedPosting[],
): Promise<Map<string, NodeProofs>> {
  const isOurs = (posting: FetchedPosting) =>
    writer !== null && equalPublic(posting.writer, writer.id) && equalPublic(posting.pat, pat) && posting.part === part;
  const ours = postings.filter(isOurs);
  const verified = writer ? await verifyPostings(writer.edVk, ours) : [];
  const standing = new Set(ours.filter((_, i) => verified[i]));
  const proofs = new Map<string, NodeProofs>();
  for (const posting of postings) {
    const name = hex(posting.postingId);
    for (const { nodeId, index, path } of posting.nodes) {
      const node = hex(nodeId);
      if (!asked.has(node)) continue;
      const at = entry(proofs, node, () => ({ signed: new Map(), foreign: new Set() }));
      if (standing.has(posting)) at.signed.set(name, { posting, nodeId, index, path });
      else at.foreign.add(name);
    }
  }
  return proofs;
}

const newMap = () => new Map<string, RowLeaf[]>();
const newList = (): RowLeaf[] => [];

/** What stands under a key, made now if there is nothing. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
