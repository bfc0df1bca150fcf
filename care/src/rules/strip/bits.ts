/**
 * Bits in a row, most significant first: what a strip is written with.
 *
 * Whole numbers of up to 53 bits, all of them safe integers. A varint is groups of eight bits, the lowest
 * seven-bit group first, the top bit of a group saying that another follows; it need not begin at a byte.
 *
 * @module
 */
import { CareletError } from '../../model/error.ts';

export const malformed = (because: string): CareletError => new CareletError('invalid', 'unpack strip', { because });

/** Signed to unsigned, small stays small: 0, -1, 1, -2 become 0, 1, 2, 3. */
export const zigzag = (value: number): number => (value < 0 ? -2 * value - 1 : 2 * value);
export const unzigzag = (value: number): number => (value % 2 === 0 ? value / 2 : -(value + 1) / 2);

/** How many bits a whole number needs: 0 for 0. */
export const bitsOf = (value: number): number => (value < 2 ** 32 ? 32 - Math.clz32(value) : 64 - Math.clz32(Math.floor(value / 2 ** 32)));

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export class BitWriter {
  #bytes = new Uint8Array(256);
  #length = 0;
  #pending = 0;
  #filled = 0;

  /** The low `width` bits of `value`, 0 to 53 of them. */
  write(value: number, width: number): void {
    if (width > 24) {
      this.write(Math.floor(value / 2 ** 24), width - 24);
      this.write(value % 2 ** 24, 24);
      return;
    }
    this.#pending = (this.#pending << width) | value;
    this.#filled += width;
    while (this.#filled >= 8) {
      this.#filled -= 8;
      this.#push((this.#pending >>> this.#filled) & 0xff);
    }
    this.#pending &= (1 << this.#filled) - 1;
  }

  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.write(128 + (rest % 128), 8);
      rest = Math.floor(rest / 128);
    }
    this.write(rest, 8);
  }

  signed(value: number): void {
    this.varint(zigzag(value));
  }

  /** `count` ones. */
  ones(count: number): void {
    for (let rest = count; rest > 0; rest -= 24) {
      const width = Math.min(rest, 24);
      this.write(2 ** width - 1, width);
    }
  }

  bytes(bytes: Uint8Array): void {
    for (const byte of bytes) this.write(byte, 8);
  }

  text(text: string): void {
    const bytes = encoder.encode(text);
    this.varint(bytes.length);
    this.bytes(bytes);
  }

  /** Everything written, the last byte filled up with zeros. */
  finish(): Uint8Array {
    if (this.#filled > 0) this.write(0, 8 - this.#filled);
    return this.#bytes.slice(0, this.#length);
  }

  #push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = byte;
  }
}

/** Reads what a `BitWriter` wrote; reading past the end throws `invalid`. */
export class BitReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Bits not yet read: an honest bound on what can still follow. */
  get left(): number {
    return 8 * this.#bytes.length - this.#at;
  }

  read(width: number): number {
    if (width > 24) {
      const high = this.read(width - 24);
      return high * 2 ** 24 + this.read(24);
    }
    if (width > this.left) throw malformed('it ends too early');
    const first = this.#at >>> 3;
    const bytes = this.#bytes;
    const window = (bytes[first]! << 24) | ((bytes[first + 1] ?? 0) << 16) | ((bytes[first + 2] ?? 0) << 8) | (bytes[first + 3] ?? 0);
    const shifted = window << (this.#at & 7);
    this.#at += width;
    return width === 0 ? 0 : shifted >>> (32 - width);
  }

  varint(): number {
    let value = 0;
    for (let place = 1; place <= 2 ** 49; place *= 128) {
      const group = this.read(8);
      value += (group & 127) * place;
      if (group < 128) {
        if (group === 0 && place > 1) throw malformed('a number is written longer than needed');
        if (!Number.isSafeInteger(value)) break;
        return value;
      }
    }
    throw malformed('a number is too large');
  }

  signed(): number {
    return unzigzag(this.varint());
  }

  /** Ones before the next zero, the zero read too; stops at `most` ones without looking for a zero. */
  ones(most: number): number {
    let count = 0;
    while (count < most && this.read(1) === 1) count++;
    return count;
  }

  text(most: number): string {
    const length = this.varint();
    if (length > most || 8 * length > this.left) throw malformed('a text is too long');
    const bytes = new Uint8Array(length);
    for (let i = 0; i < length; i++) bytes[i] = this.read(8);
    try {
      return decoder.decode(bytes);
    } catch {
      throw malformed('a text is not UTF-8');
    }
  }
}
