import { CareletError } from '@carelet/care/model';
import { connect, serve } from '@carelet/care/wire';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import { describe, expect, test } from 'vitest';
import type { Cloud } from '../login.ts';
import { type ChartChange, watchCharts } from './changes.ts';

const place = (n: number) => new Uint8Array(36).fill(n);
const pat = new Uint8Array(16).fill(1);
const node = new Uint8Array(16).fill(2);

type Told = ReturnType<Cloud['records']['changes']> extends AsyncIterable<infer Event> ? Event : never;

const here = (n: number): Told => ({ kind: 'here', at: place(n) });
const lost = (n: number): Told => ({ kind: 'lost', at: place(n) });
const changed = (n: number): Told => ({ kind: 'changed', at: place(n), pat, part: 'MI', nodes: [node] });

/** What one asking for changes comes to: events, and then an end, a refusal, or waiting. */
type Stream = { readonly events: readonly Told[]; readonly last: 'end' | 'wait' | CareletError | (() => void) };

const away = new CareletError('unavailable', 'ask', { because: 'the line is cut' });

/** A cloud that answers one asking after the other like this, and then no more. */
function cloudOf(streams: readonly Stream[]) {
  const waiting = [...streams];
  const asked: (number | null)[] = [];
  const records = {
    async *changes({ after }: { after?: Uint8Array }, { signal }: { signal?: AbortSignal } = {}) {
      asked.push(after?.[0] ?? null);
      const { events, last } = waiting.shift() ?? { events: [], last: 'wait' };
      yield* events;
      if (last instanceof CareletError) throw last;
      if (typeof last === 'function') last();
      else if (last === 'wait') await new Promise((done) => signal?.addEventListener('abort', done));
    },
  };
  const handler = serve(cloudContract, { role: () => ({ records }) as unknown as Cloud, identify: async () => 'Ada' });
  return { cloud: connect(cloudContract, { fetch: handler, authorize: async () => 'I am Ada' }), asked };
}

/** Watches until this much was told; gives it, what was asked for, and the waits in between. */
async function watched(streams: readonly Stream[], count: number, clock?: () => number) {
  const { cloud, asked } = cloudOf(streams);
  const enough = new AbortController();
  const heard: ChartChange[] = [];
  const waits: number[] = [];
  await watchCharts({
    cloud,
    signal: enough.signal,
    told: (change) => {
      heard.push(change);
      if (heard.length === count) enough.abort();
    },
    sleep: async (ms) => void waits.push(ms),
    ...(clock && { clock }),
  });
  return { heard, kinds: heard.map(({ kind }) => kind), asked, waits };
}

describe('whoever watches charts', () => {
  test('is told where to look, and first that the cloud is heard', async () => {
    const { heard, asked } = await watched([{ events: [here(1), changed(2)], last: 'wait' }], 2);
    expect(heard).toEqual([{ kind: 'online' }, { kind: 'changed', pat, part: 'MI', nodes: [node] }]);
    expect(asked).toEqual([null]);
  });

  test('goes on after a break where it was, and is told of both', async () => {
    const { kinds, asked } = await watched(
      [
        { events: [here(1), changed(2), changed(3)], last: away },
        { events: [], last: away },
        { events: [here(3), changed(4)], last: 'wait' },
      ],
      6,
    );
    expect(kinds).toEqual(['online', 'changed', 'changed', 'offline', 'online', 'changed']);
    expect(asked).toEqual([null, 3, 3]);
  });

  test('is not told that a stream ended as it should', async () => {
    const { kinds, asked } = await watched(
      [
        { events: [here(1), changed(2)], last: 'end' },
        { events: [here(2), changed(3)], last: 'wait' },
      ],
      3,
    );
    expect(kinds).toEqual(['online', 'changed', 'changed']);
    expect(asked).toEqual([null, 2]);
  });

  test('is told when changes are lost, and goes on from there', async () => {
    const { kinds, asked } = await watched(
      [
        { events: [here(1)], last: away },
        { events: [lost(8), changed(9)], last: away },
        { events: [here(9), lost(10)], last: 'wait' },
      ],
      7,
    );
    expect(kinds).toEqual(['online', 'offline', 'online', 'lost', 'changed', 'offline', 'online']);
    expect(asked).toEqual([null, 1, 9]);
  });

  test('waits half a second, then twice as long each time up to ten, with chance in it', async () => {
    const cuts = Array.from({ length: 7 }, (): Stream => ({ events: [], last: away }));
    const { kinds, waits } = await watched([...cuts, { events: [here(1)], last: 'wait' }], 2);
    expect(kinds).toEqual(['offline', 'online']);
    for (const [i, longest] of [500, 1000, 2000, 4000, 8000, 10_000, 10_000].entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(longest / 2);
      expect(waits[i]).toBeLessThanOrEqual(longest);
    }
    expect(new Set(waits.map((ms, i) => ms / Math.min(10_000, 500 * 2 ** i))).size).toBeGreaterThan(1);
  });

  test('waits little again after a stream that held, and ever longer after those that do not', async () => {
    let time = 0;
    const short: Stream = { events: [here(1)], last: 'end' };
    const long: Stream = {
      events: [here(1)],
      last: () => {
        time += 60_000;
      },
    };
    const { waits } = await watched([short, short, short, long, { events: [here(1), changed(2)], last: 'wait' }], 2, () => time);
    expect(waits.map((ms) => Math.ceil(Math.log2(ms / 500)) + 0)).toEqual([0, 1, 2, 0]);
  });

  test('is told why the cloud tells it nothing, and asks no more', async () => {
    const denied = new CareletError('denied', 'accept request', { because: 'the signature does not fit' });
    const { cloud, asked } = cloudOf([{ events: [], last: denied }]);
    const heard: string[] = [];
    const watch = watchCharts({ cloud, signal: new AbortController().signal, told: ({ kind }) => heard.push(kind) });
    await expect(watch).rejects.toMatchObject({ kind: 'denied', because: 'the signature does not fit' });
    expect(heard).toEqual(['offline']);
    expect(asked.length).toBe(1);
  });

  test.each(['before it began', 'while it listens', 'while it waits'])('ends when it has enough %s', async (when) => {
    const { cloud, asked } = cloudOf([{ events: [here(1)], last: when === 'while it waits' ? away : 'wait' }]);
    const enough = new AbortController();
    const heard: string[] = [];
    if (when === 'before it began') enough.abort();
    const watch = watchCharts({ cloud, signal: enough.signal, told: ({ kind }) => heard.push(kind) });
    await new Promise((done) => setTimeout(done, 50));
    const left = performance.now();
    enough.abort();
    await watch;
    expect(performance.now() - left).toBeLessThan(150);
    expect(asked.length).toBe(when === 'before it began' ? 0 : 1);
    expect(heard).toEqual({ 'before it began': [], 'while it listens': ['online'], 'while it waits': ['online', 'offline'] }[when]);
  });
});
