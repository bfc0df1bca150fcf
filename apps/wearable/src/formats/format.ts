/**
 * What every reader of a recording is: a name, a way to recognise its files, and a stream of readings.
 *
 * @module
 */
import type { Reading } from '@carelet/care/model';
import type { CsvMapping } from '../csv/mapping.ts';
import type { Source } from './source.ts';

/** What was left out: a place in the file (`line 7`, `record 12`), and why. */
export type LeftOut = { readonly where: string; readonly because: string };

export type FormatOptions = {
  /** The id readings name as their device. */
  readonly device: string;
  /** When it began, in UTC milliseconds, for recordings that do not say. */
  readonly start?: number | undefined;
  /** The clocks a time without an offset is read by: an IANA name or an offset. UTC if it is not said. */
  readonly zone?: string | undefined;
  /** Seconds of a waveform in one reading; 10 if it is not said. */
  readonly seconds?: number | undefined;
  /** What the columns of a table mean. */
  readonly mapping?: CsvMapping | undefined;
  /** Told of what could not be read. */
  readonly onLeftOut?: ((left: LeftOut) => void) | undefined;
  /** Told the name of what is in the file and is no reading: a setting, a lap, a place. */
  readonly onUnread?: ((name: string) => void) | undefined;
};

export type Format = {
  readonly name: string;
  /** In a few words, for people. */
  readonly says: string;
  /** Whether a file is one of these, by how it begins (and, where content says little, its name). */
  recognises(source: Source): boolean;
  /** The readings, in the order of the file, a block at a time. */
  read(source: Source, options: FormatOptions): AsyncIterable<Reading[]>;
};
