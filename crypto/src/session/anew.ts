/**
 * A question of a device to its cloudlet, whether its owner said that it is to begin new trees (`records/anew`), and the answer.
 *
 * It names the number of the last word that it knows; the answer brings a later one, or says that there is none, or that nobody can be
 * asked now. A cloudlet that keeps a word back leaves its device as it was; it can make none.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, uncbor } from '../algebra/bytes.ts';

/** The most bytes of a word that is handed on. */
export const longestTold = 160;

/** The message of a question: after the word of which number, 0 before any. Throws a TypeError for no such number. */
export function encodeAnewAsked(after: number): Bytes {
  if (!isCount(after)) throw new TypeError('a word has a number');
  return cbor([after]);
}

/** Reads a question strictly; `null` for any other bytes. */
export function decodeAnewAsked(bytes: Bytes): number | null {
  const items = read(bytes);
  return Array.isArray(items) && items.length === 1 && isCount(items[0]) ? items[0] : null;
}

/** What a cloudlet tells: a word, `null` where there is no later one, `'unknown'` where nobody can be asked now. */
export type AnewTold = Bytes | null | 'unknown';

/** The message of an answer. Throws a TypeError for what cannot be a word. */
export function encodeAnewTold(told: AnewTold): Bytes {
  if (told instanceof Uint8Array && !isWord(told)) throw new TypeError('not a word to devices');
  return cbor(told === 'unknown' ? [] : [told]);
}

/** Reads an answer strictly; `undefined` for any other bytes. Whose word it is, is for the device to see. */
export function decodeAnewTold(bytes: Bytes): AnewTold | undefined {
  const items = read(bytes);
  if (!Array.isArray(items) || items.length > 1) return undefined;
  const [told] = items as [Cbor?];
  if (items.length === 0) return 'unknown';
  return told === null || isWord(told) ? told : undefined;
}

function read(bytes: Bytes): unknown {
  try {
    return uncbor(bytes);
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

const isWord = (value: unknown): value is Bytes => value instanceof Uint8Array && value.length > 0 && value.length <= longestTold;
