/**
 * Handshake messages and stored states are deterministic CBOR maps, read strictly: exactly the fields that belong,
 * each of its type and size, or `null`.
 *
 * @module
 */
import { type Bytes, type Cbor, uncbor } from '../algebra/bytes.ts';

/** Reads one field; `undefined` where it does not fit. */
export type Field<T> = (value: Cbor | undefined) => T | undefined;

export type Shape = Readonly<Record<string, Field<unknown>>>;
export type Values<S extends Shape> = { readonly [K in keyof S]: Exclude<ReturnType<S[K]>, undefined> };

/** The fields of an encoded map, or `null` for any other bytes. */
export function readMap<S extends Shape>(bytes: Bytes, shape: S, longest = 16384): Values<S> | null {
  if (!(bytes instanceof Uint8Array) || bytes.length > longest) return null;
  let map: Cbor;
  try {
    map = uncbor(bytes);
  } catch {
    return null;
  }
  if (map === null || typeof map !== 'object' || Array.isArray(map) || map instanceof Uint8Array) return null;
  const fields = map as { readonly [key: string]: Cbor };
  const names = Object.keys(shape);
  if (Object.keys(fields).length !== names.length) return null;
  const values: Record<string, unknown> = {};
  for (const name of names) {
    const value = Object.hasOwn(fields, name) ? shape[name]!(fields[name]) : undefined;
    if (value === undefined) return null;
    values[name] = value;
  }
  return values as Values<S>;
}

/** A byte string of `length` bytes. */
export const bytesOf =
  (length: number): Field<Bytes> =>
  (value) =>
    value instanceof Uint8Array && value.length === length ? new Uint8Array(value) : undefined;

/** A byte string of any length. */
export const anyBytes: Field<Bytes> = (value) => (value instanceof Uint8Array ? new Uint8Array(value) : undefined);

/** A whole number from `least` to `most`. */
export const whole =
  (least = 0, most = Number.MAX_SAFE_INTEGER): Field<number> =>
  (value) =>
    typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most ? value : undefined;

/** What `field` reads, or null. */
export const orNull =
  <T>(field: Field<T>): Field<T | null> =>
  (value) =>
    value === null ? null : field(value);
