/**
 * The header of EDF: fields of fixed width in ASCII, signal by signal.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { ucumOf } from '../../ucum.ts';
import type { Clock } from '../../zone.ts';

export type EdfSignal = {
  readonly name: string;
  readonly unit: string;
  /** `(digital - baseline) / gain` is the physical value. */
  readonly gain: number;
  readonly baseline: number;
  /** Samples in a data record, and the byte of it where they begin. */
  readonly samples: number;
  readonly from: number;
  /** Texts instead of samples. */
  readonly annotations: boolean;
};

export type EdfHeader = {
  /** By the clock where it was recorded. */
  readonly start: Clock;
  readonly bytes: number;
  /** Data records; -1 where the recorder never came to say. */
  readonly records: number;
  readonly recordBytes: number;
  /** Seconds of a data record. */
  readonly duration: number;
  readonly signals: readonly EdfSignal[];
};

/** Widths of a signal's fields, in the order in which they stand. */
const widths = {
  label: 16,
  transducer: 80,
  unit: 8,
  physicalLow: 8,
  physicalHigh: 8,
  digitalLow: 8,
  digitalHigh: 8,
  filter: 80,
  samples: 8,
  reserved: 32,
} as const;

/** A record larger than this is damage: the standard's own limit is 61,440 bytes, which many exceed. */
const mostRecordBytes = 16 * 2 ** 20;

/**
 * @param head the first bytes of the file, with the whole header
 * @throws {CareletError} `invalid`, naming the field
 */
export function parseEdfHeader(head: Uint8Array, name: string): EdfHeader {
  const refuse = (because: string) => new CareletError('invalid', 'read EDF', { subject: name, because });
  const text = (from: number, length: number): string => {
    if (from + length > head.length) throw refuse('its header is cut short');
    return new TextDecoder('latin1').decode(head.subarray(from, from + length)).trim();
  };
  const number = (from: number, length: number, what: string, shape = /^[+-]?\d+(?:\.\d*)?(?:[eE][+-]?\d+)?$/): number => {
    const field = text(from, length);
    if (!shape.test(field)) throw refuse(`${what} is not a number`);
    return Number(field);
  };
  const whole = /^-?\d+$/;
  const count = number(252, 4, 'its count of signals', whole);
  const bytes = number(184, 8, 'the length of its header', whole);
  if (count < 1 || bytes !== 256 * (count + 1)) throw refuse('its header has another length than its signals need');
  if (text(192, 44).startsWith('24BIT')) throw refuse('it is BDF, with samples of 24 bits: convert it to EDF');
  const duration = number(244, 8, 'the duration of a data record');
  const records = number(236, 8, 'its count of data records', whole);

  let field = 256;
  const places = Object.fromEntries(
    Object.entries(widths).map(([what, width]) => {
      const place = field;
      field += width * count;
      return [what, (i: number) => [place + i * width, width] as const];
    }),
  ) as Record<keyof typeof widths, (i: number) => readonly [number, number]>;

  let from = 0;
  const signals = Array.from({ length: count }, (_, i): EdfSignal => {
    const label = text(...places.label(i)) || `signal ${i + 1}`;
    const of = `${label}'s`;
    const [low, high] = [
      number(...places.digitalLow(i), `${of} digital minimum`, whole),
      number(...places.digitalHigh(i), `${of} digital maximum`, whole),
    ];
    const [physicalLow, physicalHigh] = [
      number(...places.physicalLow(i), `${of} physical minimum`),
      number(...places.physicalHigh(i), `${of} physical maximum`),
    ];
    const samples = number(...places.samples(i), `${of} samples in a record`, whole);
    const annotations = label === 'EDF Annotations';
    if (samples < 1) throw refuse(`${label} has no samples`);
    if (!annotations && (low >= high || physicalLow === physicalHigh)) throw refuse(`${label} has no range`);
    const gain = (high - low) / (physicalHigh - physicalLow);
    const signal = {
      name: label,
      unit: ucumOf(text(...places.unit(i))),
      gain,
      baseline: low - physicalLow * gain || 0,
      samples,
      from,
      annotations,
    };
    from += 2 * samples;
    return signal;
  });
  if (from > mostRecordBytes) throw refuse('a data record is longer than 16 MB');
  if (!(duration > 0) && signals.some(({ annotations }) => !annotations)) throw refuse('a data record lasts no time');
  return { start: startOf(text(88, 80), text(168, 8), text(176, 8), refuse), bytes, records, recordBytes: from, duration, signals };
}

const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];

/** EDF+ writes the year in full beside `Startdate`; the old field has two digits, 85 to 99 being of the last century. */
function startOf(recording: string, date: string, time: string, refuse: (because: string) => CareletError): Clock {
  const [, hour, minute, second] = /^(\d{2})[.:](\d{2})[.:](\d{2})$/.exec(time) ?? [];
  const [, day, month, year] = /^(\d{2})[./](\d{2})[./](\d{2})$/.exec(date) ?? [];
  if (hour === undefined) throw refuse('its start time cannot be read');
  const clock = { hour: +hour, minute: +minute!, second: +second! };
  const [, plusDay, plusMonth, plusYear] = /^Startdate (\d{2})-([A-Z]{3})-(\d{4})/i.exec(recording) ?? [];
  if (plusDay !== undefined) return { year: +plusYear!, month: months.indexOf(plusMonth!.toUpperCase()) + 1, day: +plusDay, ...clock };
  if (day === undefined) throw refuse('its start date cannot be read');
  return { year: +year! + (+year! >= 85 ? 1900 : 2000), month: +month!, day: +day, ...clock };
}
