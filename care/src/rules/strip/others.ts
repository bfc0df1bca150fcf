/**
 * A column of other readings: `0 or 64 (varint) name(text) unit(text) form(varint)`, then the count, the times, how
 * long each lasts where they last (64), and the values.
 *
 * Form 0 is words: each is the number of an earlier one of the column, or the next number and then its text. Any
 * other form is numbers with `form - 1` digits after the point, written as vital signs are. A number that would
 * print back differently (`007`, `1e3`, twenty digits) is words: what was printed comes back as it was.
 *
 * @module
 */
import { decimal, fixed, type OtherReading, readingLimits } from '../../model/reading.ts';
import { type BitReader, BitWriter, malformed } from './bits.ts';
import { type Column, timesOf } from './columns.ts';
import { readTimes, readValues, writeTimes, writeValues } from './series.ts';
import { lasting, writeLasts } from './vitals.ts';

/** UTF-8 takes at most three bytes for each unit of a string. */
const bytesOf = (length: number): number => 3 * length;

export function otherHead({ name, unit, value, lasts }: OtherReading): Uint8Array {
  const to = new BitWriter();
  to.varint(lasts === undefined ? 0 : lasting);
  to.text(name);
  to.text(unit);
  to.varint(formOf(value));
  return to.finish();
}

function formOf(text: string): number {
  const number = fixed(text);
  return number !== undefined && decimal(number.value, number.scale) === text ? number.scale + 1 : 0;
}

export function writeOthers(to: BitWriter, { head, readings }: Column<OtherReading>, base: number): void {
  to.bytes(head);
  to.varint(readings.length);
  writeTimes(to, timesOf(readings), base);
  if (readings[0]!.lasts !== undefined) writeLasts(to, readings);
  const values = readings.map(({ value }) => value);
  if (formOf(values[0]!) === 0) writeWords(to, values);
  else
    writeValues(
      to,
      values.map((value) => fixed(value)!.value),
    );
}

/** Reads one column of at most `room` readings, its number already read. */
export function readOthers(from: BitReader, number: number, device: string, base: number, room: number): OtherReading[] {
  const name = from.text(bytesOf(readingLimits.name));
  const unit = from.text(bytesOf(readingLimits.name));
  const form = from.varint();
  if (form > readingLimits.scale + 1) throw malformed('a number has too many digits');
  const count = from.varint();
  if (count < 1 || count > room) throw malformed('it has too many readings, or an empty column');
  const times = readTimes(from, count, base);
  const lasts = number === lasting ? readValues(from, count) : undefined;
  const values = form === 0 ? readWords(from, count) : readValues(from, count).map((value) => decimal(value, form - 1));
  return times.map((at, n) => ({ kind: 'other', at, device, name, unit, value: values[n]!, ...(lasts && { lasts: lasts[n]! }) }));
}

function writeWords(to: BitWriter, words: readonly string[]): void {
  const seen = new Map<string, number>();
  for (const word of words) {
    const number = seen.get(word) ?? seen.size;
    to.varint(number);
    if (number < seen.size) continue;
    seen.set(word, number);
    to.text(word);
  }
}

function readWords(from: BitReader, count: number): string[] {
  if (8 * count > from.left) throw malformed('it has fewer words than it says');
  const seen: string[] = [];
  return Array.from({ length: count }, () => {
    const number = from.varint();
    if (number > seen.length) throw malformed('a word is missing');
    if (number === seen.length) seen.push(from.text(bytesOf(readingLimits.text)));
    return seen[number]!;
  });
}
