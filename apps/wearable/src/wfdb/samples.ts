/**
 * How WFDB packs samples into bytes: formats 16 and 212 of *signal(5)*
 * (https://physionet.org/physiotools/wag/signal-5.htm).
 *
 * @module
 */

/** One way of packing. */
export type Packing = {
  /** Bytes that `count` samples take from the beginning of a file. */
  bytes(count: number): number;
  /** Samples that fit whole into so many bytes. */
  samples(bytes: number): number;
  /** A sample at which a byte begins, at or before this one. */
  aligned(sample: number): number;
  /** The samples packed in the bytes, of which the first belongs to an aligned sample. */
  unpack(bytes: Uint8Array, count: number): Int32Array;
  /** What stands where nothing was measured. */
  readonly absent: number;
};

/** 16 bits, two's complement, low byte first. */
const format16: Packing = {
  bytes: (count) => 2 * count,
  samples: (bytes) => Math.floor(bytes / 2),
  aligned: (sample) => sample,
  unpack(bytes, count) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return Int32Array.from({ length: count }, (_, i) => view.getInt16(2 * i, true));
  },
  absent: -32768,
};

/** 12 bits, two's complement: two samples in three bytes, the middle byte holding the high bits of both. */
const format212: Packing = {
  bytes: (count) => 3 * Math.floor(count / 2) + 2 * (count % 2),
  samples: (bytes) => 2 * Math.floor(bytes / 3) + (bytes % 3 === 2 ? 1 : 0),
  aligned: (sample) => sample - (sample % 2),
  unpack(bytes, count) {
    const samples = new Int32Array(count);
    for (let i = 0; i < count; i++) {
      const pair = 3 * (i >> 1);
      const bits = i % 2 === 0 ? bytes[pair]! | ((bytes[pair + 1]! & 0x0f) << 8) : bytes[pair + 2]! | ((bytes[pair + 1]! & 0xf0) << 4);
      samples[i] = (bits << 20) >> 20;
    }
    return samples;
  },
  absent: -2048,
};

/** The packings that are read here, by their number in a header. */
export const packings: ReadonlyMap<number, Packing> = new Map([
  [16, format16],
  [212, format212],
]);
