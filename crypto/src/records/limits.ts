/**
 * Limits: whom the owner of a chart lets read nothing of it, whatever her roles say, and whether roles open it at all to anybody who
 * is not named for it.
 *
 * She signs them, one after the other; the cloud keeps the newest. Whoever writes the chart reads it before a batch, locks by what it
 * says, begins new trees, and says in turn that it does: so a cloud that kept it back is found out by her. Deny cannot be said in a
 * formula (kp-abe.md §7): the cloud obeys the list, and new trees follow.
 *
 * ```
 * state    = ["carelet/v1/sharing/limits", pat, seq, byName, [doctor …], time, prevHash, signature]
 * followed = sign(writer, "carelet/v1/sharing/limits-followed", pat, hash)
 * ```
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, compare, equalPublic, hex, uncbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';

const label = 'carelet/v1/sharing/limits';
const followedLabel = 'carelet/v1/sharing/limits-followed';

/** The most doctors that one chart denies. */
export const mostDenied = 500;

/** What an owner says of her chart. */
export type Limits = {
  readonly pat: Bytes;
  /** From 1 on, one more each time. */
  readonly seq: number;
  /** Whether roles open it to named doctors only. */
  readonly byName: boolean;
  /** Card numbers of those who read nothing. */
  readonly denied: readonly Bytes[];
  /** UTC seconds. */
  readonly time: number;
  /** Hash of the state before, or 32 zero bytes. */
  readonly prevHash: Bytes;
};

/** Where somebody has followed a chart's limits to. */
export type LimitsHead = { readonly seq: number; readonly hash: Bytes };

/** Signs limits; the denied are put in order, each once. */
export function signLimits(secret: Bytes, limits: Limits): Bytes {
  const denied = [...new Map(limits.denied.map((one) => [hex(one), one])).values()].sort(compare);
  const parts = partsOf({ ...limits, denied });
  const bytes = cbor([label, ...parts, sign(secret, label, parts)]);
  if (!decode(bytes)) throw new TypeError('not limits');
  return bytes;
}

/** What the state after this one names. Throws a TypeError unless it is one. */
export function hashOfLimits(bytes: Bytes): Bytes {
  const state = decode(bytes);
  if (!state) throw new TypeError('not limits');
  return sha256(cbor([label, ...partsOf(state.limits)]));
}

/** What a state says; `null` when it is none. Reading is not believing: see `followLimits`. */
export const limitsIn = (bytes: Bytes): Limits | null => decode(bytes)?.limits ?? null;

export type FollowedLimits =
  | { readonly kind: 'follows'; readonly limits: Limits; readonly head: LimitsHead }
  /** `foreign`: malformed, or not signed by this owner for this chart; `older`: before what is known; `fork`: not what is known, or not after it. */
  | { readonly kind: 'refused'; readonly because: 'foreign' | 'older' | 'fork' };

/**
 * Whether a state follows what is known. The one that is known already follows itself; where several came in between, which the cloud
 * keeps no more, the signature and the later number are what there is to see.
 *
 * @param head what is known, or `null` of a chart without limits
 */
export function followLimits(head: LimitsHead | null, bytes: Bytes, { pat, edVk }: { pat: Bytes; edVk: Bytes }): FollowedLimits {
  const refused = (because: 'foreign' | 'older' | 'fork') => ({ kind: 'refused', because }) as const;
  const state = decode(bytes);
  if (!state || !equalPublic(state.limits.pat, pat) || !verify(edVk, label, partsOf(state.limits), state.signature))
    return refused('foreign');
  const { limits } = state;
  const hash = hashOfLimits(bytes);
  const seen = head?.seq ?? 0;
  if (limits.seq < seen) return refused('older');
  if (head && limits.seq === seen && !equalPublic(hash, head.hash)) return refused('fork');
  if (limits.seq === seen + 1 && !equalPublic(limits.prevHash, head?.hash ?? nothing)) return refused('fork');
  return { kind: 'follows', limits, head: { seq: limits.seq, hash } };
}

/** A writer's word that it writes by these limits from now on. */
export const signFollowed = (secret: Bytes, pat: Bytes, state: Bytes): Bytes => sign(secret, followedLabel, [pat, hashOfLimits(state)]);

/** Whether this writer said so. */
export const verifyFollowed = (edVk: Bytes, pat: Bytes, state: Bytes, signature: Bytes): boolean =>
  verify(edVk, followedLabel, [pat, hashOfLimits(state)], signature);

const nothing: Bytes = new Uint8Array(32);

const partsOf = ({ pat, seq, byName, denied, time, prevHash }: Limits): Cbor[] => [pat, seq, byName, [...denied], time, prevHash];

function decode(bytes: Bytes): { limits: Limits; signature: Bytes } | null {
  let items: Cbor;
  try {
    items = uncbor(bytes);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 8 || items[0] !== label) return null;
  const [, pat, seq, byName, denied, time, prevHash, signature] = items as readonly Cbor[];
  const counted = Number.isSafeInteger(seq) && (seq as number) >= 1 && Number.isSafeInteger(time) && (time as number) >= 0;
  if (!counted || typeof byName !== 'boolean' || !isBytes(pat, 16) || !isBytes(prevHash, 32) || !isBytes(signature, 64)) return null;
  if (!Array.isArray(denied) || denied.length > mostDenied || !denied.every((one): one is Bytes => isBytes(one, 16))) return null;
  if (!denied.every((one, i) => i === 0 || compare(denied[i - 1]!, one) < 0)) return null;
  return { limits: { pat, seq: seq as number, byName, denied, time: time as number, prevHash }, signature };
}
