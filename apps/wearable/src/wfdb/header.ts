/**
 * WFDB headers: `100.hea`, a few lines of text saying what lies in `100.dat`.
 *
 * Read after the WFDB manual's page *header(5)* (https://physionet.org/physiotools/wag/header-5.htm). Nothing is
 * guessed: a field that cannot be read is refused with its line, a field that may be left out has the default
 * of that page.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';

/** One signal. `(sample - baseline) / gain` is its physical value in `unit`. */
export type WfdbSignal = {
  /** The file beside the header that holds it. */
  readonly file: string;
  readonly format: number;
  readonly samplesPerFrame: number;
  readonly skew: number;
  /** Bytes of the file before the first sample. */
  readonly offset: number;
  readonly gain: number;
  readonly baseline: number;
  /** As written: `mV`, `mmHg`. */
  readonly unit: string;
  /** Bits of the converter. */
  readonly resolution: number;
  readonly adcZero: number;
  readonly initialValue: number;
  /** The sum of all samples as a signed 16-bit number; undefined where the header says none. */
  readonly checksum: number | undefined;
  readonly description: string;
};

/** One piece of a record of several; `~` is a gap. */
export type WfdbSegment = { readonly name: string; readonly frames: number };

export type WfdbHeader = {
  readonly record: string;
  /** Frames a second. */
  readonly frequency: number;
  /** How many frames; undefined where the header does not say. */
  readonly frames: number | undefined;
  /** When it began, its clock read as UTC; undefined without a date. */
  readonly start: number | undefined;
  /** How many signals it says it has. */
  readonly signalCount: number;
  /** Empty in a record of several segments. */
  readonly signals: readonly WfdbSignal[];
  readonly segments: readonly WfdbSegment[] | undefined;
  /** Lines after `#`: age, diagnoses, whatever the recorder wrote. */
  readonly comments: readonly string[];
};

export const refuseRecord = (subject: string, because: string, cause?: unknown): CareletError =>
  new CareletError('invalid', 'read WFDB record', { subject, because, cause });

/**
 * Reads a header.
 *
 * @param name of the file, for messages
 * @throws {CareletError} `invalid`, with the line
 *
 * @example
 * ```ts
 * import { parseHeader } from '@carelet/wearable/wfdb/header';
 * parseHeader('100 1 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII', '100.hea').signals[0]?.gain; // 200
 * ```
 */
export function parseHeader(text: string, name: string): WfdbHeader {
  const comments: string[] = [];
  const lines: Line[] = [];
  for (const [i, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    if (line.startsWith('#')) comments.push(line.slice(1).trim());
    else if (line !== '') lines.push(new Line(line, `${name} line ${i + 1}`));
  }
  const [first, ...rest] = lines;
  if (first === undefined) throw refuseRecord(name, 'it is empty');

  const [record, segmentCount] = first.match('a record name', /^([\w-]+)(?:\/(\d+))?$/);
  const signalCount = first.whole('a number of signals');
  const [frequency] = first.match('a frequency', /^(\d+\.?\d*(?:[eE][-+]?\d+)?)(?:\/.*)?$/, '250');
  const frames = Number(first.match('a number of samples', /^(\d+)$/, '0')[0]);
  const time = first.match('a time of day', /^(?:(?:(\d{1,2}):)?(\d{1,2}):)?(\d{1,2}(?:\.\d+)?)$/, '0:0:0');
  const date = first.match('a date', /^(\d{1,2})\/(\d{1,2})\/(\d{1,4})$/, '');
  const expected = segmentCount === undefined ? signalCount : Number(segmentCount);
  if (rest.length !== expected) throw refuseRecord(name, `it announces ${expected} lines of signals or segments and has ${rest.length}`);
  if (!(Number(frequency) > 0)) throw refuseRecord(name, 'its frequency is 0');
  return {
    record: record!,
    frequency: Number(frequency),
    frames: frames === 0 ? undefined : frames,
    start: date.length === 0 ? undefined : startOf(date, time, name),
    signalCount,
    signals: segmentCount === undefined ? rest.map((line, i) => signalOf(line, `record ${record}, signal ${i}`)) : [],
    segments: segmentCount === undefined ? undefined : rest.map(segmentOf),
    comments,
  };
}

function signalOf(line: Line, description: string): WfdbSignal {
  // A name and nothing else: a header never leads out of its folder.
  const [file] = line.match('a file name', /^([\w-][\w.-]*)$/);
  const [format, samplesPerFrame = '1', skew = '0', offset = '0'] = line.match('a format', /^(\d+)(?:x(\d+))?(?::(\d+))?(?:\+(\d+))?$/);
  const [gain, baseline, unit = 'mV'] = line.match(
    'a gain',
    /^([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)(?:\(([-+]?\d+)\))?(?:\/(\S+))?$/,
    '200',
  );
  const resolution = line.integer('a resolution', format === '16' ? 16 : 12);
  const adcZero = line.integer('an ADC zero', 0);
  const initialValue = line.integer('an initial value', adcZero);
  const checksum = line.integer('a checksum', undefined);
  line.integer('a block size', 0);
  return {
    file: file!,
    format: Number(format),
    samplesPerFrame: Number(samplesPerFrame),
    skew: Number(skew),
    offset: Number(offset),
    gain: Number(gain) || 200, // 0 says "not calibrated", and 200 is what the manual says then
    baseline: baseline === undefined ? adcZero : Number(baseline),
    unit,
    resolution,
    adcZero,
    initialValue,
    checksum,
    description: line.rest() || description,
  };
}

function segmentOf(line: Line): WfdbSegment {
  const [name] = line.match('a segment name', /^([\w-]+|~)$/);
  return { name: name!, frames: line.whole('a number of samples') };
}

function startOf(date: readonly (string | undefined)[], time: readonly (string | undefined)[], name: string): number {
  const [day, month, year] = date.map(Number) as [number, number, number];
  const [hours = '0', minutes = '0', seconds = '0'] = time;
  const two = (value: number | string) => String(value).padStart(2, '0');
  const midnight = Date.parse(`${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T00:00:00Z`);
  // 31/04 parses in some engines as the first of May.
  if (Number.isNaN(midnight) || new Date(midnight).getUTCDate() !== day) throw refuseRecord(name, 'its date is not in the calendar');
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) >= 60) throw refuseRecord(name, 'its time of day is on no clock');
  return midnight + Math.round((Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1000);
}

/** The fields of a line, taken from the left. */
class Line {
  readonly #place: string;
  #text: string;

  constructor(text: string, place: string) {
    this.#text = text;
    this.#place = place;
  }

  /** The groups of the next field; of `absent` where the line has ended, which may be no field at all (''). */
  match(what: string, shape: RegExp, absent?: string): (string | undefined)[] {
    const field = this.#next() ?? absent;
    if (field === '') return [];
    const groups = field === undefined ? undefined : shape.exec(field)?.slice(1);
    if (groups === undefined) throw refuseRecord(this.#place, `${what} is missing or unreadable`);
    return groups;
  }

  whole(what: string): number {
    const value = Number(this.match(what, /^(\d+)$/)[0]);
    if (!Number.isSafeInteger(value)) throw refuseRecord(this.#place, `${what} is too large`);
    return value;
  }

  integer<Absent extends number | undefined>(what: string, absent: Absent): number | Absent {
    const [value] = this.match(what, /^([-+]?\d{1,10})$/, '');
    return value === undefined ? absent : Number(value);
  }

  rest(): string {
    return this.#text;
  }

  #next(): string | undefined {
    if (this.#text === '') return undefined;
    const [field = ''] = this.#text.split(/\s/, 1);
    this.#text = this.#text.slice(field.length).trimStart();
    return field;
  }
}
