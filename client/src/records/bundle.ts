/**
 * Entries of a bundle of any size: the file is never in memory, only the entry at hand.
 *
 * Takes what hospitals send: a Bundle, one resource, an array of either, or .ndjson with one on each line. A Bundle is
 * a container and its entries are what counts, except a document or a message, which is one record; in .ndjson each line
 * is one record, whatever it is. What cannot be read is refused by its place and the rest goes on, as far as its brackets fit.
 *
 * @module
 */
import {
  asCareletError,
  CareletError,
  type Entry,
  isObject,
  type Json,
  own,
  parseEntry,
  parseJson,
  parseResource,
} from '@carelet/care/model';
import type { Remark } from '@carelet/care/rules/records/report';
import { type Slice, Slicer, wholeBundles } from './slices.ts';

export type BundleItem = { readonly entry: Entry } | { readonly refused: Remark };

/**
 * Reads a source to its end.
 *
 * Entries come as soon as they are read: what is wrong with the bundle around them (`resourceType`, the end of the
 * file) is known, and refused, only after them.
 *
 * @param source bytes of JSON in UTF-8, in chunks of any size
 * @param options.lines each line is one record, a Bundle too
 * @returns entries and refusals in the order of the file; a refusal's place is `entry 17 at byte 4711: Patient.id`
 *
 * @example
 * ```ts
 * import { entries } from '@carelet/client/records/bundle';
 * async function* source() {
 *   yield new TextEncoder().encode('{"resourceType":"Bundle","entry":[{"resource":{"resourceType":"Patient","id":"ada"}},{}]}');
 * }
 * for await (const item of entries(source())) console.log('entry' in item ? item.entry.resource.id : item.refused.because);
 * // ada
 * // it has no resource
 * ```
 */
export async function* entries(
  source: AsyncIterable<Uint8Array>,
  { lines = false }: { readonly lines?: boolean } = {},
): AsyncGenerator<BundleItem, void, undefined> {
  const slicer = new Slicer({ whole: lines });
  const count: Count = { entries: 0, lines };
  let empty = true;
  for await (const chunk of source) {
    if (chunk.length === 0) continue;
    let bytes = chunk;
    if (empty) {
      const foreign = foreignStart(chunk);
      if (foreign !== undefined) {
        yield { refused: { kind: 'refused', place: 'the file', because: foreign } };
        return;
      }
      if (startsWith(chunk, [0xef, 0xbb, 0xbf])) bytes = chunk.subarray(3);
      empty = false;
    }
    for (const slice of slicer.push(bytes)) yield* itemsOf(slice, slicer, count);
  }
  for (const slice of slicer.end()) yield* itemsOf(slice, slicer, count);
  if (empty) yield { refused: { kind: 'refused', place: 'the file', because: 'it is empty' } };
}

type Count = { entries: number; readonly lines: boolean };

function* itemsOf(slice: Slice, slicer: Slicer, count: Count): Generator<BundleItem, void, undefined> {
  if (slice.kind === 'broken') {
    count.entries++;
    yield refusal(count.entries, slice.at, undefined, slice.because);
    return;
  }
  const value = read(slice);
  if (slice.kind === 'document' && slice.entriesCame) {
    // Its entries have gone; what is left is what it says of itself.
    const because = 'refused' in value ? value.refused.because : bundleFault(value.json);
    if (because !== undefined) yield refusal(undefined, slice.at, 'Bundle', because);
    return;
  }
  if ('refused' in value) {
    count.entries++;
    yield refusal(count.entries, slice.at, value.refused.place, value.refused.because);
    return;
  }
  if (slice.kind === 'item' && slice.tentative && !looksLikeEntry(value.json)) {
    slicer.notBundle(slice.bytes);
    return;
  }
  for (const parse of resourcesIn(value.json, count.lines)) {
    count.entries++;
    try {
      yield { entry: parse() };
    } catch (thrown) {
      const { kind, subject, because } = asCareletError(thrown, 'import resource');
      if (kind !== 'invalid') throw thrown;
      yield refusal(count.entries, slice.at, subject, because);
    }
  }
}

/** The resources a value stands for, each still to be checked. */
function resourcesIn(value: Json, whole: boolean): readonly (() => Entry)[] {
  if (!isObject(value)) return [() => fail('it is not an object')];
  const type = own(value, 'resourceType');
  if (type === 'Bundle' && !whole && !wholeBundles.has(own(value, 'type'))) {
    const fault = bundleFault(value);
    const inside = own(value, 'entry');
    if (fault !== undefined) return [() => fail(fault)];
    return Array.isArray(inside) ? inside.map((entry) => () => parseEntry(entry)) : [];
  }
  if (type === undefined && looksLikeEntry(value)) return [() => parseEntry(value)];
  return [() => ({ resource: parseResource(value) })];
}

/** Before a bundle has said that it is one, its first entry does: a `List` has an `entry` too, of another kind. */
function looksLikeEntry(value: Json): boolean {
  return (
    isObject(value) && !('resourceType' in value) && ['resource', 'fullUrl', 'request', 'response', 'search'].some((name) => name in value)
  );
}

function bundleFault(value: Json): string | undefined {
  if (!isObject(value) || own(value, 'resourceType') === undefined) return 'it has entries, but no resourceType';
  if (own(value, 'resourceType') !== 'Bundle') return 'it has the entries of a Bundle, but another resourceType';
  const inside = own(value, 'entry');
  return inside === undefined || Array.isArray(inside) ? undefined : 'its entry must be an array';
}

function read(slice: Exclude<Slice, { kind: 'broken' }>): { json: Json } | { refused: { place: string | undefined; because: string } } {
  try {
    return { json: parseJson(utf8.decode(slice.bytes)) };
  } catch (thrown) {
    if (thrown instanceof CareletError) return { refused: { place: undefined, because: thrown.because } };
    return { refused: { place: undefined, because: 'it is not UTF-8' } };
  }
}

function refusal(entry: number | undefined, at: number, place: string | undefined, because: string): BundleItem {
  const where = entry === undefined ? `byte ${at}` : `entry ${entry} at byte ${at}`;
  return { refused: { kind: 'refused', place: place === undefined ? where : `${where}: ${place}`, because } };
}

function foreignStart(chunk: Uint8Array): string | undefined {
  if (startsWith(chunk, [0xff, 0xfe]) || startsWith(chunk, [0xfe, 0xff])) return 'it is UTF-16; FHIR is UTF-8';
  if (startsWith(chunk, [0x1f, 0x8b]) || startsWith(chunk, [0x50, 0x4b, 0x03, 0x04])) return 'it is compressed; unpack it first';
  if (startsWith(chunk, [0x3c])) return 'it is XML; we read JSON';
  return undefined;
}

const startsWith = (bytes: Uint8Array, start: readonly number[]): boolean => start.every((byte, i) => bytes[i] === byte);
const fail = (because: string): never => {
  throw new CareletError('invalid', 'import resource', { because });
};
const utf8 = new TextDecoder('utf-8', { fatal: true });
