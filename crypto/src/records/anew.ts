/**
 * A word of a chart's owner to her devices: whatever trees they have are over, and what they write from now on belongs in new ones.
 *
 * She says it when she took something back or limits more. It names no tree and nobody: a device that hears one it does not know forgets
 * the keys it has. Two copies of her keyring may say one each, not knowing of the other; the later number holds, whatever came before.
 *
 * ```
 * word = ["carelet/v1/records/anew", pat, seq, time, signature]
 * ```
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';

const label = 'carelet/v1/records/anew';

/** The most bytes that such a word has. */
export const longestAnew = 160;

/** What an owner says to her devices of one chart. */
export type Anew = {
  readonly pat: Bytes;
  /** From 1 on, greater than that of every word before. */
  readonly seq: number;
  /** When she said it, UTC seconds. */
  readonly time: number;
};

/** Signs a word. */
export function signAnew(secret: Bytes, { pat, seq, time }: Anew): Bytes {
  const parts = [pat, seq, time];
  const word = cbor([label, ...parts, sign(secret, label, parts)]);
  if (!decode(word)) throw new TypeError('not a word to devices');
  return word;
}

/** What a word says, read strictly; `null` when it is none. Reading is not believing: see `verifyAnew`. */
export const anewIn = (word: Bytes): Anew | null => decode(word)?.anew ?? null;

/** What a word says to the devices of this chart, signed by this owner; `null` for every other. */
export function verifyAnew({ pat, edVk }: { readonly pat: Bytes; readonly edVk: Bytes }, word: Bytes): Anew | null {
  const read = decode(word);
  if (!read || !equalPublic(read.anew.pat, pat)) return null;
  const { seq, time } = read.anew;
  return verify(edVk, label, [pat, seq, time], read.signature) ? read.anew : null;
}

function decode(word: Bytes): { anew: Anew; signature: Bytes } | null {
  if (word.length > longestAnew) return null;
  let items: Cbor;
  try {
    items = uncbor(word);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 5 || items[0] !== label) return null;
  const [, pat, seq, time, signature] = items as readonly Cbor[];
  const counted = Number.isSafeInteger(seq) && (seq as number) >= 1 && Number.isSafeInteger(time) && (time as number) >= 0;
  if (!counted || !isBytes(pat, 16) || !isBytes(signature, 64)) return null;
  return { anew: { pat, seq: seq as number, time: time as number }, signature };
}
