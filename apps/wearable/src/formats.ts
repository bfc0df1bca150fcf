/**
 * Recordings of every kind: recognised by what they hold, read as readings.
 *
 * ```ts no-run
 * import { openRecording } from '@carelet/wearable/formats';
 * const recording = await openRecording('export.xml');
 * console.log(recording.format); // 'Apple Health'
 * for await (const readings of recording.readings({ device: 'phone-1' })) console.log(readings.length);
 * ```
 *
 * docs/formats.md lists what is read of each, and to which code.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { CareletError, type Reading } from '@carelet/care/model';
import { tableReadings } from './csv.ts';
import { wfdbAnnotations } from './formats/annotations.ts';
import { appleHealth } from './formats/apple.ts';
import { edf } from './formats/edf.ts';
import { fit } from './formats/fit.ts';
import { fitbit } from './formats/fitbit.ts';
import type { Format, FormatOptions, LeftOut } from './formats/format.ts';
import { googleFit } from './formats/googlefit.ts';
import { iHealth } from './formats/ihealth.ts';
import { nightscout } from './formats/nightscout.ts';
import { openMhealth } from './formats/openmhealth.ts';
import { openSource, type Source } from './formats/source.ts';
import { openWfdb, wfdbReadings } from './wfdb.ts';

export type { Format, FormatOptions, LeftOut };

/** A record is several files: whichever is named, its header is beside it. */
const wfdb: Format = {
  name: 'WFDB',
  says: 'records of PhysioNet: .hea, or the .dat or .mat beside it',
  recognises: ({ path, text }) =>
    /\.hea$/i.test(path)
      ? /^(?:#.*\n|\s*\n)*[\w-]+(?:\/\d+)?\s+\d+/.test(text)
      : /\.(?:dat|mat)$/i.test(path) && existsSync(recordOf(path)),
  read: ({ path }, options) => wfdbReadings(wfdbPath(path), options),
};

const wfdbPath = (path: string): string => (/\.(?:dat|mat)$/i.test(path) ? recordOf(path) : path);

const recordOf = (path: string): string => `${path.replace(/\.[^.]+$/, '')}.hea`;

const csv: Format = {
  name: 'CSV',
  says: 'tables with a line of names: times and values between commas, semicolons or tabs',
  recognises: ({ path, text }) =>
    !text.includes('\0') && !/^\s*[<{[]/.test(text) && (/\.(?:csv|tsv|txt)(?:\.gz)?$/i.test(path) || /^[^\n]*[,;\t][^\n]*\n/.test(text)),
  read: (source, options) =>
    tableReadings(source, { ...options, onBadLine: ({ line, because }) => options.onLeftOut?.({ where: `line ${line}`, because }) }),
};

/** All that are read, the most telling content first. */
export const formats: readonly Format[] = [
  wfdb,
  wfdbAnnotations,
  edf,
  fit,
  appleHealth,
  nightscout,
  googleFit,
  iHealth,
  openMhealth,
  fitbit,
  csv,
];

/** A recording, recognised and not yet read. */
export type Recording = {
  /** Its format's name. */
  readonly format: string;
  /** Bytes on disk. */
  readonly size: number;
  /** How long it is, where its format says so and may not say when. */
  readonly seconds: number | undefined;
  /** All its readings, a block at a time. */
  readings(options: FormatOptions): AsyncIterable<Reading[]>;
};

/**
 * Opens a recording and recognises it by its content, gzip or not.
 *
 * @param path a file; of a WFDB record also its name alone
 * @param more `format` names one instead of recognising it; `onRead` is told how many bytes of the file were read
 * @throws {CareletError} `missing` without the file, `invalid` for one of no kind that is read here
 */
export async function openRecording(
  path: string,
  { format, onRead }: { readonly format?: string | undefined; readonly onRead?: (bytes: number) => void } = {},
): Promise<Recording> {
  const header = `${path}.hea`;
  const source = await openSource(!existsSync(path) && existsSync(header) ? header : path, onRead);
  const found = format === undefined ? formats.find((one) => one.recognises(source)) : formatNamed(format);
  if (found === undefined) throw unknown(source);
  const seconds = found === wfdb ? (await openWfdb(wfdbPath(source.path))).seconds : undefined;
  return { format: found.name, size: source.size, seconds, readings: (options) => found.read(source, options) };
}

/** The format of a name, whatever its case. */
function formatNamed(name: string): Format {
  const found = formats.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (found) return found;
  throw new CareletError('invalid', 'read recording', { subject: name, because: `no format is called so; there are ${names()}` });
}

const names = (): string => formats.map(({ name }) => name).join(', ');

function unknown({ name, head, text }: Source): CareletError {
  const what =
    head.length === 0
      ? 'it is empty'
      : /^\s*[[{]/.test(text)
        ? 'it is JSON, of a kind that is not known here'
        : text.includes('\0')
          ? 'its bytes begin like no format known here'
          : 'it is text, and of no format known here';
  return new CareletError('invalid', 'read recording', { subject: name, because: `${what}; read are ${names()}` });
}
