/**
 * A witness: somebody who is not the cloud, remembers the last checkpoint he signed, and signs the next only when it goes
 * on from there. Another organisation's cloudlet is one, and so is a patient's device when it syncs. Two who ask one
 * honest witness are therefore shown one log.
 *
 * What he is shown that does not go on from what he signed is the cloud's own signature under a lie: a *fork*, which
 * anybody can check without him.
 *
 * @module
 */
import { type Bytes, cbor, compare, equalPublic, uncbor } from '../algebra/bytes.ts';
import type { NamedKey } from '../algebra/sign.ts';
import { type Checkpoint, freshness, openCheckpoint, type Signed } from './checkpoint.ts';
import { rootOfBeginning, verifyConsistency, verifyInclusion } from './log.ts';
import { cosignNote, encodeNote, type Signer } from './note.ts';

/** What a witness keeps for each origin: the last checkpoint he signed, as a note. It must be stored before his signature leaves. */
export type Kept = Bytes | null;

/** What follows on a kept checkpoint, if anything does. */
export type Following =
  | { readonly kind: 'goes on'; readonly signed: Signed }
  /** Nothing proven against the cloud, and nothing to be believed. */
  | { readonly kind: 'refused'; readonly because: 'not a checkpoint' | 'older' | 'future' | 'does not go on' }
  | { readonly kind: 'forked'; readonly fork: Fork };

/**
 * Judges whether a checkpoint goes on from the last one: for a witness, and for a reader who remembers.
 *
 * @param kept the last one; `null` when this is the first
 * @param offered the log's note
 * @param path consistency of the offered checkpoint with the kept one
 * @param now UTC seconds
 */
export function follow(log: NamedKey, kept: Kept, offered: Bytes, path: readonly Bytes[], now: number): Following {
  const signed = openCheckpoint(offered, log);
  if (!signed) return { kind: 'refused', because: 'not a checkpoint' };
  const next = signed.checkpoint;
  if (next.time - now > freshness.ahead) return { kind: 'refused', because: 'future' };
  if (!kept) return { kind: 'goes on', signed };
  const last = openCheckpoint(kept, log)?.checkpoint;
  if (!last) throw new TypeError('what was kept is no checkpoint of this log');
  if (areTwo(last, next)) return { kind: 'forked', fork: { kind: 'heads', a: kept, b: offered } };
  if (next.size < last.size || next.time < last.time) return { kind: 'refused', because: 'older' };
  if (verifyConsistency(last.size, last.root, next.size, next.root, path)) return { kind: 'goes on', signed };
  const fork: Fork = { kind: 'beginning', a: kept, b: offered, path };
  return verifyFork(fork, log) ? { kind: 'forked', fork } : { kind: 'refused', because: 'does not go on' };
}

/**
 * Signs a checkpoint that goes on from the last one; the note comes back with the witness's line, to be kept and handed on.
 *
 * @param now UTC seconds
 */
export function witness(
  signer: Signer,
  log: NamedKey,
  kept: Kept,
  offered: Bytes,
  path: readonly Bytes[],
  now: number,
): { readonly kind: 'signed'; readonly note: Bytes } | Exclude<Following, { kind: 'goes on' }> {
  const following = follow(log, kept, offered, path, now);
  if (following.kind !== 'goes on') return following;
  return { kind: 'signed', note: encodeNote(cosignNote(following.signed.note, signer, now)) };
}

/** One size, and not one log: or not one map, since the map changes only with a leaf. */
const areTwo = (a: Checkpoint, b: Checkpoint): boolean => a.size === b.size && !(equalPublic(a.root, b.root) && equalPublic(a.map, b.map));

/** A leaf and where it is. */
export type Included = { readonly leaf: Bytes; readonly path: readonly Bytes[] };

/**
 * That the cloud signed two histories; `a` and `b` are its notes.
 * - `heads`: two of one size.
 * - `beginning`: the larger one, `b`, begins with another tree than the smaller one; `path` as `rootOfBeginning` takes it.
 * - `leaf`: they hold different leaves at one index.
 */
export type Fork =
  | { readonly kind: 'heads'; readonly a: Bytes; readonly b: Bytes }
  | { readonly kind: 'beginning'; readonly a: Bytes; readonly b: Bytes; readonly path: readonly Bytes[] }
  | {
      readonly kind: 'leaf';
      readonly a: Bytes;
      readonly b: Bytes;
      readonly index: number;
      readonly inA: Included;
      readonly inB: Included;
    };

/** Whether this shows that the log with this key signed two histories. Needs nothing else, and nobody's word. */
export function verifyFork(fork: Fork, log: NamedKey): boolean {
  const a = openCheckpoint(fork.a, log)?.checkpoint;
  const b = openCheckpoint(fork.b, log)?.checkpoint;
  if (!a || !b) return false;
  switch (fork.kind) {
    case 'heads':
      return areTwo(a, b);
    case 'beginning': {
      const root = rootOfBeginning(a.size, b.size, b.root, fork.path);
      return root !== null && !equalPublic(root, a.root);
    }
    case 'leaf': {
      const { index, inA, inB } = fork;
      return (
        compare(inA.leaf, inB.leaf) !== 0 &&
        verifyInclusion(inA.leaf, index, a.size, inA.path, a.root) &&
        verifyInclusion(inB.leaf, index, b.size, inB.path, b.root)
      );
    }
  }
}

/** What two readers do who meet: `null` when their checkpoints may be of one history. */
export function compareHeads(a: Bytes, b: Bytes, log: NamedKey): Fork | null {
  const fork: Fork = { kind: 'heads', a, b };
  return verifyFork(fork, log) ? fork : null;
}

export function encodeFork(fork: Fork): Bytes {
  switch (fork.kind) {
    case 'heads':
      return cbor(['heads', fork.a, fork.b]);
    case 'beginning':
      return cbor(['beginning', fork.a, fork.b, fork.path]);
    case 'leaf':
      return cbor(['leaf', fork.a, fork.b, fork.index, fork.inA.leaf, fork.inA.path, fork.inB.leaf, fork.inB.path]);
  }
}

/** Reads a fork's bytes strictly; `null` when they are none. Reading is not believing: see `verifyFork`. */
export function decodeFork(bytes: Bytes): Fork | null {
  try {
    const [kind, a, b, ...rest] = uncbor(bytes) as [string, Bytes, Bytes, ...unknown[]];
    if (!isBytes(a) || !isBytes(b)) return null;
    if (kind === 'heads') return rest.length === 0 ? { kind, a, b } : null;
    if (kind === 'beginning') {
      const [path, ...more] = rest;
      return arePath(path) && more.length === 0 ? { kind, a, b, path } : null;
    }
    const [index, leafA, pathA, leafB, pathB, ...more] = rest;
    const sound = kind === 'leaf' && isIndex(index) && isHash(leafA) && arePath(pathA) && isHash(leafB) && arePath(pathB);
    return sound && more.length === 0
      ? { kind: 'leaf', a, b, index, inA: { leaf: leafA, path: pathA }, inB: { leaf: leafB, path: pathB } }
      : null;
  } catch {
    return null;
  }
}

const isBytes = (value: unknown): value is Bytes => value instanceof Uint8Array;
const isHash = (value: unknown): value is Bytes => isBytes(value) && value.length === 32;
const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const arePath = (value: unknown): value is Bytes[] => Array.isArray(value) && value.length <= 128 && value.every(isHash);
