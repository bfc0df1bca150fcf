/**
 * The id of a reading: device, strip and place in the strip, hashed into a UUID.
 *
 * A UUID of version 5 (RFC 9562 §5.5), so that whoever opens a strip, today or in ten years, gives its readings
 * the same names, and any tool can check them. SHA-1 is prescribed there and hides or protects nothing here.
 *
 * @module
 */

/** Carelet's own namespace for readings, drawn once. */
const namespace = '5d0c7f3e-94a6-4b1d-8e02-c1f7a2b96d38';

/**
 * @param device the device's id
 * @param strip the strip's number, as the device counts
 * @param index the reading's place in `unpackStrip`
 *
 * @example
 * ```ts
 * import { readingId } from '@carelet/care/rules/strip/id';
 * readingId('watch-1', 7, 0); // 'c3e64741-ba66-52de-9829-ecaeaad4a011' = uuid5(namespace, 'watch-1/7/0')
 * ```
 */
export function readingId(device: string, strip: number, index: number): string {
  const bytes = sha1(Uint8Array.of(...unhex(namespace), ...new TextEncoder().encode(`${device}/${strip}/${index}`))).subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

const unhex = (uuid: string): number[] =>
  uuid
    .replaceAll('-', '')
    .match(/../g)!
    .map((pair) => Number.parseInt(pair, 16));

/** FIPS 180-4 §6.1. */
export function sha1(message: Uint8Array): Uint8Array {
  const padded = new DataView(new ArrayBuffer(64 * Math.ceil((message.length + 9) / 64)));
  message.forEach((byte, i) => {
    padded.setUint8(i, byte);
  });
  padded.setUint8(message.length, 0x80);
  padded.setBigUint64(padded.byteLength - 8, BigInt(8 * message.length));
  const state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
  const w = new Int32Array(80);
  for (let block = 0; block < padded.byteLength; block += 64) {
    for (let t = 0; t < 16; t++) w[t] = padded.getInt32(block + 4 * t);
    for (let t = 16; t < 80; t++) w[t] = rotate(w[t - 3]! ^ w[t - 8]! ^ w[t - 14]! ^ w[t - 16]!, 1);
    let a = state[0]!;
    let b = state[1]!;
    let c = state[2]!;
    let d = state[3]!;
    let e = state[4]!;
    for (let t = 0; t < 80; t++) {
      const choice =
        t < 20
          ? ((b & c) | (~b & d)) + 0x5a827999
          : t < 40
            ? (b ^ c ^ d) + 0x6ed9eba1
            : t < 60
              ? ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
              : (b ^ c ^ d) + 0xca62c1d6;
      const next = (rotate(a, 5) + choice + e + w[t]!) | 0;
      e = d;
      d = c;
      c = rotate(b, 30);
      b = a;
      a = next;
    }
    for (const [i, word] of [a, b, c, d, e].entries()) state[i] = (state[i]! + word) | 0;
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((word, i) => {
    digest.setInt32(4 * i, word);
  });
  return new Uint8Array(digest.buffer);
}

const rotate = (word: number, by: number): number => (word << by) | (word >>> (32 - by));
