/**
 * An export: receipts, and everything it takes to check them on a machine that asks nobody.
 *
 * It holds the receipts in full with their salts, each one's place in the log, what the map says of nodes, the checkpoint
 * all of that is proven against with its witnesses' lines, and the town manifest, which says whose keys those are. The
 * manifest is the one thing that somebody must know from elsewhere, by its hash.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { decodeManifest, encodeManifest, foundingHash, type Manifest, manifestHash, signedByTwo } from '../cards/manifest.ts';
import { type Checkpoint, openCheckpoint, type Witnessed, witnessesOf } from './checkpoint.ts';
import { commitment, decodeReceipt, encodeReceipt, leafHash, type Receipt } from './leaf.ts';
import { verifyInclusion } from './log.ts';
import { decodeMapProof, encodeMapProof, type MapProof, mapValue, type NodeState, verifyNode } from './map.ts';

/** A receipt, and where the log holds its leaf. */
export type ProvenReceipt = { readonly receipt: Receipt; readonly index: number; readonly path: readonly Bytes[] };

/** A node, what it holds (`null`: the map has none of it), and why. */
export type ProvenNode = { readonly nodeId: Bytes; readonly state: NodeState | null; readonly proof: MapProof };

export type Export = {
  readonly manifest: Manifest;
  /** The note, with the log's and the witnesses' lines. */
  readonly checkpoint: Bytes;
  readonly receipts: readonly ProvenReceipt[];
  readonly nodes: readonly ProvenNode[];
};

/** What a check found, thing by thing. */
export type Report =
  | { readonly kind: 'unreadable' }
  | {
      readonly kind: 'read';
      /** Whether everything below holds, at least one witness signed, and the manifest is the pinned one. */
      readonly holds: boolean;
      /** `pinned`: known by its hash. `signed`: by two issuers that it names itself, for there was no hash to compare. */
      readonly manifest: 'pinned' | 'signed' | 'another' | 'unsigned';
      readonly town: string;
      /** As of when everything is said; `null` when the log of the manifest did not sign it. */
      readonly checkpoint: Checkpoint | null;
      readonly witnesses: readonly Witnessed[];
      readonly receipts: readonly { readonly receipt: Receipt; readonly index: number; readonly included: boolean }[];
      readonly nodes: readonly { readonly nodeId: Bytes; readonly state: NodeState | null; readonly proven: boolean }[];
      /** Nodes that a posting here wrote to, and that the export says nothing of, or that they were not there. */
      readonly hidden: readonly Bytes[];
    };

/**
 * Checks an export with nothing but itself.
 *
 * @param pin hash of the town manifest, this one's or its first one's; without it nobody says that the manifest's keys are
 * the town's, and the export does not hold
 */
export function verifyExport(bytes: Bytes, pin?: Bytes): Report {
  const exported = decodeExport(bytes);
  if (!exported) return { kind: 'unreadable' };
  const { receipts: watch } = exported.manifest;
  const signed = watch ? openCheckpoint(exported.checkpoint, watch.log) : null;
  const witnesses = signed && witnessesOf(signed.note, watch!.witnesses);
  // A line of a witness that does not verify spoils the note.
  const checkpoint = witnesses && signed.checkpoint;
  const receipts = exported.receipts.map(({ receipt, index, path }) => ({
    receipt,
    index,
    included: checkpoint !== null && verifyInclusion(leafHash(commitment(receipt)), index, checkpoint.size, path, checkpoint.root),
  }));
  const nodes = exported.nodes.map(({ nodeId, state, proof }) => ({
    nodeId,
    state,
    proven: checkpoint !== null && isSaid(checkpoint.map, nodeId, state, proof),
  }));
  const shown = new Set(nodes.filter(({ state }) => state).map(({ nodeId }) => hex(nodeId)));
  const written = receipts.flatMap(({ receipt }) => (receipt.kind === 'posting' ? receipt.nodes : []));
  const hidden = [...new Map(written.map((nodeId) => [hex(nodeId), nodeId])).values()].filter((nodeId) => !shown.has(hex(nodeId)));
  const manifest = standing(exported.manifest, pin);
  return {
    kind: 'read',
    holds:
      manifest === 'pinned' &&
      witnesses !== null &&
      witnesses.length > 0 &&
      receipts.every(({ included }) => included) &&
      nodes.every(({ proven }) => proven) &&
      hidden.length === 0,
    manifest,
    town: exported.manifest.town,
    checkpoint,
    witnesses: witnesses ?? [],
    receipts,
    nodes,
    hidden,
  };
}

function standing(manifest: Manifest, pin: Bytes | undefined): 'pinned' | 'signed' | 'another' | 'unsigned' {
  if (!signedByTwo(manifest)) return 'unsigned';
  if (!pin) return 'signed';
  return [foundingHash(manifest), manifestHash(manifest)].some((hash) => equalPublic(hash, pin)) ? 'pinned' : 'another';
}

function isSaid(map: Bytes, nodeId: Bytes, state: NodeState | null, proof: MapProof): boolean {
  const said = verifyNode(map, nodeId, proof);
  if (!said || !state) return said?.kind === 'absent' && !state;
  return said.kind === 'present' && equalPublic(said.value, mapValue(state));
}

const label = 'carelet/v1/receipts/export';

export function encodeExport({ manifest, checkpoint, receipts, nodes }: Export): Bytes {
  return cbor([
    label,
    encodeManifest(manifest),
    checkpoint,
    receipts.map(({ receipt, index, path }): Cbor => [encodeReceipt(receipt), index, path]),
    nodes.map(({ nodeId, state, proof }): Cbor => [nodeId, state && [state.count, state.root], encodeMapProof(proof)]),
  ]);
}

/** Reads an export's bytes strictly; `null` when they are none. Reading is not believing: see `verifyExport`. */
export function decodeExport(bytes: Bytes): Export | null {
  try {
    const [name, manifestBytes, checkpoint, receipts, nodes, ...rest] = uncbor(bytes) as [string, Bytes, Bytes, unknown[], unknown[]];
    const manifest = decodeManifest(manifestBytes);
    const sound =
      name === label && rest.length === 0 && checkpoint instanceof Uint8Array && Array.isArray(receipts) && Array.isArray(nodes);
    if (!sound || !manifest) return null;
    return { manifest, checkpoint, receipts: receipts.map(receiptIn), nodes: nodes.map(nodeIn) };
  } catch {
    return null;
  }
}

function receiptIn(fields: unknown): ProvenReceipt {
  const [bytes, index, path, ...rest] = fields as [Bytes, number, Bytes[]];
  const receipt = decodeReceipt(bytes);
  const sound = rest.length === 0 && isCount(index) && Array.isArray(path) && path.length <= 64 && path.every((hash) => is(hash, 32));
  if (!receipt || !sound) throw new TypeError('not a receipt of an export');
  return { receipt, index, path };
}

function nodeIn(fields: unknown): ProvenNode {
  const [nodeId, state, proofBytes, ...rest] = fields as [Bytes, [number, Bytes] | null, Bytes];
  const proof = decodeMapProof(proofBytes);
  const sound = rest.length === 0 && is(nodeId, 16) && (state === null || (state.length === 2 && isCount(state[0]) && is(state[1], 32)));
  if (!proof || !sound) throw new TypeError('not a node of an export');
  return { nodeId, state: state && { count: state[0], root: state[1] }, proof };
}

const is = (value: unknown, length: number): boolean => value instanceof Uint8Array && value.length === length;
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;
