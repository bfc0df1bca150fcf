import { isCredible } from '@carelet/care/rules/relay/meeting';
import { encodeStrip } from '@carelet/crypto/records/strip';
import type { Device } from '@carelet/crypto/session/device';
import { describe, expect, test } from 'vitest';
import { fade, judge, met, nextFor, type Relaying, rowOf, settle, toAskOf, took } from './relays.ts';
import { freshRelay, type HeldStrip, type WearableRelay } from './wearable.ts';

const start = 1_795_176_000;
const [monitoring, routine] = [1, 2];
const day = 86_400;

const bytes = (length: number, n: number) => new Uint8Array(length).fill(n & 255).fill(n >> 8, 0, 1);
const strip = (number: number, lane = routine, size = 100): HeldStrip => {
  const row = { rowId: bytes(16, number), version: 1, nodeId: bytes(16, 0), kc: bytes(32, 0), mark: bytes(32, 0), ct: bytes(size, 0) };
  return { number, lane, body: encodeStrip({ number, part: 'MI', row, links: [], wrap: null }), at: [], past: [], reached: false };
};
const watch = (...names: string[]): Relaying & { relay: (name: string) => WearableRelay } => {
  const relays = names.map((name) => freshRelay({ name, address: '', device: {} as Device, broker: null }));
  for (const relay of relays) met(relay, 'here', start);
  const relay = (name: string) => relays.find((one) => one.name === name)!;
  return { relays, waiting: [], entrusted: [], routine: null, relay };
};
/** Somebody takes all that waits. */
const takeAll = (of: Relaying, relay: WearableRelay, now = start) => {
  for (const { lane, number } of of.waiting) took(of, relay, lane, number);
  settle(of, now);
};

describe('on trust', () => {
  test('is what one took and another may be asked about; a device with one cloudlet forgets at once', () => {
    const alone = watch('home');
    alone.waiting.push(strip(0));
    takeAll(alone, alone.relay('home'));
    expect([alone.waiting, alone.entrusted]).toEqual([[], []]);
    const two = watch('home', 'ward');
    two.waiting.push(strip(0));
    takeAll(two, two.relay('home'));
    expect(two.entrusted.map(({ number, at, since }) => [number, at, since])).toEqual([[0, ['home'], start]]);
  });

  test('are so many strips and bytes: the oldest goes, but none that only somebody in doubt took', () => {
    const of = watch('home', 'ward');
    for (let n = 0; n < 250; n++) of.waiting.push(strip(n));
    takeAll(of, of.relay('home'));
    expect([of.entrusted.length, of.entrusted[0]!.number]).toEqual([200, 50]);
    of.relay('home').taken = 9;
    for (let n = 250; n < 300; n++) of.waiting.push(strip(n));
    takeAll(of, of.relay('home'));
    expect([of.entrusted.length, of.entrusted[0]!.number]).toEqual([250, 50]);
    const large = watch('home', 'ward');
    for (let n = 0; n < 3; n++) large.waiting.push(strip(n, routine, 120_000));
    takeAll(large, large.relay('home'));
    expect(large.entrusted.map(({ number }) => number)).toEqual([1, 2]);
  });

  test('is asked about when its time is over, of somebody else who is believed', () => {
    const of = watch('home', 'ward');
    of.waiting.push(strip(0, monitoring), strip(1));
    takeAll(of, of.relay('home'));
    const asked = (name: string, after: number) => toAskOf(of, of.relay(name), start + after).map(({ number }) => number);
    expect([asked('ward', 59), asked('ward', 60), asked('ward', 900), asked('home', 900)]).toEqual([[], [0], [0, 1], []]);
    of.relay('ward').taken = 9;
    expect(asked('ward', 900)).toEqual([]);
  });
});

describe('reputation', () => {
  test('is lost by what is missing, which then goes to somebody else, and comes back with the days', () => {
    const of = watch('home', 'ward');
    of.waiting.push(strip(0), strip(1), strip(2));
    takeAll(of, of.relay('home'));
    const asked = toAskOf(of, of.relay('ward'), start + 900);
    judge(of, asked, [rowOf(asked[1]!).rowId], start + 900);
    expect([of.relay('home').taken, of.relay('home').arrived]).toEqual([3, 1]);
    expect(of.waiting.map(({ number, at, past }) => [number, at, past])).toEqual([
      [0, [], ['home']],
      [2, [], ['home']],
    ]);
    expect(of.entrusted).toEqual([]);
    expect(nextFor(of, of.relay('home'), start)).toBeUndefined();
    expect(nextFor(of, of.relay('ward'), start)?.number).toBe(0);
    of.relay('home').arrived = 0;
    expect(isCredible(of.relay('home'))).toBe(false);
    fade(of.relay('home'), start + 900 + day);
    expect([of.relay('home').taken, isCredible(of.relay('home'))]).toEqual([1, true]);
    // And what both had is left to them: nobody is there to be asked.
    takeAll(of, of.relay('ward'), start + 900);
    expect([of.waiting, of.entrusted]).toEqual([[], []]);
  });

  test('of several who took a strip nobody gets what one of them brought', () => {
    const of = watch('home', 'ward', 'bus');
    of.relay('bus').near = null;
    of.waiting.push(strip(0), strip(1));
    for (const name of ['home', 'ward']) for (const { lane, number } of of.waiting) took(of, of.relay(name), lane, number);
    settle(of, start);
    const asked = toAskOf(of, of.relay('bus'), start + 900);
    judge(of, asked, [rowOf(asked[0]!).rowId], start + 900);
    for (const name of ['home', 'ward']) expect([of.relay(name).taken, of.relay(name).arrived]).toEqual([1, 0]);
  });
});

test('monitoring goes to more than one when the first is not sure enough, and waits for nobody who is away', () => {
  const of = watch('home', 'ward', 'bus');
  Object.assign(of.relay('home'), { taken: 4, arrived: 3 });
  Object.assign(of.relay('ward'), { taken: 4, arrived: 3 });
  of.relay('bus').near = null;
  of.waiting.push(strip(0, monitoring));
  expect(nextFor(of, of.relay('home'), start)?.number).toBe(0);
  expect(nextFor(of, of.relay('ward'), start)?.number).toBe(0);
  expect(nextFor(of, of.relay('bus'), start)).toBeUndefined();
  took(of, of.relay('home'), monitoring, 0);
  settle(of, start);
  expect(of.waiting.length).toBe(1);
  took(of, of.relay('ward'), monitoring, 0);
  settle(of, start);
  expect(of.waiting).toEqual([]);
});

test('spots are counted one by one as far as there is room, and old meetings fade', () => {
  const relay = watch('home').relay('home');
  for (let n = 0; n < 20; n++) met(relay, `spot-${n}`, start);
  expect(Object.keys(relay.meetings).length).toBe(8);
  expect(relay.meetings.elsewhere).toBe(14);
  met(relay, 'spot-19', start);
  expect(relay.meetings.elsewhere).toBe(14);
  met(relay, 'here', start + 60 * day);
  expect(relay.meetings).toMatchObject({ here: 1, elsewhere: 7 });
  expect(relay.since).toBe(start + 30 * day);
});
