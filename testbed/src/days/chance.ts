/**
 * Seeded chance: what makes an invented life repeatable.
 *
 * Every series of numbers draws from a `fork` under a name of its own, so that a reading added to one series
 * moves no other.
 *
 * @module
 */
import { hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { seededRandom } from '@carelet/crypto/algebra/random';

export type Chance = {
  /** Uniform in [0, 1). */
  unit(): number;
  /** Uniform in [low, high). */
  between(low: number, high: number): number;
  /** A whole number, low and high included. */
  whole(low: number, high: number): number;
  /** Normally distributed. */
  normal(mean: number, deviation: number): number;
  /** True with probability `p`. */
  happens(p: number): boolean;
  /** One of them. */
  pick<T>(from: readonly T[]): T;
  /** `length` decimal digits. */
  digits(length: number): string;
  /** A chance of its own under a name. */
  fork(name: string): Chance;
};

/**
 * @example
 * ```ts
 * import { chanceOf } from '@carelet/testbed/days/chance';
 * chanceOf('ada').unit() === chanceOf('ada').unit(); // true
 * ```
 */
export function chanceOf(seed: string): Chance {
  const random = seededRandom(`days|${seed}`);
  let pool: DataView = new DataView(new ArrayBuffer(0));
  let at = 0;
  const unit = (): number => {
    if (at + 4 > pool.byteLength) {
      const bytes = random(1024);
      pool = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      at = 0;
    }
    const value = pool.getUint32(at) / 2 ** 32;
    at += 4;
    return value;
  };
  const whole = (low: number, high: number): number => low + Math.floor(unit() * (high - low + 1));
  return {
    unit,
    whole,
    between: (low, high) => low + unit() * (high - low),
    normal: (mean, deviation) => mean + deviation * Math.sqrt(-2 * Math.log(1 - unit())) * Math.cos(2 * Math.PI * unit()),
    happens: (p) => unit() < p,
    pick: (from) => from[whole(0, from.length - 1)]!,
    digits: (length) => Array.from({ length }, () => whole(0, 9)).join(''),
    fork: (name) => chanceOf(`${seed}|${name}`),
  };
}

/**
 * A UUID that is always the same for the same words (shaped as version 4: FHIR servers look).
 *
 * @example
 * ```ts
 * import { uuidOf } from '@carelet/testbed/days/chance';
 * uuidOf('seed', 'ada', 'weight') === uuidOf('seed', 'ada', 'weight'); // true
 * ```
 */
export function uuidOf(...words: readonly string[]): string {
  const bytes = sha256(utf8(JSON.stringify(['days', ...words]))).slice(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const digits = hex(bytes);
  return [digits.slice(0, 8), digits.slice(8, 12), digits.slice(12, 16), digits.slice(16, 20), digits.slice(20)].join('-');
}
