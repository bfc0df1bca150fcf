/**
 * A column of waveforms: the leads described once, then the count, the times, the lengths, and the samples of
 * each reading lead by lead.
 *
 * @module
 */
import { type Lead, readingLimits, type WaveformReading } from '../../model/reading.ts';
import { type BitReader, BitWriter, malformed } from './bits.ts';
import { type Column, timesOf } from './columns.ts';
import { readSamples, writeSamples } from './samples.ts';
import { readTimes, writeTimes } from './series.ts';

/** What a lead's flags say of what follows them. */
const hasAbsent = 1;
/** The baseline lies between two counts: its text follows, and 0 stands where a whole one would. */
const hasFraction = 2;

/** `frequency(text) leads(varint)`, then for each lead `name(text) unit(text) gain(text) baseline(signed) flags` and what the flags say. */
export function waveformHead({ frequency, leads }: WaveformReading): Uint8Array {
  const to = new BitWriter();
  to.text(String(frequency));
  to.varint(leads.length);
  for (const { name, unit, gain, baseline, absent } of leads) {
    to.text(name);
    to.text(unit);
    to.text(String(gain));
    const whole = (baseline | 0) === baseline;
    to.signed(whole ? baseline : 0);
    to.write((absent === undefined ? 0 : hasAbsent) | (whole ? 0 : hasFraction), 8);
    if (absent !== undefined) to.signed(absent);
    if (!whole) to.text(String(baseline));
  }
  return to.finish();
}

function readHead(from: BitReader): { frequency: number; leads: Omit<Lead, 'samples'>[] } {
  const frequency = Number(from.text(32));
  const count = from.varint();
  if (count < 1 || count > readingLimits.leads) throw malformed('it has a waveform of too many leads, or of none');
  const leads: Omit<Lead, 'samples'>[] = [];
  for (let i = 0; i < count; i++) {
    const lead = { name: from.text(256), unit: from.text(32), gain: Number(from.text(32)), baseline: from.signed() };
    const flags = from.read(8);
    if (flags > (hasAbsent | hasFraction)) throw malformed('a lead has flags that nobody knows');
    const absent = flags & hasAbsent ? { absent: from.signed() } : undefined;
    const fraction = flags & hasFraction ? { baseline: Number(from.text(32)) } : undefined;
    leads.push({ ...lead, ...absent, ...fraction });
  }
  return { frequency, leads };
}

export function writeWaveforms(to: BitWriter, { head, readings }: Column<WaveformReading>, base: number): void {
  to.bytes(head);
  to.varint(readings.length);
  writeTimes(to, timesOf(readings), base);
  for (const { leads } of readings) to.varint(leads[0]!.samples.length);
  for (const { leads } of readings) for (const { samples } of leads) writeSamples(to, samples);
}

/** Reads one column of at most `room` readings and `samples` samples. */
export function readWaveforms(
  from: BitReader,
  device: string,
  base: number,
  room: { readonly readings: number; readonly samples: number },
): WaveformReading[] {
  const { frequency, leads } = readHead(from);
  const count = from.varint();
  if (count < 1 || count > room.readings) throw malformed('it has too many readings, or an empty column');
  const times = readTimes(from, count, base);
  const lengths = times.map(() => from.varint());
  let samples = 0;
  for (const length of lengths) samples += length * leads.length;
  if (samples > room.samples || lengths.includes(0)) throw malformed('it has too many samples, or none');
  return times.map((at, n) => ({
    kind: 'waveform',
    at,
    device,
    frequency,
    leads: leads.map((lead) => ({ ...lead, samples: readSamples(from, lengths[n]!) })),
  }));
}
