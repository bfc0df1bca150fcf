/**
 * Noise that can be asked anywhere: a value is a hash of the seed and the place, not the next of a sequence.
 *
 * So a sensor's noon is the same whether its morning was simulated or not. Good enough for medicine, useless for
 * secrets: keys come from `crypto/algebra/random`.
 *
 * @module
 */

/** One channel of noise. Places are whole numbers, positive or negative. */
export type Noise = {
  /** Evenly in [0, 1). */
  uniform(place: number): number;
  /** Normal, mean 0, deviation 1. */
  normal(place: number): number;
  /** A smooth curve through a normal value at every multiple of `period`. */
  smooth(t: number, period: number): number;
};

/**
 * The noise of a channel under a seed.
 *
 * @example
 * ```ts
 * import { noise } from '@carelet/wearable/noise';
 * noise('ada', 'pulse').uniform(7) === noise('ada', 'pulse').uniform(7); // true
 * ```
 */
export function noise(seed: string, channel: string): Noise {
  const key = hash(`${channel}|${seed}`);
  const bits = (place: number, salt: number) => stir(stir(key ^ salt, place), Math.floor(place / 2 ** 32));
  const uniform = (place: number) => bits(place, 0) / 2 ** 32;
  const normal = (place: number) => {
    // Box and Muller (1958).
    const radius = Math.sqrt(-2 * Math.log((bits(place, 0x5bd1e995) + 1) / 2 ** 32));
    return radius * Math.cos(2 * Math.PI * uniform(place));
  };
  const smooth = (t: number, period: number) => {
    const place = Math.floor(t / period);
    const x = t / period - place;
    const ease = x * x * (3 - 2 * x);
    return normal(place) * (1 - ease) + normal(place + 1) * ease;
  };
  return { uniform, normal, smooth };
}

/** 32 bits of a text (FNV-1a over its UTF-16 units, then stirred). */
function hash(text: string): number {
  let bits = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) bits = Math.imul(bits ^ text.charCodeAt(i), 0x01000193);
  return stir(bits, text.length);
}

/** One round and the finish of MurmurHash3 (Appleby, public domain). */
function stir(state: number, value: number): number {
  let k = Math.imul(value | 0, 0xcc9e2d51);
  k = Math.imul((k << 15) | (k >>> 17), 0x1b873593);
  let h = state ^ k;
  h = (Math.imul((h << 13) | (h >>> 19), 5) + 0xe6546b64) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}
