/**
 * FIT on the wire: files in a row, each a header, definitions, messages that follow them, and a checksum.
 *
 * Read after the *FIT Protocol* description of the FIT SDK. A message is raw fields: an integer (or several) as it was
 * written, nothing scaled. Checksums are recomputed before the first message is given, so a damaged file gives nothing
 * rather than something.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** A field's values: integers as they were sent (64-bit and floats as numbers), or a text. Invalid ones are left out. */
export type FitField = { readonly number: number; readonly values: readonly (number | bigint)[]; readonly text: string | undefined };

export type FitMessage = {
  /** Which of the protocol's messages: 20 is a record. */
  readonly global: number;
  readonly fields: readonly FitField[];
  /** Fields a developer added, by the description with that index and number. */
  readonly extra: readonly (FitField & { readonly developer: number })[];
  /** Seconds since 1989-12-31 as the message or its header says; undefined where it says none. */
  readonly time: number | undefined;
};

type FieldShape = { readonly number: number; readonly size: number; readonly base: number; readonly developer?: number };
type Definition = { readonly global: number; readonly little: boolean; readonly shapes: readonly FieldShape[] };

type Base = {
  readonly size: number;
  readonly invalid: number | bigint;
  read(view: DataView, at: number, little: boolean): number | bigint;
};

const base = (size: number, invalid: number | bigint, read: Base['read']): Base => ({ size, invalid, read });
const byte = (invalid: number) => base(1, invalid, (view, at) => view.getUint8(at));

/** Base types by the low five bits of their number. 7 is a text. */
const bases: ReadonlyMap<number, Base> = new Map([
  [0, byte(0xff)],
  [1, base(1, 0x7f, (view, at) => view.getInt8(at))],
  [2, byte(0xff)],
  [3, base(2, 0x7fff, (view, at, little) => view.getInt16(at, little))],
  [4, base(2, 0xffff, (view, at, little) => view.getUint16(at, little))],
  [5, base(4, 0x7fffffff, (view, at, little) => view.getInt32(at, little))],
  [6, base(4, 0xffffffff, (view, at, little) => view.getUint32(at, little))],
  [8, base(4, Number.NaN, (view, at, little) => view.getFloat32(at, little))],
  [9, base(8, Number.NaN, (view, at, little) => view.getFloat64(at, little))],
  [10, byte(0)],
  [11, base(2, 0, (view, at, little) => view.getUint16(at, little))],
  [12, base(4, 0, (view, at, little) => view.getUint32(at, little))],
  [13, byte(0xff)],
  [14, base(8, 0x7fffffffffffffffn, (view, at, little) => view.getBigInt64(at, little))],
  [15, base(8, 0xffffffffffffffffn, (view, at, little) => view.getBigUint64(at, little))],
  [16, base(8, 0n, (view, at, little) => view.getBigUint64(at, little))],
]);
const textBase = 7;
const bytesBase = 13;
const timestamp = 253;
/** The message that says what a developer's field is. */
export const fieldDescription = 206;

/**
 * The messages of a file, or of several in a row.
 *
 * @throws {CareletError} `invalid` for what is not FIT, is cut short, or has another checksum than it says
 */
export function* fitMessages(bytes: Uint8Array, name: string): Generator<FitMessage> {
  const files: { from: number; until: number }[] = [];
  for (let begin = 0; begin < bytes.length || begin === 0; begin = files.at(-1)!.until + 2) files.push(checked(bytes, begin, name));
  for (const { from, until } of files) yield* messagesIn(bytes, from, until, name);
}

const refusal = (subject: string, because: string): CareletError => new CareletError('invalid', 'read FIT', { subject, because });

function checked(bytes: Uint8Array, begin: number, name: string): { from: number; until: number } {
  const nth = begin === 0 ? 'it' : `the file in it at byte ${begin}`;
  const view = new DataView(bytes.buffer, bytes.byteOffset + begin, bytes.length - begin);
  const length = view.byteLength < 12 ? 0 : view.getUint8(0);
  if ((length !== 12 && length !== 14) || String.fromCharCode(...bytes.subarray(begin + 8, begin + 12)) !== '.FIT')
    throw refusal(name, `${nth} has no FIT header`);
  const until = begin + length + view.getUint32(4, true);
  if (until + 2 > bytes.length) throw refusal(name, `${nth} is cut short: ${bytes.length - begin} of ${until + 2 - begin} bytes`);
  if (view.getUint8(1) >> 4 > 2) throw refusal(name, `${nth} is of a version of the protocol that is not read here`);
  const headerSum = length === 14 ? view.getUint16(12, true) : 0;
  if (headerSum !== 0 && headerSum !== checksum(bytes.subarray(begin, begin + 12))) throw refusal(name, `${nth} has a damaged header`);
  if (view.getUint16(until - begin, true) !== checksum(bytes.subarray(begin, until)))
    throw refusal(name, `${nth} has a wrong checksum: it was changed`);
  return { from: begin + length, until };
}

function* messagesIn(bytes: Uint8Array, from: number, until: number, name: string): Generator<FitMessage> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const definitions = new Map<number, Definition>();
  const described = new Map<string, number>();
  let at = from;
  let last: number | undefined;
  const take = (count: number): number => {
    at += count;
    if (at > until) throw refusal(name, 'a message ends after the file does');
    return at - count;
  };
  while (at < until) {
    const header = view.getUint8(take(1));
    if ((header & 0xc0) === 0x40) {
      definitions.set(header & 0x0f, defined((header & 0x20) !== 0));
      continue;
    }
    const compressed = (header & 0x80) !== 0;
    const definition = definitions.get(compressed ? (header >> 5) & 3 : header & 0x0f);
    if (definition === undefined) throw refusal(name, 'a message comes before its definition');
    const message = filled(definition);
    // The low five bits of the time; when they are below the last ones, they have gone round.
    if (compressed && last === undefined) throw refusal(name, 'a time counts on from one that was never said');
    const time = compressed ? last! + (((header & 0x1f) - last!) & 0x1f) : oneOf(message.fields, timestamp);
    last = time ?? last;
    if (definition.global === fieldDescription) {
      const [developer, number, type] = [0, 1, 2].map((field) => oneOf(message.fields, field));
      if (type !== undefined) described.set(`${developer} ${number}`, type);
    }
    yield { ...message, time };
  }

  function defined(extended: boolean): Definition {
    take(1);
    const little = view.getUint8(take(1)) === 0;
    const global = view.getUint16(take(2), little);
    const own = Array.from(
      { length: view.getUint8(take(1)) },
      (): FieldShape => ({ number: view.getUint8(take(1)), size: view.getUint8(take(1)), base: view.getUint8(take(1)) }),
    );
    const extra = Array.from({ length: extended ? view.getUint8(take(1)) : 0 }, (): FieldShape => {
      const [number, size, developer] = [view.getUint8(take(1)), view.getUint8(take(1)), view.getUint8(take(1))];
      return { number, size, developer, base: described.get(`${developer} ${number}`) ?? 13 };
    });
    return { global, little, shapes: [...own, ...extra] };
  }

  function filled({ global, little, shapes }: Definition): Omit<FitMessage, 'time'> {
    const fields: FitField[] = [];
    const extra: (FitField & { developer: number })[] = [];
    for (const { number, size, base, developer } of shapes) {
      const field = fieldAt(take(size), number, size, base, little);
      if (developer === undefined) fields.push(field);
      else extra.push({ ...field, developer });
    }
    return { global, fields, extra };
  }

  function fieldAt(place: number, number: number, size: number, type: number, little: boolean): FitField {
    const kind = type & 0x1f;
    if (kind === textBase) {
      const text = new TextDecoder().decode(bytes.subarray(place, place + size)).split('\0', 1)[0]!;
      return { number, values: [], text: text === '' ? undefined : text };
    }
    const known = bases.get(kind);
    // A size that its type does not divide is what the protocol says to read as bytes; those say nothing here.
    if (known === undefined || size % known.size !== 0) return { number, values: [], text: undefined };
    const values = Array.from({ length: size / known.size }, (_, i) => known.read(view, place + i * known.size, little));
    // Bytes belong together: 255 among others is a byte, and only nothing but 255 is nothing.
    const some = kind === bytesBase && values.some((value) => value !== known.invalid);
    return { number, values: some ? values : values.filter((value) => !Object.is(value, known.invalid)), text: undefined };
  }
}

/** The one integer of a field; undefined where it is invalid, absent, or several. */
export function oneOf(fields: readonly FitField[], number: number): number | undefined {
  const values = fields.find((field) => field.number === number)?.values;
  return values?.length === 1 ? Number(values[0]) : undefined;
}

const nibbles = [
  0x0000, 0xcc01, 0xd801, 0x1400, 0xf001, 0x3c00, 0x2800, 0xe401, 0xa001, 0x6c00, 0x7800, 0xb401, 0x5000, 0x9c01, 0x8801, 0x4400,
];

/** CRC-16 as the protocol computes it, a nibble at a time. */
export function checksum(bytes: Uint8Array): number {
  let sum = 0;
  for (const byte of bytes) for (const nibble of [byte & 0x0f, byte >> 4]) sum = (sum >> 4) ^ nibbles[(sum ^ nibble) & 0x0f]!;
  return sum;
}
