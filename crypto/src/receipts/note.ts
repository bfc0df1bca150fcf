/**
 * Signed notes: a text, and below it who signed it (C2SP signed-note and tlog-cosignature v1), so that any witness that
 * speaks the same speaks with ours.
 *
 * ```
 * <text, ending in a newline>
 *
 * — <name> base64(key id ‖ signature)
 * ```
 *
 * The log signs the text. A witness signs `cosignature/v1`, a time and the text, and its time stands in its line. A line
 * of somebody unknown is no fault; a line of somebody known that does not verify spoils the whole note.
 *
 * @module
 */
import { type Bytes, base64, concat, equalPublic, hex, text as textOf, unbase64, unhex, utf8 } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { type NamedKey, signText, verifyText } from '../algebra/sign.ts';

/** Somebody's name and the secret of his key. */
export type Signer = NamedKey & { readonly secret: Bytes };

/** One line below a text; `bytes` is whatever follows the key id. */
export type NoteLine = { readonly name: string; readonly id: Bytes; readonly bytes: Bytes };

export type Note = { readonly text: string; readonly lines: readonly NoteLine[] };

/** What a line is: a log's signature, or a witness's with its time. The numbers are those of C2SP. */
export const lineTypes = { signature: 0x01, cosignature: 0x04 } as const;
export type LineType = (typeof lineTypes)[keyof typeof lineTypes];

/** A key's four-byte id in notes. */
export const keyId = ({ name, key }: NamedKey, type: LineType): Bytes =>
  sha256(concat(utf8(`${name}\n`), Uint8Array.of(type), key)).slice(0, 4);

/** Whether a name may stand in a note: something, without spaces, plus signs and control characters. */
export const isKeyName = (name: string): boolean => name.length > 0 && name.length <= 200 && !/[\s+\p{Cc}\p{Cs}]/u.test(name);

/** A key as people exchange it: `name+id+base64(type ‖ key)`. */
export const printKey = (named: NamedKey, type: LineType): string =>
  `${named.name}+${hex(keyId(named, type))}+${base64(concat(Uint8Array.of(type), named.key))}`;

/** Reads a printed key; `null` when it is none, or its id is another key's. */
export function readKey(printed: string): (NamedKey & { readonly type: LineType }) | null {
  const [, name, id, letters] = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/s.exec(printed) ?? [];
  try {
    const bytes = unbase64(letters!);
    const type = Object.values(lineTypes).find((known) => known === bytes[0]);
    const named = { name: name!, key: bytes.slice(1) };
    return type && bytes.length === 33 && isKeyName(named.name) && equalPublic(keyId(named, type), unhex(id!)) ? { ...named, type } : null;
  } catch {
    return null;
  }
}

/**
 * Adds a log's signature.
 *
 * @throws {TypeError} when the name can stand in no note
 */
export const signNote = (note: Note, signer: Signer): Note =>
  withLine(note, signer, lineTypes.signature, signText(signer.secret, note.text));

/**
 * Adds a witness's signature.
 *
 * @param time UTC seconds
 * @throws {TypeError} when the name can stand in no note
 */
export function cosignNote(note: Note, witness: Signer, time: number): Note {
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  return withLine(note, witness, lineTypes.cosignature, concat(stamp, signText(witness.secret, cosigned(note.text, time))));
}

/** A key's line takes the place of an earlier one of the same key. */
function withLine({ text, lines }: Note, signer: Signer, type: LineType, bytes: Bytes): Note {
  if (!isKeyName(signer.name)) throw new TypeError('not a name for a note');
  const own = linesOf(lines, signer, type);
  return { text, lines: [...lines.filter((line) => !own.includes(line)), { name: signer.name, id: keyId(signer, type), bytes }] };
}

/** Whether a log signed a note: `unsigned` when it has no line of this key, `false` when a line of it is wrong. */
export function signedBy({ text, lines }: Note, log: NamedKey): boolean | 'unsigned' {
  const own = linesOf(lines, log, lineTypes.signature);
  return own.length === 0 ? 'unsigned' : own.every(({ bytes }) => verifyText(log.key, text, bytes));
}

/** When a witness signed a note, UTC seconds; `unsigned` when it has no line of this key, `false` when a line of it is wrong. */
export function cosignedBy({ text, lines }: Note, witness: NamedKey): number | false | 'unsigned' {
  const own = linesOf(lines, witness, lineTypes.cosignature);
  if (own.length === 0) return 'unsigned';
  const times = own.map(({ bytes }) => {
    if (bytes.length !== 72) return Number.NaN;
    const time = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0));
    return Number.isSafeInteger(time) && verifyText(witness.key, cosigned(text, time), bytes.slice(8)) ? time : Number.NaN;
  });
  return times.every((time) => !Number.isNaN(time)) && Math.max(...times);
}

export const encodeNote = ({ text, lines }: Note): Bytes =>
  utf8(`${text}\n${lines.map(({ name, id, bytes }) => `— ${name} ${base64(concat(id, bytes))}\n`).join('')}`);

/** Longer notes, and notes with more lines, are none of ours. */
const limits = { bytes: 16_384, lines: 32 };

/** Reads a note's bytes strictly; `null` when they are none. Reading is not believing: nobody's line is verified yet. */
export function decodeNote(bytes: Bytes): Note | null {
  try {
    if (bytes.length > limits.bytes) return null;
    const whole = textOf(bytes);
    const end = whole.lastIndexOf('\n\n');
    if (end < 0 || !whole.endsWith('\n') || bytes.some(isControl)) return null;
    const below = whole
      .slice(end + 2)
      .split('\n')
      .slice(0, -1);
    const lines = below.map(readLine);
    return lines.length > 0 && lines.length <= limits.lines ? { text: whole.slice(0, end + 1), lines } : null;
  } catch {
    return null;
  }
}

/** A note has none of them but the ends of its lines. */
const isControl = (byte: number): boolean => byte < 0x20 && byte !== 0x0a;

function readLine(line: string): NoteLine {
  const [, name, letters] = /^— (\S+) (\S+)$/.exec(line) ?? [];
  const bytes = unbase64(letters ?? '-');
  if (!isKeyName(name!) || bytes.length <= 4) throw new TypeError('not a line of a note');
  return { name: name!, id: bytes.slice(0, 4), bytes: bytes.slice(4) };
}

function linesOf(lines: readonly NoteLine[], named: NamedKey, type: LineType): NoteLine[] {
  const id = keyId(named, type);
  return lines.filter((line) => line.name === named.name && equalPublic(line.id, id));
}

const cosigned = (text: string, time: number): string => `cosignature/v1\ntime ${time}\n${text}`;
