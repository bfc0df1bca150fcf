/**
 * A question of a device about strips that it handed to another cloudlet: does the cloud have them by now?
 *
 * What a cloudlet says of itself counts for nothing, so it is asked of others. The answer repeats the rows that are there: one
 * that was meant for another question names rows that nobody asked for.
 *
 * @module
 */
import { type Bytes, cbor, hex, uncbor } from '../algebra/bytes.ts';

/** How many rows one inquiry names at most. */
export const longestInquiry = 64;

/** A row on its shelf. */
export type AskedRow = { readonly part: string; readonly rowId: Bytes };

const parts: readonly unknown[] = ['EID', 'QID', 'MI'];
const rowIdLength = 16;

/**
 * The message of an inquiry.
 *
 * @throws {TypeError} for no rows, too many, one named twice, and rows that are none
 */
export function encodeInquiry(rows: readonly AskedRow[]): Bytes {
  const fields = rows.map(({ part, rowId }): [string, Bytes] => [part, rowId]);
  if (!isInquiry(fields)) throw new TypeError(`an inquiry names 1 to ${longestInquiry} rows, each once`);
  return cbor(fields);
}

/** Reads an inquiry strictly; `null` for any other bytes. */
export function decodeInquiry(bytes: Bytes): readonly AskedRow[] | null {
  const fields = read(bytes);
  return isInquiry(fields) ? fields.map(([part, rowId]) => ({ part, rowId })) : null;
}

/** What came of an inquiry: those of the rows that the cloud has; `null` where it cannot be asked now. */
export type Finding = readonly Bytes[] | null;

/**
 * The message of a finding.
 *
 * @throws {TypeError} for too many rows, one named twice, and rows that are none
 */
export function encodeFinding(found: Finding): Bytes {
  if (found !== null && !areRowIds(found)) throw new TypeError(`a finding names up to ${longestInquiry} rows, each once`);
  return cbor([found && [...found]]);
}

/**
 * Reads a finding strictly.
 *
 * @param asked the rows that were asked for
 * @returns `undefined` for any other bytes, and for a finding that names a row nobody asked for
 */
export function decodeFinding(bytes: Bytes, asked: readonly AskedRow[]): Finding | undefined {
  const fields = read(bytes);
  if (!Array.isArray(fields) || fields.length !== 1) return undefined;
  const [found] = fields as [unknown];
  if (found === null) return null;
  const known = new Set(asked.map(({ rowId }) => hex(rowId)));
  return areRowIds(found) && found.every((rowId) => known.has(hex(rowId))) ? found : undefined;
}

function read(bytes: Bytes): unknown {
  try {
    return uncbor(bytes);
  } catch {
    return undefined;
  }
}

const isInquiry = (fields: unknown): fields is readonly [string, Bytes][] =>
  Array.isArray(fields) &&
  fields.length > 0 &&
  fields.every((row) => Array.isArray(row) && row.length === 2 && parts.includes(row[0])) &&
  areRowIds(fields.map(([, rowId]) => rowId));

const areRowIds = (rowIds: unknown): rowIds is readonly Bytes[] =>
  Array.isArray(rowIds) &&
  rowIds.length <= longestInquiry &&
  rowIds.every((rowId) => rowId instanceof Uint8Array && rowId.length === rowIdLength) &&
  new Set(rowIds.map(hex)).size === rowIds.length;
