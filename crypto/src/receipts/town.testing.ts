/**
 * A cloud that keeps receipts, in memory, and those who watch it. Everything honest here; tests make it lie.
 *
 * @module
 */
import { type Bytes, hex } from '../algebra/bytes.ts';
import { type Random, seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { type Manifest, signManifest } from '../cards/manifest.ts';
import { signCheckpoint } from './checkpoint.ts';
import type { Export } from './export.ts';
import { type Act, commitment, leafHash, nothing, type Receipt, receiptOf } from './leaf.ts';
import { append, type CompactRange, emptyRange, proveConsistency, proveInclusion, rootOf } from './log.ts';
import { emptyMap, nodeState, proveNodes, type RowState, update } from './map.ts';
import { logInMemory, mapInMemory } from './memory.ts';
import type { Signer } from './note.ts';
import { promise } from './promise.ts';

export const now = 1_800_000_000;

export function signerOf(name: string, random: Random): Signer {
  const { secret, public: key } = signingKey(random);
  return { name, key, secret };
}

export type Cloud = ReturnType<typeof cloud>;

/** A cloud's log and map, and what it did. */
export function cloud(log: Signer, random: Random) {
  const logStore = logInMemory();
  const mapStore = mapInMemory();
  let range: CompactRange = emptyRange;
  let mapRoot = emptyMap;
  const receipts: Receipt[] = [];
  const rows = new Map<string, RowState[]>();

  return {
    log,
    receipts,
    size: () => range.size,
    rowsOf: (nodeId: Bytes): readonly RowState[] => rows.get(hex(nodeId)) ?? [],

    /** Does something, leaves its receipt, and promises it. */
    async act(what: Partial<Act> = {}) {
      const whole: Act = {
        kind: 'question',
        actor: random(16),
        scope: 'l:0',
        nodes: [],
        rows: nothing,
        version: 0,
        policy: nothing,
        time: now,
      };
      const receipt = receiptOf({ ...whole, ...what }, random);
      const { range: grown, nodes } = append(range, [leafHash(commitment(receipt))]);
      await logStore.put(nodes);
      range = grown;
      receipts.push(receipt);
      return { receipt, promised: promise(log, commitment(receipt), receipt.time) };
    },

    /** Takes rows into a node, and leaves a receipt. */
    async post(nodeId: Bytes, added: readonly RowState[], time = now) {
      const all = [...(rows.get(hex(nodeId)) ?? []), ...added];
      rows.set(hex(nodeId), all);
      const updated = await update(mapStore, mapRoot, [{ nodeId, state: nodeState(all) }]);
      await mapStore.put(updated.nodes);
      mapRoot = updated.root;
      return this.act({ kind: 'posting', nodes: [nodeId], rows: nodeState(added).root, time });
    },

    checkpoint: (time = now): Bytes => signCheckpoint(log, { size: range.size, root: rootOf(range), map: mapRoot, time }),

    consistency: (first: number) => proveConsistency(logStore, first, range.size),

    inclusion: (index: number) => proveInclusion(logStore, index, range.size),

    nodeProof: async (nodeId: Bytes) => (await proveNodes(mapStore, mapRoot, [nodeId]))[0]!,

    /** Everything it has, for a patient who takes it home. */
    async export(manifest: Manifest, checkpoint: Bytes, nodeIds: readonly Bytes[]): Promise<Export> {
      const proofs = await proveNodes(mapStore, mapRoot, nodeIds);
      return {
        manifest,
        checkpoint,
        receipts: await Promise.all(receipts.map(async (receipt, index) => ({ receipt, index, path: await this.inclusion(index) }))),
        nodes: nodeIds.map((nodeId, i) => {
          const held = rows.get(hex(nodeId));
          return { nodeId, state: held ? nodeState(held) : null, proof: proofs[i]! };
        }),
      };
    },
  };
}

/** A cloud, two cloudlets that watch it, and the manifest that names them. */
export function town(seed: string) {
  const random = seededRandom(`receipts/${seed}`);
  const [log, north, south] = ['town.example/log', 'north.example/w', 'south.example/w'].map((name) => signerOf(name, random)) as [
    Signer,
    Signer,
    Signer,
  ];
  const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
  const named = ({ name, key }: Signer) => ({ name, key });
  const receipts = { log: named(log), witnesses: [named(north), named(south)] };
  const body = { town: 'Test', serial: 2, issuers: issuers.map((key) => key.public), domains: [], receipts };
  return { random, north, south, issuers, watch: receipts, manifest: signManifest(body, issuers.slice(0, 2)), cloud: cloud(log, random) };
}

/** A row as nobody can read it. */
export const row = (random: Random, rowId = random(16), version = 1): RowState => ({ rowId, version, ctHash: random(32) });
