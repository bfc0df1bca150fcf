/**
 * EDF and EDF+: polygraphs, sleep laboratories, Holter recorders (Kemp 1992; Kemp and Olivan 2003).
 *
 * A header says for each signal which digital number is which physical value, then data records follow, each with so
 * many 16-bit samples of every signal. EDF+ adds a signal of texts: when a record begins, and what happened when.
 * Samples stay the integers they are. A recording with pauses (EDF+D) is read record by record at the times it gives.
 * Its clock hangs where it was recorded, so `zone` (or `start`) says when that was.
 *
 * @module
 */
import { checkReading, type Lead, type Reading, readingLimits } from '@carelet/care/model';
import { zoneNamed } from '../zone.ts';
import { annotationsIn, type EdfAnnotation } from './edf/annotations.ts';
import { type EdfHeader, type EdfSignal, parseEdfHeader } from './edf/header.ts';
import type { Format, FormatOptions } from './format.ts';
import { Gathering } from './gathering.ts';
import { refuse } from './json.ts';
import type { Source } from './source.ts';

export const edf: Format = {
  name: 'EDF',
  says: 'EDF and EDF+ of polygraphs, sleep and Holter recorders',
  recognises: ({ head }) => head.length >= 256 && String.fromCharCode(...head.subarray(0, 8)) === '0       ',
  read,
};

/** A run of records without a pause: what becomes one reading. */
type Run = { from: number; records: number; samples: Int16Array[][] };

async function* read(source: Source, options: FormatOptions): AsyncGenerator<Reading[]> {
  const header = parseEdfHeader(source.head, source.name);
  const began = options.start ?? zoneNamed(options.zone ?? 'UTC').instantOf(header.start);
  if (began === undefined) throw refuse(source.name, 'its start is on no clock: say when it began');
  const to = new Gathering(options);
  const signals = header.signals.filter(({ annotations }) => !annotations);
  const perRun = Math.max(1, Math.floor((options.seconds ?? 10) / (header.duration || 1)));
  const give = (run: Run): Reading[] => readingsOf(run, signals, header, began, options.device);

  let run: Run | undefined;
  let number = 0;
  for await (const record of recordsOf(source, header)) {
    const texts = header.signals.flatMap((signal) =>
      signal.annotations ? annotationsIn(record.subarray(signal.from, signal.from + 2 * signal.samples), source.name) : [],
    );
    const onset = texts.find(({ text }) => text === '')?.onset ?? number * header.duration;
    for (const { onset: at, duration, text } of texts)
      if (text !== '') annotate(to, { onset: at, duration, text }, began, `record ${number + 1}`);
    const continues = run !== undefined && run.records < perRun && Math.abs(run.from + run.records * header.duration - onset) < 1e-6;
    if (run !== undefined && !continues) {
      yield give(run);
      run = undefined;
    }
    if (signals.length > 0) {
      run ??= { from: onset, records: 0, samples: signals.map(() => []) };
      for (const [i, signal] of signals.entries()) run.samples[i]!.push(samplesOf(record, signal));
      run.records++;
    }
    number++;
    if (to.full) yield to.taken();
  }
  if (run !== undefined) yield give(run);
  yield to.taken();
}

function annotate(to: Gathering, { onset, duration, text }: EdfAnnotation, began: number, where: string): void {
  const lasts = duration === undefined ? undefined : Math.round(duration * 1000);
  to.other({ where, at: began + Math.round(onset * 1000), lasts }, { name: 'EDF annotation', value: text });
}

/** Data records, one after the other; the last one has to be whole. */
async function* recordsOf({ name, bytes }: Source, header: EdfHeader): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  let skip = header.bytes;
  let count = 0;
  for await (const chunk of bytes()) {
    const here = chunk.subarray(Math.min(skip, chunk.length));
    skip -= chunk.length - here.length;
    if (here.length === 0) continue;
    rest = rest.length === 0 ? here : Buffer.concat([rest, here]);
    while (rest.length >= header.recordBytes) {
      yield rest.subarray(0, header.recordBytes);
      count++;
      rest = rest.subarray(header.recordBytes);
    }
  }
  if (header.records >= 0 && count !== header.records)
    throw refuse(name, `it is cut short or not finished: it has ${count} of ${header.records} data records`);
  if (rest.length > 0) throw refuse(name, 'its last data record is cut short');
}

function samplesOf(record: Uint8Array, { from, samples }: EdfSignal): Int16Array {
  const view = new DataView(record.buffer, record.byteOffset + from, 2 * samples);
  return Int16Array.from({ length: samples }, (_, i) => view.getInt16(2 * i, true));
}

/** One reading for every sampling frequency, as leads of a reading have one. */
function readingsOf({ from, samples }: Run, signals: readonly EdfSignal[], header: EdfHeader, began: number, device: string): Reading[] {
  const rates = [...new Set(signals.map(({ samples }) => samples))];
  return rates.flatMap((rate) => {
    const leads = signals.flatMap((signal, i): Lead[] => {
      if (signal.samples !== rate) return [];
      const { name, unit, gain, baseline } = signal;
      return [{ name, unit, gain, baseline, samples: Int32Array.from(samples[i]!.flatMap((run) => [...run])) }];
    });
    const groups = Array.from({ length: Math.ceil(leads.length / readingLimits.leads) }, (_, n) =>
      leads.slice(n * readingLimits.leads, (n + 1) * readingLimits.leads),
    );
    return groups.map((group) =>
      checkReading<Reading>({
        kind: 'waveform',
        at: began + Math.round(from * 1000),
        device,
        frequency: rate / header.duration,
        leads: group,
      }),
    );
  });
}
