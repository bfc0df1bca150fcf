/**
 * Replay: a recorded file as if a sensor were measuring it now, or then.
 *
 * @module
 */
import type { Reading } from '@carelet/care/model';
import { type FormatOptions, openRecording } from './formats.ts';

export type ReplayOptions = FormatOptions;

/**
 * The readings of a file of any kind in `formats`, block after block, lazily.
 *
 * @param options `start` says when the recording began; without it, the file must. `seconds` cuts waveforms, 10 by default
 * @throws {CareletError} `missing` without the file, `invalid` for a file of another kind, and as its reader does
 *
 * @example
 * ```ts no-run
 * import { replay } from '@carelet/wearable/replay';
 * const start = Date.UTC(2026, 10, 20, 12);
 * for await (const [block] of replay('mitdb/100.hea', { device: 'holter-1', start })) console.log(block?.at);
 * ```
 */
export async function* replay(path: string, options: ReplayOptions): AsyncGenerator<Reading[]> {
  const recording = await openRecording(path);
  for await (const readings of recording.readings(options)) if (readings.length > 0) yield readings;
}
