/**
 * Replay: a recorded file as if a sensor were measuring it now, or then.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { basename, extname } from 'node:path';
import { CareletError, type Reading } from '@carelet/care/model';
import { type CsvOptions, csvReadings } from './csv.ts';
import { wfdbReadings } from './wfdb.ts';

/** As for CSV; WFDB takes `device`, `start` and `seconds`. */
export type ReplayOptions = CsvOptions;

/**
 * The readings of a file, block after block, lazily: `.hea` (or a WFDB record's name, or its `.dat`), `.csv`,
 * `.tsv` or `.txt`.
 *
 * @param options `start` says when the recording began; without it, the file must. `seconds` cuts waveforms, 10 by default
 * @throws {CareletError} `invalid` for a file of another kind, and as `wfdbReadings` and `csvReadings`
 *
 * @example
 * ```ts no-run
 * import { replay } from '@carelet/wearable/replay';
 * const start = Date.UTC(2026, 10, 20, 12);
 * for await (const [block] of replay('mitdb/100.hea', { device: 'holter-1', start })) console.log(block?.at);
 * ```
 */
export function replay(path: string, options: ReplayOptions): AsyncIterable<Reading[]> {
  const extension = extname(path).toLowerCase();
  if (extension === '.csv' || extension === '.tsv' || extension === '.txt') return csvReadings(path, options);
  if (extension === '.hea') return wfdbReadings(path, options);
  const record = extension === '.dat' || extension === '.mat' ? path.slice(0, -extension.length) : path;
  if (existsSync(`${record}.hea`)) return wfdbReadings(record, options);
  throw new CareletError(existsSync(path) ? 'invalid' : 'missing', 'replay', {
    subject: basename(path),
    because: existsSync(path) ? 'it is neither a WFDB record (.hea) nor CSV (.csv, .tsv, .txt)' : 'there is no such file',
  });
}
