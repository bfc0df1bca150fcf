/**
 * `carelet wearable replay`: a recorded file goes the way of readings.
 *
 * @module
 */
import { resolve } from 'node:path';
import type { Reading } from '@carelet/care/model';
import { judge } from '@carelet/care/rules/relay/urgency';
import { urgencyPolicyOf } from '@carelet/client/session/wearable';
import { replay } from '@carelet/wearable/replay';
import { strips } from '@carelet/wearable/strips';
import { openWfdb } from '@carelet/wearable/wfdb';
import { command, common, UsageError } from '../../command.ts';
import { delivery } from '../../delivery.ts';
import { overOption } from '../../hop.ts';
import { count, note, progress, say } from '../../terminal.ts';
import { wear } from '../../wearables.ts';

/** Bad lines of a file told one by one. */
const linesTold = 5;

export const wearableReplay = command({
  name: 'wearable replay',
  group: 'wearables',
  summary: 'send a recorded file as if a wearable were measuring it: WFDB or CSV',
  takes: [{ name: 'file', says: 'a WFDB header or record (.hea, .dat), or .csv, .tsv, .txt' }],
  options: {
    name: { type: 'text', value: 'name', says: 'which wearable', required: true },
    start: { type: 'text', value: 'time', says: 'when it began, as in 2026-11-20T09:00:00Z (usual: so that it ends now)' },
    seconds: { type: 'text', value: 'number', says: 'only the first seconds of it' },
    json: { type: 'flag', says: 'end with one line of JSON that sums it up' },
    ...overOption,
    ...common.town,
    ...common.keyrings,
  },
  more: `Every sample arrives as it was recorded. A WFDB record's checksums are recomputed first: a truncated or changed record gives nothing. Lines of a CSV file that cannot be read are told and left out.

A file that says itself when it was recorded (CSV with dates) keeps its times, unless --start is given. Ctrl-C stops between two strips; what was sealed is sent.`,
  examples: ['carelet wearable replay mitdb/100.hea --name ada-watch', 'carelet wearable replay glucose.csv --name ada-watch'],
  async run({ options, given, io }) {
    const path = resolve(io.cwd, given[0]!);
    const most = options.seconds === undefined ? Number.POSITIVE_INFINITY : secondsOf(options.seconds);
    const length = await lengthOf(path);
    const span = length === undefined ? undefined : Math.min(length, most);
    const start = startOf(options.start) ?? (span === undefined ? undefined : Math.floor(io.clock() - span * 1000));
    await using worn = await wear(io, options, options.name);
    const way = delivery(io, worn);
    let bad = 0;
    let readings = 0;
    const blocks = replay(path, {
      device: worn.wearable.name,
      start,
      onBadLine: ({ line, because }) => {
        if (++bad <= linesTold) note(io, `Line ${line} is left out: ${because}`);
      },
    });
    {
      await using line = progress(io, 'seconds sealed');
      const urgencyOf = judge(urgencyPolicyOf(worn.wearable));
      for await (const strip of strips(upTo(blocks, most, io.signal), { urgencyOf })) {
        await way.keep(strip);
        readings += strip.readings.length;
        await way.again();
        line.at(start === undefined ? readings : Math.round((strip.to - start) / 1000), span && Math.round(span));
      }
    }
    await way.finish();
    const { kept, sent, waiting } = way.tally();
    if (options.json) say(io, JSON.stringify({ readings, strips: kept, sent, waiting, badLines: bad }));
    else {
      const long = span === undefined ? '' : ` of ${count(Math.round(span), 'second')}`;
      say(io, `${count(readings, 'reading')}${long} in ${count(kept, 'strip')}; ${way.state()}.`);
      if (bad > linesTold) note(io, `${count(bad, 'line')} were left out in all.`);
    }
    return waiting > 0 ? 1 : 0;
  },
});

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

/** Seconds of a record that says how long it is; a table of lines does not. */
const lengthOf = async (path: string): Promise<number | undefined> =>
  /\.(csv|tsv|txt)$/i.test(path) ? undefined : (await openWfdb(path.replace(/\.(dat|mat)$/i, ''))).seconds;

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
