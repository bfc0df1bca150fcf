/**
 * A strip: many readings in one small packet.
 *
 * What a device seals is never one reading but a strip of them, so that the bytes around a seal are paid once.
 * Inside, readings of one sign stand in a column, their times and their values as differences (`series.ts`), and so
 * do those without a code, by their name (`others.ts`); waveforms stand in columns of equal leads, predicted and Rice coded (`samples.ts`). Nothing is lost and
 * nothing is approximate.
 *
 * One list of readings has one strip. Columns come in the order of their heads, readings within a column in the
 * order of time, and whoever unpacks packs again and compares: bytes that would be written differently are
 * refused, as everywhere in Carelet. A strip knows its device; which strip of that device it is, the record
 * around it says.
 *
 * ```text
 * strip    = version(8 bits) device(text) base(signed) count(varint) column* count(varint) waveform* zeros to the byte
 * column   = vital | other
 * vital    = shape(varint) scale(varint) count(varint) times lasts? values*   one run of values for each measure
 * other    = 0 or 64 (varint) name(text) unit(text) form(varint) count(varint) times lasts? (values | words)
 * waveform = head count(varint) times length(varint)* samples*                samples lead by lead, reading by reading
 * head     = frequency(text) count(varint) lead*
 * lead     = name(text) unit(text) gain(text) baseline(signed) flags(8 bits) absent(signed)? baseline(text)?
 * text     = bytes(varint) UTF-8; a number that need not be whole is its shortest decimal text
 * varint   = groups of 7 bits, lowest first, each under a bit that says whether another follows
 * signed   = varint of 2n, or of -2n-1 for a negative n
 * ```
 *
 * `base` is the earliest time in UTC milliseconds.
 *
 * @module
 */
import { CareletError } from '../../model/error.ts';
import {
  checkReading,
  type OtherReading,
  type Reading,
  readingLimits,
  type VitalReading,
  type WaveformReading,
} from '../../model/reading.ts';
import { BitReader, BitWriter, malformed } from './bits.ts';
import { byHead, byTime, type Column, columnsOf } from './columns.ts';
import { otherHead, readOthers, writeOthers } from './others.ts';
import { lasting, readVitals, vitalHead, writeVitals } from './vitals.ts';
import { readWaveforms, waveformHead, writeWaveforms } from './waveforms.ts';

/** The first byte of a strip. */
export const stripVersion = 1;

/** What one strip may hold: readings, and samples over all leads of all its waveforms. */
export const stripLimits = { readings: 65_536, samples: readingLimits.samples } as const;

/**
 * Packs readings of one device, in any order, 1 to 65,536 of them.
 *
 * @returns the strip; `unpackStrip` gives the same readings back in the order of `inOrder`
 * @throws {CareletError} `invalid` on none, too many, two devices, or a reading that `checkReading` refuses
 *
 * @example
 * ```ts
 * import { vital } from '@carelet/care/model';
 * import { packStrip, unpackStrip } from '@carelet/care/rules/strip/index';
 * const noon = Date.UTC(2026, 10, 20, 12);
 * const pulse = Array.from({ length: 60 }, (_, s) => vital('heart-rate', noon + 1000 * s, 'watch-1', [72 + (s % 3)]));
 * const strip = packStrip(pulse);
 * strip.length < 60; // true: less than a byte each
 * unpackStrip(strip)[59]; // { kind: 'vital', sign: 'heart-rate', device: 'watch-1', scale: 0, values: [74], at: … }
 * ```
 */
export function packStrip(readings: readonly Reading[]): Uint8Array {
  if (readings.length < 1 || readings.length > stripLimits.readings) throw refusal('there is no reading, or more than 65,536');
  const { device } = readings[0]!;
  let samples = 0;
  for (const reading of readings) {
    checkReading(reading);
    if (reading.device !== device) throw refusal('the readings are of two devices');
    if (reading.kind === 'waveform') samples += reading.leads.length * reading.leads[0]!.samples.length;
  }
  if (samples > stripLimits.samples) throw refusal('there are more than 4 million samples');

  const { others, vitals, waveforms } = part(readings);
  const base = readings.reduce((earliest, { at }) => Math.min(earliest, at), Number.POSITIVE_INFINITY);
  const to = new BitWriter();
  to.write(stripVersion, 8);
  to.text(device);
  to.signed(base);
  to.varint(others.length + vitals.length);
  // Columns come in the order of their heads: 0 and 64 are others', and 65 begins the signs that last.
  const columns = [
    ...others.map((column) => ({ column, write: () => writeOthers(to, column, base) })),
    ...vitals.map((column) => ({ column, write: () => writeVitals(to, column, base) })),
  ];
  for (const { write } of columns.sort((a, b) => byHead(a.column, b.column))) write();
  to.varint(waveforms.length);
  for (const column of waveforms) writeWaveforms(to, column, base);
  return to.finish();
}

/**
 * The readings of a strip, in the order of `inOrder`.
 *
 * @throws {CareletError} `invalid` on bytes that `packStrip` would not have written; memory stays within the
 * strip's own length and `stripLimits`, whatever its counts claim
 */
export function unpackStrip(bytes: Uint8Array): Reading[] {
  const from = new BitReader(bytes);
  if (from.read(8) !== stripVersion) throw malformed(`its version is not ${stripVersion}`);
  const device = from.text(64);
  const base = from.signed();
  const readings: Reading[] = [];
  const room = { readings: stripLimits.readings as number, samples: stripLimits.samples as number };
  for (let columns = from.varint(); columns > 0; columns--) {
    const number = from.varint();
    const column =
      number % lasting === 0 && number <= lasting
        ? readOthers(from, number, device, base, room.readings)
        : readVitals(from, number, device, base, room.readings);
    room.readings -= column.length;
    for (const reading of column) readings.push(reading);
  }
  for (let columns = from.varint(); columns > 0; columns--) {
    const column = readWaveforms(from, device, base, room);
    room.readings -= column.length;
    for (const reading of column) {
      room.samples -= reading.leads.length * reading.leads[0]!.samples.length;
      readings.push(reading);
    }
  }
  readings.sort(byTime);
  const again = packStrip(readings);
  if (again.length !== bytes.length || !again.every((byte, i) => byte === bytes[i])) throw malformed('it is not written as it should be');
  return readings;
}

/**
 * The order in which a strip keeps readings: by time; at the same time by the heads of their columns (moments before
 * what lasts, those without a code before signs), waveforms last; else as given.
 * An index into this order names a reading of a strip for good.
 */
export function inOrder(readings: readonly Reading[]): Reading[] {
  const { others, vitals, waveforms } = part(readings);
  return [...[...others, ...vitals].sort(byHead), ...waveforms].flatMap((column): readonly Reading[] => column.readings).sort(byTime);
}

type Parts = { others: Column<OtherReading>[]; vitals: Column<VitalReading>[]; waveforms: Column<WaveformReading>[] };

function part(readings: readonly Reading[]): Parts {
  return {
    others: columnsOf(
      readings.filter((reading) => reading.kind === 'other'),
      otherHead,
    ),
    vitals: columnsOf(
      readings.filter((reading) => reading.kind === 'vital'),
      vitalHead,
    ),
    waveforms: columnsOf(
      readings.filter((reading) => reading.kind === 'waveform'),
      waveformHead,
    ),
  };
}

const refusal = (because: string): CareletError => new CareletError('invalid', 'pack strip', { because });
