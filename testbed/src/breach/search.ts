/**
 * Looking for thousands of needles in hundreds of megabytes, in one pass of about a second.
 *
 * Every needle has at least eight bytes, so wherever it lies, one of every fifth places falls on four neighbouring
 * bytes of any eight of it. We look at those places only, and ask a small table whether their four bytes are from a
 * needle; nearly always they are not.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Needle, shortest } from './needles.ts';

const gram = 4;
const step = shortest - gram + 1;
const tableBits = 20;

/** A needle was seen; `at` counts bytes from the beginning of what was searched. */
export type Sighting = { readonly needle: Needle; readonly at: number };

type Entry = { readonly needle: Needle; readonly offset: number };

/** Needles made ready; one of these may look through many places. */
export type Searcher = {
  /** The longest needle: neighbouring pieces of one thing overlap by one byte less. */
  readonly longest: number;
  /** Tells of each needle seen in these bytes, once or more often. */
  look(bytes: Bytes, seen: (sighting: Sighting) => void): void;
};

/**
 * @throws {TypeError} for a needle shorter than eight bytes
 *
 * @example
 * ```ts
 * import { needlesOf } from '@carelet/testbed/breach/needles';
 * import { searcher } from '@carelet/testbed/breach/search';
 * import { utf8 } from '@carelet/crypto/algebra/bytes';
 * const needles = needlesOf([{ name: 'a street', kind: 'word', bytes: utf8('Lantern Steps') }]);
 * const seen: string[] = [];
 * searcher(needles).look(utf8('she lives at 18 Lantern Steps'), ({ needle, at }) => seen.push(`${needle.as} at ${at}`));
 * seen; // ['UTF-8 at 16']
 * ```
 */
export function searcher(needles: readonly Needle[]): Searcher {
  for (const { bytes } of needles) if (bytes.length < shortest) throw new TypeError(`a needle has at least ${shortest} bytes`);
  const common = frequencies(needles);
  const table = new Uint8Array(2 ** tableBits);
  const entries = new Map<number, Entry[]>();
  for (const needle of needles) {
    const from = rarest(needle.bytes, common);
    for (let offset = from; offset < from + step; offset++) {
      const value = gramAt(needle.bytes, offset);
      table[slot(value)] = 1;
      const known = entries.get(value);
      if (known) known.push({ needle, offset });
      else entries.set(value, [{ needle, offset }]);
    }
  }
  return {
    longest: Math.max(shortest, ...needles.map(({ bytes }) => bytes.length)),
    look(bytes, seen) {
      for (let at = 0; at + gram <= bytes.length; at += step) {
        const value = gramAt(bytes, at);
        if (table[slot(value)] === 0) continue;
        for (const { needle, offset } of entries.get(value) ?? []) {
          if (liesAt(needle.bytes, bytes, at - offset)) seen({ needle, at: at - offset });
        }
      }
    },
  };
}

const gramAt = (bytes: Bytes, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;

const slot = (value: number): number => Math.imul(value, 0x9e3779b1) >>> (32 - tableBits);

function liesAt(needle: Bytes, bytes: Bytes, at: number): boolean {
  if (at < 0 || at + needle.length > bytes.length) return false;
  for (let i = 0; i < needle.length; i++) if (needle[i] !== bytes[at + i]) return false;
  return true;
}

/** How many needles have each four bytes: `pain` is in every second sentence, a year in few. */
function frequencies(needles: readonly Needle[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { bytes } of needles) {
    for (let at = 0; at + gram <= bytes.length; at++) {
      const value = gramAt(bytes, at);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
  }
  return counts;
}

/** Where the eight bytes begin that are least like anything else. */
function rarest(bytes: Bytes, common: ReadonlyMap<number, number>): number {
  let best = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let from = 0; from + shortest <= bytes.length; from++) {
    let shared = 0;
    for (let offset = from; offset < from + step; offset++) shared += common.get(gramAt(bytes, offset))!;
    if (shared < least) [best, least] = [from, shared];
  }
  return best;
}
