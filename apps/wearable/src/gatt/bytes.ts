/**
 * The bytes of a Bluetooth characteristic, taken from the left, little end first.
 *
 * A number with a decimal exponent (IEEE 11073-20601, SFLOAT of 16 bits and FLOAT of 32) is digits and a point, so it
 * is given as a decimal text and nothing is rounded. Five of its values are no numbers, and are given by name.
 *
 * @module
 */
import { CareletError, decimal } from '@carelet/care/model';
import type { Clock } from '../zone.ts';

/** Why there is no number: it is none, it cannot be told at this resolution, it is beyond what can be said. */
export type NoNumber = 'not a number' | 'not at this resolution' | 'above all numbers' | 'below all numbers' | 'a reserved value';

/** A decimal number as digits, or why there is none. */
export type Decimal = { readonly text: string } | { readonly no: NoNumber };

const shortWords: Readonly<Record<number, NoNumber>> = {
  2047: 'not a number',
  2048: 'not at this resolution',
  2046: 'above all numbers',
  2050: 'below all numbers',
  2049: 'a reserved value',
};
const longWords: Readonly<Record<number, NoNumber>> = {
  8388607: 'not a number',
  8388608: 'not at this resolution',
  8388606: 'above all numbers',
  8388610: 'below all numbers',
  8388609: 'a reserved value',
};

/** A 16-bit float: 4 bits of exponent, 12 of mantissa, both signed. `shift` multiplies by a power of ten, exactly. */
export const shortFloat = (bits: number, shift = 0): Decimal =>
  Object.hasOwn(shortWords, bits) ? { no: shortWords[bits]! } : { text: scaled((bits << 20) >> 20, ((bits << 16) >> 28) + shift) };

/** A 32-bit float: 8 bits of exponent, 24 of mantissa, both signed. */
export const longFloat = (bits: number): Decimal =>
  Object.hasOwn(longWords, bits) ? { no: longWords[bits]! } : { text: scaled((bits << 8) >> 8, bits >> 24) };

/** `mantissa * 10^exponent`, with the digits the exponent gives it. */
function scaled(mantissa: number, exponent: number): string {
  if (exponent < 0) return decimal(mantissa, -exponent);
  return mantissa === 0 ? '0' : `${mantissa}${'0'.repeat(exponent)}`;
}

/** Takes fields off the bytes of one characteristic; every shortage is `invalid`. */
export class Fields {
  readonly #view: DataView;
  readonly #name: string;
  #at = 0;

  constructor(name: string, bytes: Uint8Array) {
    this.#name = name;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  int16(): number {
    return this.#view.getInt16(this.#take(2), true);
  }

  uint24(): number {
    return this.uint16() + 65_536 * this.uint8();
  }

  short(shift = 0): Decimal {
    return shortFloat(this.uint16(), shift);
  }

  long(): Decimal {
    return longFloat(this.#view.getUint32(this.#take(4), true));
  }

  /** Date and time of day (7 bytes); undefined where the device does not know year, month or day, and says 0. */
  clock(): Clock | undefined {
    const year = this.uint16();
    const [month, day, hour, minute, second] = [this.uint8(), this.uint8(), this.uint8(), this.uint8(), this.uint8()];
    return year === 0 || month === 0 || day === 0 ? undefined : { year, month, day, hour, minute, second };
  }

  /** Bytes not yet taken. */
  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  /** Everything was taken; what is left over belongs to another characteristic or another version of it. */
  end(): void {
    if (this.left > 0) throw this.refuse(`${this.left} more byte(s) than its flags say`);
  }

  refuse(because: string): CareletError {
    return new CareletError('invalid', 'read characteristic', { subject: this.#name, because });
  }

  #take(count: number): number {
    if (count > this.left) throw this.refuse('it ends before what its flags say');
    this.#at += count;
    return this.#at - count;
  }
}
