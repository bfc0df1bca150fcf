/**
 * Reading what came from outside: labelled arrays of a known length, and one way to say that they are none.
 *
 * @module
 */
import { type Bytes, type Cbor, uncbor } from './bytes.ts';

/**
 * The items behind label and suite of `cbor([label, suite, …items])`.
 *
 * @param what for the message: "a re-encryption key"
 * @throws {TypeError} on anything but an array of that label, suite and number of items
 */
export const fields = (bytes: Bytes, label: string, suite: number, count: number, what: string): readonly Cbor[] =>
  fieldsOfAny(bytes, label, [suite], count, what).items;

/** As `fields`, where any of several suites will do: also says which. */
export function fieldsOfAny<const Suite extends number>(
  bytes: Bytes,
  label: string,
  suites: readonly Suite[],
  count: number,
  what: string,
): { readonly suite: Suite; readonly items: readonly Cbor[] } {
  if (!(bytes instanceof Uint8Array)) throw malformed(what);
  let value: Cbor;
  try {
    value = uncbor(bytes);
  } catch {
    throw malformed(what);
  }
  if (!Array.isArray(value) || value.length !== count + 2 || value[0] !== label) throw malformed(what);
  const suite = suites.find((one) => one === value[1]);
  if (suite === undefined) throw new TypeError(`${what} of an unknown suite`);
  return { suite, items: value.slice(2) };
}

export const malformed = (what: string): TypeError => new TypeError(`not ${what}`);

/** Whether a value is a byte string of that length. */
export const isBytes = (value: unknown, length: number): value is Bytes => value instanceof Uint8Array && value.length === length;

/** Whether a value is a list of byte strings of that length. */
export const isBytesList = (value: unknown, length: number): value is readonly Bytes[] =>
  Array.isArray(value) && value.every((item) => isBytes(item, length));

/** `null` where bytes from outside are malformed; anything else goes on being thrown. */
export function attempt<T>(work: () => T | null): T | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof TypeError) return null;
    throw error;
  }
}
