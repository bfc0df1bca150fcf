/**
 * `carelet wearable run`: a wearable measures, seals and sends, whether its cloudlet is there or not.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { judge } from '@carelet/care/rules/relay/urgency';
import { urgencyPolicyOf } from '@carelet/client/session/wearable';
import { sensor } from '@carelet/wearable/sensor';
import { gatherer, type Strip } from '@carelet/wearable/strips';
import { command, common, UsageError } from '../../command.ts';
import { delivery } from '../../delivery.ts';
import { durationOf } from '../../duration.ts';
import { sendOptions } from '../../hop.ts';
import { count, progress, say } from '../../terminal.ts';
import { wear } from '../../wearables.ts';

/** How often it measures, in milliseconds. */
const tickMs = 250;
const day = 86_400_000;

export const wearableRun = command({
  name: 'wearable run',
  group: 'wearables',
  summary: 'let a wearable measure, seal and send: a strip a minute, and what is urgent at once',
  options: {
    name: { type: 'text', value: 'name', says: 'which wearable', required: true },
    for: { type: 'text', value: 'time', says: 'how long: 60s, 5m, 2h (usual: until Ctrl-C)' },
    speed: { type: 'text', value: 'times', says: 'how many times faster than the clock; begins in the past, ends now (usual: 1)' },
    unwell: { type: 'flag', says: 'as if whoever wears it were gravely ill: emergencies' },
    json: { type: 'flag', says: 'end with one line of JSON that sums it up' },
    ...sendOptions,
    ...common.town,
    ...common.keyrings,
  },
  more: `What it measures is invented, and plausible: pulse, oxygen, breath, temperature, pressure, now and then an electrocardiogram. What is beyond its limits (see wearable urgency) is an emergency: a strip of its own, at once, before all others, kept until the cloud has it. A strip is sealed and on disk before it is sent, and forgotten only when the cloudlet says that it has it on its own disk. While the cloudlet is away strips wait; they go when it is back, now or at the next start. The exit code is 1 when some still wait at the end.`,
  examples: [
    'carelet wearable run --name ada-watch',
    'carelet wearable run --name ada-watch --for 30s --unwell',
    'carelet wearable run --name ada-watch --for 60s --speed 60',
  ],
  async run({ options, io }) {
    const lasts = options.for === undefined ? Number.POSITIVE_INFINITY : durationOf('for', options.for);
    const speed = speedOf(options.speed, lasts);
    await using worn = await wear(io, options, options.name, () => sensor(options.name).battery(io.clock()));
    const { wearable } = worn;
    const way = delivery(io, worn);
    const began = io.clock();
    const first = began - (Number.isFinite(lasts) ? lasts * (speed - 1) : 0);
    const last = first + lasts * speed;
    const measured = () => Math.min(last, first + (io.clock() - began) * speed);
    // An illness comes over a day and goes over two: this one is at its worst all the while.
    const episodes = options.unwell ? [{ from: first - 4 * day, to: Math.min(last, first + 30 * day) + 4 * day, severity: 1 }] : [];
    const watch = sensor(wearable.name, { device: wearable.name, person: { episodes } });
    const gathered = gatherer({ urgencyOf: judge(urgencyPolicyOf(wearable)) });
    let readings = 0;
    let emergencies = 0;

    await using line = progress(io, 'strips');
    const keep = async (strips: readonly Strip[]) => {
      for (const strip of strips) {
        await way.keep(strip);
        if (strip.urgency === 'emergency') emergencies++;
      }
    };
    for (let from = first; from < last && !io.signal.aborted; ) {
      await sleep(Math.min(tickMs, Math.max(0, (last - measured()) / speed)), undefined, { signal: io.signal }).catch(() => undefined);
      const to = measured();
      const block = watch.between(from, to);
      readings += block.length;
      await keep([...gathered.add(block), ...gathered.due(to)]);
      await way.again();
      line.first(way.state());
      from = to;
    }
    // Stopped in the middle of a strip: what was measured until now is a strip too.
    await keep(gathered.rest());
    await way.finish();
    const { kept, sent, waiting } = way.tally();
    if (options.json) say(io, JSON.stringify({ readings, strips: kept, emergencies, sent, waiting }));
    else {
      const called = emergencies > 0 ? `, ${emergencies} of them urgent` : '';
      say(io, `${count(readings, 'reading')} in ${count(kept, 'strip')}${called}; ${way.state()}.`);
    }
    return waiting > 0 ? 1 : 0;
  },
});

function speedOf(text: string | undefined, lasts: number): number {
  if (text === undefined) return 1;
  const speed = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || speed < 1 || speed > 3600) throw new UsageError('--speed: a number from 1 to 3600.');
  if (speed > 1 && !Number.isFinite(lasts)) throw new UsageError('--speed needs --for: how long should it run?');
  return speed;
}
