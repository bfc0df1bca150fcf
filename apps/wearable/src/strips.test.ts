import { type Reading, vital } from '@carelet/care/model';
import { unpackStrip } from '@carelet/care/rules/strip/index';
import { expect, test } from 'vitest';
import { sensor } from './sensor.ts';
import { type Strip, type StripOptions, strips } from './strips.ts';

const noon = Date.UTC(2026, 10, 20, 12);
const pulse = (count: number, from = noon, device = 'watch-1'): Reading[] =>
  Array.from({ length: count }, (_, s) => vital('heart-rate', from + 1000 * s, device, [70]));

async function gather(blocks: Iterable<readonly Reading[]>, options?: StripOptions): Promise<Strip[]> {
  const all: Strip[] = [];
  for await (const strip of strips(blocks, options)) all.push(strip);
  return all;
}

test('every reading lies in one strip, and every strip opens to its readings', async () => {
  const readings = sensor('ada', { ecg: { every: 60_000, seconds: 10 } }).between(noon, noon + 600_000);
  const all = await gather([readings.slice(0, 100), [], readings.slice(100)]);
  for (const { bytes, readings } of all) expect(unpackStrip(bytes)).toEqual(readings);
  const back = all.flatMap(({ readings }) => readings);
  expect(back).toHaveLength(readings.length);
  expect(new Set(back)).toEqual(new Set(readings));
  expect(all.map(({ number }) => number)).toEqual(all.map((_, i) => i));
});

test('vital signs and waveforms travel apart', async () => {
  const all = await gather([sensor('ada', { ecg: { every: 60_000, seconds: 10 } }).between(noon, noon + 120_000)]);
  for (const { kind, readings } of all)
    expect(new Set(readings.map((reading) => reading.kind))).toEqual(new Set([kind === 'waveforms' ? 'waveform' : 'vital']));
  expect(all.filter(({ kind }) => kind === 'waveforms')).toHaveLength(1);
});

test('a strip is closed when it is full, and when it is old', async () => {
  expect((await gather([pulse(100)], { count: 40 })).map(({ readings }) => readings.length)).toEqual([40, 40, 20]);
  expect((await gather([pulse(100)], { seconds: 30 })).map(({ readings }) => readings.length)).toEqual([30, 30, 30, 10]);
});

test('waveforms fill a strip by their seconds; a long one stays whole', async () => {
  const traces = sensor('ada', { ecg: { every: 10_000, seconds: 10 } })
    .between(noon, noon + 60_000)
    .filter(({ kind }) => kind === 'waveform');
  expect((await gather([traces], { waveformSeconds: 20 })).map(({ readings }) => readings.length)).toEqual([2, 2, 2]);
  expect((await gather([traces], { waveformSeconds: 5 })).map(({ readings }) => readings.length)).toEqual([1, 1, 1, 1, 1, 1]);
});

test('no strip crosses midnight UTC', async () => {
  const midnight = Date.UTC(2026, 10, 21);
  const all = await gather([pulse(20, midnight - 10_000)]);
  expect(all.map(({ from, to }) => [from - midnight, to - midnight])).toEqual([
    [-10_000, -1000],
    [0, 9000],
  ]);
});

test('devices do not share a strip', async () => {
  const both = pulse(10).flatMap((reading, i) => [reading, pulse(10, noon, 'watch-2')[i]!]);
  expect((await gather([both])).map(({ device, readings }) => [device, readings.length])).toEqual([
    ['watch-1', 10],
    ['watch-2', 10],
  ]);
});

test('numbers go on where the device stopped counting', async () => {
  expect((await gather([pulse(100)], { first: 4711, seconds: 50 })).map(({ number }) => number)).toEqual([4711, 4712]);
});
