/**
 * A patient's own receipts: what the cloud wrote down of her charts, opened, held against its log, and gone through again
 * against what lies there now. A cloud that rolled back rows and map together is found out here, and one that hides
 * a part of a chart altogether.
 *
 * @module
 */
import { CareletError, type Part, parts } from '@carelet/care/model';
import { sha256Each } from '@carelet/crypto/algebra/batch';
import { type Bytes, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { openWith } from '@carelet/crypto/ntru/hybrid';
import { readCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { encodeExport, type ProvenNode, type ProvenReceipt } from '@carelet/crypto/receipts/export';
import { commitment, decodeReceipt, leafHash, type Receipt, receiptContext } from '@carelet/crypto/receipts/leaf';
import { verifyInclusion } from '@carelet/crypto/receipts/log';
import { decodeMapProof, mapValue, nodeState, verifyNode } from '@carelet/crypto/receipts/map';
import { decodeNote } from '@carelet/crypto/receipts/note';
import { type PostedRow, postedRoot } from '@carelet/crypto/receipts/replay';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import { type Breathe, inSlices } from '../pace.ts';
import { fetchRows } from '../records/fetch.ts';
import type { ChartRef } from '../records/reader.ts';
import { ownCardProblem } from './cards.ts';
import { ownerSaw } from './device.ts';
import { type Head, type Judged, type Standing, type Watching, watchOver } from './watch.ts';

/** One chart's receipts, in the order of the log. */
export type ChartReceipts = {
  readonly chart: ChartRef;
  readonly receipts: readonly ProvenReceipt[];
  /** How many are from before the chart was hers: they are sealed to whoever kept it for her. */
  readonly earlier: number;
};

export type OwnReceipts = {
  readonly charts: readonly ChartReceipts[];
  /** What does not fit, in words, each once. */
  readonly problems: readonly string[];
  readonly standing: Standing;
  /** What a witness has seen of it, to be checked by whoever has the town manifest's hash; `null` as long as none has. */
  readonly exported: Bytes | null;
};

/** What may not fit, in words. */
export const doesNotFit = {
  exchanged: 'a receipt is not the one that the cloud’s log holds',
  unwritten: 'something was written here without a receipt',
  changed: 'a part of a chart is not what the cloud’s own log says it is',
  gone: 'something that was written here is not there any more',
} as const;

/** How often everything is asked again while somebody writes: it must be of one moment. */
const tries = 6;
const nodesAtOnce = 5000;

/**
 * Fetches, opens and checks a patient's receipts. The thread stays free for others in between.
 *
 * @param clock UTC milliseconds
 * @param opened receipts that were opened before, by chart and commitment in hex; what is opened now is put beside them
 * @throws {CareletError} `missing` in a town that keeps no receipts, `unavailable` where somebody writes all the while
 *
 * @example
 * ```ts no-run
 * import type { Keyring } from '@carelet/client/keyring/keyring';
 * import { connectCloud } from '@carelet/client/login';
 * import { ownReceipts } from '@carelet/client/receipts/own';
 * declare const [keyring, url]: [Keyring, string];
 * const { charts, problems } = await ownReceipts({ keyring, cloud: connectCloud(url, keyring) });
 * ```
 */
export async function ownReceipts({ keyring, cloud, clock = Date.now, opened = new Map(), signal }: OwnOptions): Promise<OwnReceipts> {
  if (!keyring.manifest.receipts) throw new CareletError('missing', 'read receipts', { because: 'this town names no receipts log' });
  const now = () => Math.floor(clock() / 1000);
  const watch = watchOver({ keyring, cloud, now });
  return inSlices('read receipts', signal, async (breathe) => {
    const own = (await cloud.records.charts()).charts.filter(({ owner }) => equalPublic(owner, keyring.card.id));
    for (let left = tries; left > 0; left--) {
      const found = await ofOneMoment({ keyring, cloud, watch, opened, now, breathe }, own);
      if (found) return found;
    }
    throw new CareletError('unavailable', 'read receipts', { because: 'somebody writes all the while; try again' });
  });
}

type OwnOptions = {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly clock?: () => number;
  readonly opened?: Map<string, Receipt>;
  readonly signal?: AbortSignal;
};
type Asking = {
  readonly keyring: Keyring;
  readonly cloud: Cloud;
  readonly watch: Watching;
  readonly opened: Map<string, Receipt>;
  /** UTC seconds. */
  readonly now: () => number;
  readonly breathe: Breathe;
};

/** All of it under one checkpoint; `null` when another came in between. */
async function ofOneMoment({ keyring, cloud, watch, opened, now, breathe }: Asking, own: readonly ChartRef[]): Promise<OwnReceipts | null> {
  const problems = new Set<string>();
  const charts: ChartReceipts[] = [];
  const gone: Gone[] = [];
  let last: Extract<Judged<Head>, { kind: 'holds' }> | null = null;
  let moved = false;

  /** An answer under a checkpoint that holds, which is the one of all before. */
  const under = <A extends Head>(judged: Judged<A> | null) => {
    if (judged?.kind !== 'holds') {
      throw new CareletError('tampered', 'read receipts', { because: judged?.what ?? 'the town names no receipts log any more' });
    }
    if (last && !(last.checkpoint.size === judged.checkpoint.size && last.checkpoint.time === judged.checkpoint.time)) moved = true;
    last = judged;
    return judged;
  };

  for (const chart of own) {
    const { pat } = chart;
    const receipts: ProvenReceipt[] = [];
    let earlier = 0;
    for (let after: number | undefined, more = true; more; ) {
      const { answer, checkpoint } = under(
        await watch.ask((seen) => cloud.receipts.list({ pat, seen, ...(after !== undefined && { after }) })),
      );
      for (const { commitment: committed, sealed, place, path } of answer.receipts) {
        await breathe();
        // A receipt is sealed to its chart: opened for one, it says nothing of another.
        const name = hex(pat) + hex(committed);
        const receipt = opened.get(name) ?? openReceipt(keyring, pat, committed, sealed);
        const included = verifyInclusion(leafHash(committed), place, checkpoint.size, path, checkpoint.root);
        if (!included || (receipt && !equalPublic(commitment(receipt), committed))) problems.add(doesNotFit.exchanged);
        else if (receipt) {
          opened.set(name, receipt);
          receipts.push({ receipt, index: place, path });
        } else earlier++;
      }
      const next = answer.receipts.at(-1)?.place;
      more = answer.more && next !== undefined && next > (after ?? -1);
      after = next;
    }

    const posted = await rowsOf(cloud, chart);
    const unwritten = checkPostings(receipts, posted, problems);
    if (unwritten > earlier) problems.add(doesNotFit.unwritten);

    const held = groupBy([...posted.values()].flat(), ({ nodeId }) => hex(nodeId));
    const named = receipts.flatMap(({ receipt }) => (receipt.kind === 'posting' ? receipt.nodes : [])).map(hex);
    const ids = [...new Set([...held.keys(), ...named])].map(unhex);
    for (let at = 0; at < ids.length; at += nodesAtOnce) {
      const some = ids.slice(at, at + nodesAtOnce);
      const { answer, checkpoint } = under(await watch.ask((seen) => cloud.receipts.nodes({ pat, nodes: some, seen })));
      // What another device of hers signed.
      const saw = ownerSaw(keyring, keyring.card, answer, now());
      if (saw.kind === 'fails') problems.add(saw.what);
      for (const [i, nodeId] of some.entries()) {
        await breathe();
        const proof = decodeMapProof(answer.proofs[i] ?? new Uint8Array());
        const rows = held.get(hex(nodeId));
        if (!proof || !isSaid(checkpoint.map, { nodeId, state: rows ? nodeState(rows) : null, proof })) problems.add(doesNotFit.changed);
      }
    }
    charts.push({ chart, receipts, earlier });
    gone.push({ pat, receipts, posted, ids });
  }
  const { answer, standing } = under(await watch.ask((seen) => cloud.receipts.head({ seen })));
  if (moved) return null;
  for (const what of await watch.settle()) problems.add(what);
  const card = await ownCardProblem({ cloud, watch }, keyring);
  if (card !== null) problems.add(card);
  const taken =
    standing.kind === 'witnessed' && answer.witnessed
      ? await exportOf({ keyring, cloud, breathe }, gone, answer.witnessed.note).catch(refused)
      : null;
  // What was written since a witness looked, and before the chart was hers, cannot be told apart yet: a minute later it can.
  const exported = taken && (taken.holds || problems.size > 0) ? taken.bytes : null;
  return { charts, problems: [...problems], standing, exported };
}

function openReceipt({ secrets }: Keyring, pat: Bytes, committed: Bytes, sealed: Bytes): Receipt | null {
  const content = openWith(secrets.hybridSk, receiptContext(pat, committed), sealed);
  return content && decodeReceipt(content);
}

/** Whether a map says of a node that it holds this; `null` where it says that there is none. */
function isSaid(map: Bytes, { nodeId, state, proof }: ProvenNode): boolean {
  const said = verifyNode(map, nodeId, proof);
  if (said?.kind === 'present') return state !== null && equalPublic(said.value, mapValue(state));
  return said?.kind === 'absent' && state === null;
}

/** A cloud that refuses the proofs keeps nobody from seeing what was found. */
const refused = (thrown: unknown): null => {
  if (thrown instanceof CareletError) return null;
  throw thrown;
};

/** A chart that was gone through: what was found in it, and the nodes it has or is said to have. */
type Gone = {
  readonly pat: Bytes;
  readonly receipts: readonly ProvenReceipt[];
  readonly posted: ReadonlyMap<string, readonly PostedRow[]>;
  readonly ids: readonly Bytes[];
};

/** Everything that a witness has seen, proven under his checkpoint, and whether it is; `null` when the cloud shows another one by now. */
async function exportOf(
  { keyring, cloud, breathe }: Pick<Asking, 'keyring' | 'cloud' | 'breathe'>,
  gone: readonly Gone[],
  checkpoint: Bytes,
): Promise<{ readonly bytes: Bytes; readonly holds: boolean } | null> {
  const { size, map } = readCheckpoint(decodeNote(checkpoint)!.text)!;
  let holds = true;
  const receipts: ProvenReceipt[] = [];
  const nodes: ProvenNode[] = [];
  for (const { pat, receipts: all, posted, ids } of gone) {
    const some = all.filter(({ index }) => index < size);
    const since = new Set(all.flatMap(({ receipt, index }) => (receipt.kind === 'posting' && index >= size ? [hex(receipt.rows)] : [])));
    const rows = [...posted.values()].filter((posting) => !since.has(hex(postedRoot(posting)))).flat();
    const held = groupBy(rows, ({ nodeId }) => hex(nodeId));
    for (let at = 0; at < Math.max(some.length, ids.length); at += nodesAtOnce) {
      const [asked, about] = [some.slice(at, at + nodesAtOnce), ids.slice(at, at + nodesAtOnce)];
      const answer = await cloud.receipts.witnessed({ pat, places: asked.map(({ index }) => index), nodes: about });
      if (!equalPublic(answer.note, checkpoint)) return null;
      receipts.push(...asked.map((one, i) => ({ ...one, path: answer.paths[i] ?? [] })));
      for (const [i, nodeId] of about.entries()) {
        const proof = decodeMapProof(answer.proofs[i] ?? new Uint8Array());
        const here = held.get(hex(nodeId));
        if (!proof) continue;
        const node: ProvenNode = { nodeId, state: here ? nodeState(here) : null, proof };
        await breathe();
        holds &&= isSaid(map, node);
        nodes.push(node);
      }
    }
  }
  return { bytes: encodeExport({ manifest: keyring.manifest, checkpoint, receipts, nodes }), holds };
}

/** Every row that lies in a chart, by posting. */
async function rowsOf(cloud: Cloud, { pat }: ChartRef): Promise<Map<string, PostedRow[]>> {
  const { nodes } = await cloud.records.nodes({ pat });
  const rows: (PostedRow & { readonly posting: string })[] = [];
  const ofPart = (part: Part) => nodes.filter((node) => node.part === part).map(({ nodeId }) => nodeId);
  for (const part of parts) {
    for await (const page of fetchRows(cloud, pat, part, ofPart(part))) {
      const hashes = await sha256Each(page.map(({ ct }) => ct));
      page.forEach(({ nodeId, rowId, version, postingId }, i) => {
        rows.push({ nodeId, rowId, version, ctHash: hashes[i]!, posting: hex(postingId) });
      });
    }
  }
  return groupBy(rows, ({ posting }) => posting);
}

/** Finds each posting's receipt what it is of; gives how many postings no receipt is of. */
function checkPostings(
  receipts: readonly ProvenReceipt[],
  posted: ReadonlyMap<string, readonly PostedRow[]>,
  problems: Set<string>,
): number {
  const there = new Map([...posted.values()].map((rows) => [hex(postedRoot(rows)), new Set(rows.map(({ nodeId }) => hex(nodeId)))]));
  for (const { receipt } of receipts) {
    if (receipt.kind !== 'posting') continue;
    const nodes = there.get(hex(receipt.rows));
    if (!nodes || nodes.size !== receipt.nodes.length || !receipt.nodes.every((node) => nodes.has(hex(node)))) {
      problems.add(doesNotFit.gone);
    }
    there.delete(hex(receipt.rows));
  }
  return there.size;
}

/** (`Map.groupBy` wants Node 21.) */
function groupBy<T>(values: Iterable<T>, nameOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) {
    const group = groups.get(nameOf(value));
    if (group) group.push(value);
    else groups.set(nameOf(value), [value]);
  }
  return groups;
}
