/**
 * A wrap carries a node key to somebody (keys.md §3). What it carries and what binds it are the same for every
 * kind; how it is locked differs: hybrid KEM for the owner, KP-ABE for roles, KP-ABE of two authorities for emergencies, proxy
 * re-encryption for a named doctor, and the key distribution servers for whoever they know.
 *
 * The content names the tree as well, which keys.md leaves out: without it a holder of a closed year could
 * derive the days' keys but not find which rows they open, as nodeIds come from the tree's id.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { nodeId } from './tree.ts';

export const wrapKinds = ['owner', 'policy', 'emergency', 'consent', 'shared'] as const;
export type WrapKind = (typeof wrapKinds)[number];

/** What opens a node, and what it is. */
export type NodeGrant = {
  readonly key: Bytes;
  readonly treeId: Bytes;
  /** Card id of the writer whose tree this is. */
  readonly writer: Bytes;
  readonly part: string;
  /** The category as its three words: kind, confidentiality, sensitivity. */
  readonly category: readonly [string, string, string];
  readonly period: string;
};

/** What a wrap is bound to. */
export type WrapPlace = {
  readonly nodeId: Bytes;
  readonly pat: Bytes;
  readonly part: string;
  readonly gen: number;
  readonly kind: WrapKind;
};

/** `cbor(["carelet/v1/records/wrap", nodeId, pat, part, gen, kind])` */
export function wrapContext({ nodeId, pat, part, gen, kind }: WrapPlace): Bytes {
  return cbor(['carelet/v1/records/wrap', nodeId, pat, part, gen, kind]);
}

export function encodeGrant({ key, treeId, writer, part, category, period }: NodeGrant): Bytes {
  return cbor([key, treeId, writer, part, category, period]);
}

/** Reads what a wrap carried; `null` unless it is the key of the very node, part and tree the wrap stands on. */
export function decodeGrant(bytes: Bytes, place: WrapPlace): NodeGrant | null {
  try {
    const [key, treeId, writer, part, category, period, ...rest] = uncbor(bytes) as [Bytes, Bytes, Bytes, string, string[], string];
    const sound =
      rest.length === 0 &&
      [key, treeId, writer].every((value) => value instanceof Uint8Array) &&
      key.length === 32 &&
      treeId.length === 16 &&
      writer.length === 16 &&
      part === place.part &&
      category.length === 3 &&
      category.every((word) => typeof word === 'string') &&
      typeof period === 'string' &&
      nodeId(treeId, period).every((byte, i) => byte === place.nodeId[i]);
    return sound ? { key, treeId, writer, part, category: category as [string, string, string], period } : null;
  } catch {
    return null;
  }
}

/** Whoever made a wrap signs it: the writer or the patient. */
export function signWrap(secret: Bytes, place: WrapPlace, body: Bytes): Bytes {
  return sign(secret, 'carelet/v1/records/wrapped', [wrapContext(place), sha256(body)]);
}

export function verifyWrap(verificationKey: Bytes, place: WrapPlace, body: Bytes, signature: Bytes): boolean {
  return verify(verificationKey, 'carelet/v1/records/wrapped', [wrapContext(place), sha256(body)], signature);
}
