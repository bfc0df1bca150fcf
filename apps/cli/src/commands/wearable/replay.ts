/**
 * `carelet wearable replay`: a recorded file goes the way of readings.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { CareletError, type Reading } from '@carelet/care/model';
import { judge } from '@carelet/care/rules/relay/urgency';
import { urgencyPolicyOf } from '@carelet/client/session/wearable';
import { type CsvMapping, mappingOf } from '@carelet/wearable/csv/mapping';
import { formats, openRecording } from '@carelet/wearable/formats';
import { strips } from '@carelet/wearable/strips';
import { zoneNamed } from '@carelet/wearable/zone';
import { command, common, UsageError } from '../../command.ts';
import { delivery } from '../../delivery.ts';
import { sendOptions } from '../../hop.ts';
import { count, note, plainText, progress, say } from '../../terminal.ts';
import { wear } from '../../wearables.ts';

/** What was left out, told one by one. */
const told = 5;
/** Nobody waits for what was measured long ago: a strip may hold a day of it. */
const day = 86_400;
/** Names of values without a code, told with their counts. */
const namesTold = 12;

export const wearableReplay = command({
  name: 'wearable replay',
  group: 'wearables',
  summary: 'send a recorded file as if a wearable were measuring it',
  takes: [{ name: 'file', says: 'a recording of any kind below; gzip is unpacked' }],
  options: {
    name: { type: 'text', value: 'name', says: 'which wearable', required: true },
    format: { type: 'text', value: 'format', says: 'what the file is (usual: recognised by its content)' },
    start: { type: 'text', value: 'time', says: 'when it began, as in 2026-11-20T09:00:00Z, for a file that does not say' },
    zone: { type: 'text', value: 'zone', says: 'whose clocks its times are by, as in Europe/Dublin (usual: UTC)' },
    seconds: { type: 'text', value: 'number', says: 'only the first seconds of it' },
    mapping: { type: 'text', value: 'file', says: 'what the columns of a CSV file mean, as JSON' },
    json: { type: 'flag', says: 'end with one line of JSON that sums it up' },
    ...sendOptions,
    ...common.town,
    ...common.keyrings,
  },
  more: `Every value arrives with the digits and the unit it has in the file. What has no code here is kept under the name the file gives it, and told with a count; what cannot be read is told and left out. A damaged WFDB, EDF or FIT file gives nothing.

Read are ${formats.map(({ name, says }) => `${name} (${says})`).join('; ')}.

A file that does not say when it was recorded needs --start, or ends now (WFDB). Ctrl-C stops between two strips; what was sealed is sent.`,
  examples: [
    'carelet wearable replay mitdb/100.hea --name ada-watch',
    'carelet wearable replay apple_health_export/export.xml --name ada-watch',
    'carelet wearable replay sleep.json --name ada-watch --zone Europe/Dublin',
  ],
  async run({ options, given, io }) {
    const path = resolve(io.cwd, given[0]!);
    const most = options.seconds === undefined ? Number.POSITIVE_INFINITY : secondsOf(options.seconds);
    const zone = zoneOf(options.zone);
    let bytes = 0;
    const recording = await openRecording(path, { format: options.format, onRead: (read) => (bytes = read) });
    const mapping = options.mapping === undefined ? undefined : await mappingAt(resolve(io.cwd, options.mapping));
    const start = startOf(options.start) ?? endingNow(recording.seconds, most, io.clock());
    await using worn = await wear(io, options, options.name);
    note(io, `${basename(path)} is ${recording.format}.`);
    const way = delivery(io, worn);
    const kinds = new Map<string, number>();
    const unread = new Map<string, number>();
    let left = 0;
    let readings = 0;
    const blocks = recording.readings({
      device: worn.wearable.name,
      start,
      zone,
      mapping,
      onLeftOut: ({ where, because }) => {
        if (++left <= told)
          note(io, `${plainText(where.replace(/^./, (first) => first.toUpperCase()))} is left out: ${plainText(because)}`);
      },
      onUnread: (name) => tally(unread, name),
    });
    {
      await using line = progress(io, 'kB of the file read');
      const urgencyOf = judge(urgencyPolicyOf(worn.wearable));
      for await (const strip of strips(upTo(blocks, most, io.signal), { seconds: day, urgencyOf })) {
        await way.keep(strip);
        readings += strip.readings.length;
        for (const reading of strip.readings) if (reading.kind === 'other') tally(kinds, reading.name);
        await way.again();
        line.at(Math.round(bytes / 1000), Math.round(recording.size / 1000));
      }
    }
    await way.finish();
    const { kept, sent, waiting } = way.tally();
    if (options.json) {
      const summed = { format: recording.format, readings, strips: kept, sent, waiting, leftOut: left };
      say(io, JSON.stringify({ ...summed, uncoded: Object.fromEntries(kinds), unread: Object.fromEntries(unread) }));
    } else {
      say(io, `${count(readings, 'reading')} in ${count(kept, 'strip')}; ${way.state()}.`);
      if (kinds.size > 0) say(io, `Kept under their own names, without a code: ${named(kinds)}.`);
      if (unread.size > 0) say(io, `In the file, and no readings: ${named(unread)}.`);
      if (left > told) note(io, `${count(left, 'value')} were left out in all.`);
    }
    return waiting > 0 ? 1 : 0;
  },
});

const tally = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1);

/** `StepCount 12, FlightsClimbed 3`: the most frequent first. */
function named(counts: ReadonlyMap<string, number>): string {
  const sorted = [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const shown = sorted.slice(0, namesTold).map(([name, n]) => `${plainText(name, 80)} ${n.toLocaleString('en')}`);
  const rest = sorted.length - shown.length;
  return rest > 0 ? `${shown.join(', ')} and ${count(rest, 'other name')}` : shown.join(', ');
}

/** Blocks until so many seconds after the first reading. */
async function* upTo(blocks: AsyncIterable<readonly Reading[]>, seconds: number, signal: AbortSignal): AsyncGenerator<readonly Reading[]> {
  let first: number | undefined;
  for await (const block of blocks) {
    if (signal.aborted) return;
    first ??= block[0]?.at;
    const end = (first ?? 0) + seconds * 1000;
    const some = block.filter(({ at }) => at < end);
    if (some.length > 0) yield some;
    if (some.length < block.length) return;
  }
}

/** A recording that knows its length and not its time ends now. */
const endingNow = (seconds: number | undefined, most: number, now: number): number | undefined =>
  seconds === undefined ? undefined : Math.floor(now - Math.min(seconds, most) * 1000);

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0) throw new UsageError('--seconds: a number above 0.');
  return seconds;
}

function startOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new UsageError(`--start: "${text}" is no time; try 2026-11-20T09:00:00Z.`);
  return at;
}

function zoneOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  try {
    zoneNamed(name);
  } catch {
    throw new UsageError(`--zone: "${name}" is no time zone; try Europe/Dublin or +01:00.`);
  }
  return name;
}

async function mappingAt(path: string): Promise<CsvMapping> {
  const subject = basename(path);
  try {
    return mappingOf(JSON.parse(await readFile(path, 'utf8')));
  } catch (cause) {
    if (cause instanceof CareletError) throw cause;
    const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw new CareletError(missing ? 'missing' : 'invalid', 'read mapping', {
      subject,
      because: missing ? 'there is no such file' : 'it is not JSON',
      cause,
    });
  }
}
