/**
 * In which order charts are opened, and what becomes of them when the line breaks: over a reader and a stream that do
 * what the story says.
 */
import { CareletError } from '@carelet/care/model';
import type { Cloud } from '@carelet/client/login';
import type { ChartRef, OpenedChart, OpenOptions, Reader } from '@carelet/client/records/reader';
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterEach, expect, test } from 'vitest';
import type { HouseEvent } from '../house/house.ts';
import { type Charts, openCharts } from './charts.ts';

const id = (byte: number) => new Uint8Array(16).fill(byte);
const chart = (pat: number, owner: number): ChartRef => ({ pat: id(pat), writer: id(99), owner: id(owner), deed: id(pat) });
const [ada, ben, zoe] = [1, 2, 3].map((byte) => hex(id(byte))) as [string, string, string];

/** Everything a story turns: who is in sight, what the stream says, which charts open and when. */
function story(refs: ChartRef[]) {
  const events: HouseEvent[] = [];
  const order: string[] = [];
  const gates = new Map<string, () => void>();
  let say = (_: unknown) => {};
  let broken = false;
  const opened = (ref: ChartRef): OpenedChart => ({ chart: ref, records: [], problems: [] });
  const reader: Reader = {
    charts: async () => refs,
    async open(ref, { signal, progress }: OpenOptions = {}) {
      order.push(hex(ref.pat).slice(0, 2));
      progress?.(0, 10);
      await new Promise<void>((resolve, reject) => {
        gates.set(hex(ref.pat), resolve);
        signal?.addEventListener('abort', () => reject(new CareletError('unavailable', 'open chart', { because: 'stopped' })));
      });
      progress?.(10, 10);
      return opened(ref);
    },
    async refresh({ chart: ref }) {
      if (broken) throw new CareletError('unavailable', 'open chart', { because: 'the line is cut' });
      order.push(`again ${hex(ref.pat).slice(0, 2)}`);
      return opened(ref);
    },
    rowsOf: async () => [],
    leave: async () => {},
  };
  async function* changes(): AsyncGenerator<unknown> {
    yield { kind: 'here', at: id(0) };
    for (;;) {
      const event = await new Promise((resolve) => {
        say = resolve;
      });
      if (event === 'break') throw new CareletError('unavailable', 'hear', { because: 'the line is cut' });
      yield event;
    }
  }
  const cloud = { records: { changes } } as unknown as Cloud;
  const charts = openCharts({ reader, clouds: () => [cloud], shows: () => true, tell: (event) => events.push(event), learnt: () => {} });
  running.push(charts);
  return {
    charts,
    events,
    order,
    refs,
    say: (event: unknown) => say(event),
    cut: (is: boolean) => {
      broken = is;
    },
    /** Lets a chart open, once it is being opened. */
    async let(pat: number) {
      await expect.poll(() => gates.has(hex(id(pat)))).toBe(true);
      gates.get(hex(id(pat)))!();
      gates.delete(hex(id(pat)));
    },
  };
}

const running: Charts[] = [];
afterEach(() => {
  for (const charts of running.splice(0)) charts.close();
});

test('charts of one patient are one; who is asked for is opened next', async () => {
  const { charts, order, let: open } = story([chart(11, 1), chart(21, 2), chart(31, 3), chart(12, 1)]);
  expect((await charts.listed()).map(({ id: who, refs, open: whole }) => [who, refs.length, whole])).toEqual([
    [ada, 2, false],
    [ben, 1, false],
    [zoe, 1, false],
  ]);
  await expect.poll(() => order).toEqual(['0b']);
  const asked = charts.opened(zoe);
  await open(11);
  await open(12);
  await open(31);
  expect((await asked).open).toBe(true);
  await open(21);
  expect((await charts.settled()).every(({ open: whole }) => whole)).toBe(true);
  expect(order).toEqual(['0b', '0c', '1f', '15']);
});

test('an opening that is stopped refuses whoever waits, and goes on when somebody asks again', async () => {
  const { charts, order, let: open } = story([chart(11, 1)]);
  const waiting = charts.opened(ada);
  await expect.poll(() => order.length).toBe(1);
  charts.stop(ada);
  await expect(waiting).rejects.toMatchObject({ kind: 'unavailable', because: 'stopped' });
  expect((await charts.settled())[0]!.open).toBe(false);
  const again = charts.opened(ada);
  await open(11);
  expect((await again).open).toBe(true);
});

test('what was open stays open while the line is cut, and what was missed is fetched when it is mended', async () => {
  const { charts, events, order, say, cut, let: open } = story([chart(11, 1)]);
  const first = charts.opened(ada);
  await open(11);
  const { change } = await first;
  cut(true);
  say({ kind: 'changed', at: id(0), pat: id(11), part: 'MI', nodes: [id(5)] });
  await new Promise((done) => setTimeout(done, 20));
  expect(await charts.opened(ada)).toMatchObject({ open: true, change });
  cut(false);
  say('break');
  await expect.poll(() => events.filter(({ kind }) => kind === 'online').length, { timeout: 3_000 }).toBe(2);
  await expect.poll(() => order.at(-1)).toBe('again 0b');
  expect((await charts.opened(ada)).change).toBe(change + 1);
  expect(events.map(({ kind }) => kind)).toContain('offline');
});

test('a chart that comes into sight is listed and opened', async () => {
  const { charts, refs, events, say, let: open } = story([chart(11, 1)]);
  await open(11);
  await charts.settled();
  refs.push(chart(21, 2));
  say({ kind: 'changed', at: id(0), pat: id(21), part: null, nodes: [] });
  await expect.poll(() => events.some((event) => event.kind === 'changed' && event.patient === null)).toBe(true);
  const asked = charts.opened(ben);
  await open(21);
  expect((await asked).open).toBe(true);
});

test('progress never goes back, and somebody who is not in sight is missing', async () => {
  const { charts, events, let: open } = story([chart(11, 1), chart(12, 1)]);
  await open(11);
  await new Promise((done) => setTimeout(done, 120));
  await open(12);
  await charts.settled();
  const told = events.flatMap((event) => (event.kind === 'opening' ? [event.opened] : []));
  expect(told).toEqual([...told].sort((a, b) => a - b));
  expect(told.length).toBeGreaterThan(1);
  await expect(charts.opened(hex(id(9)))).rejects.toMatchObject({ kind: 'missing' });
});

test('a chart that the cloud names twice is one chart', async () => {
  const { charts, let: open } = story([chart(11, 1), chart(11, 1), chart(11, 2)]);
  await open(11);
  expect((await charts.settled()).map(({ id: who, refs, opened }) => [who, refs.length, opened.length])).toEqual([[ada, 1, 1]]);
});
