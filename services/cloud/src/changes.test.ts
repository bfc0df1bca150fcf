import type { Part } from '@carelet/care/model';
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { describe, expect, test, vi } from 'vitest';
import { type Change, type Changes, openChanges, telling } from './changes.ts';

const id = (n: number) => new Uint8Array(16).fill(n);
const change = (pat: number, nodes: readonly number[] = [], part: Part | null = 'MI'): Change => ({
  pat: id(pat),
  part,
  nodes: nodes.map(id),
  wraps: [],
});

/** Tells, and waits until the slot has ended. */
async function told(changes: Changes, ...of: Change[]): Promise<void> {
  const before = changes.latest();
  for (const one of of) changes.tell(one);
  await changes.news(before);
}

/** Runs on a clock that goes only as far as it is told, from 0 ms. */
async function onOwnClock(story: (pass: (ms: number) => Promise<unknown>) => Promise<void>): Promise<void> {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  try {
    await story((ms) => vi.advanceTimersByTimeAsync(ms));
  } finally {
    vi.useRealTimers();
  }
}

const nodesOf = (one: ReturnType<Changes['next']>) => (one as Change).nodes.map((node) => node[0]).sort();

describe('changes', () => {
  test('are heard one after the other, each once', async () => {
    const changes = openChanges({ slotMs: 5 });
    for (const n of [1, 2, 3]) await told(changes, change(n));
    const heard = [0, 1, 2].map((position) => (changes.next(position) as Change).pat[0]);
    expect(heard).toEqual([1, 2, 3]);
    expect(changes.latest()).toBe(3);
    expect(changes.next(3)).toBeNull();
  });

  test('of one slot are one for each part of a chart, in an order that tells nothing of when they came', async () => {
    const burst = [change(2, [1]), change(1, [5]), change(2, [1, 2]), change(2, [3], 'QID'), change(1, [], null), change(2, [4])];
    const heard: string[][] = [];
    await onOwnClock(async (pass) => {
      for (const of of [burst, [...burst].reverse()]) {
        const changes = openChanges({ slotMs: 20 });
        const telling = told(changes, ...of);
        await pass(20);
        await telling;
        heard.push(
          Array.from({ length: changes.latest() }, (_, i) => changes.next(i) as Change).map(
            (one) => `${one.pat[0]} ${one.part} ${nodesOf(one).join()}`,
          ),
        );
      }
    });
    expect(heard[0]).toEqual(['1 null ', '1 MI 5', '2 MI 1,2,4', '2 QID 3']);
    expect(heard[1]).toEqual(heard[0]);
  });

  test('are heard when the clock says so, not so long after the first of them', () =>
    onOwnClock(async (pass) => {
      const changes = openChanges({ slotMs: 400 });
      const toNextSlot = () => 400 - (performance.now() % 400);
      await pass(toNextSlot() + 300);
      changes.tell(change(1));
      await pass(99);
      expect(changes.latest()).toBe(0);
      await pass(1);
      expect(changes.latest()).toBe(1);
      await pass(1);
      changes.tell(change(2));
      await pass(398);
      expect(changes.latest()).toBe(1);
      await pass(1);
      expect(changes.latest()).toBe(2);
    }));

  test('hold nothing of a wrap but where it lies', async () => {
    const changes = openChanges({ slotMs: 5 });
    const wrap = { nodeId: id(1), domain: id(2), kind: 'policy', body: new Uint8Array(60_000) };
    await told(changes, { ...change(1), wraps: [wrap] });
    expect((changes.next(0) as Change).wraps).toEqual([{ nodeId: id(1), domain: id(2) }]);
  });

  test('are forgotten when there are too many, or too many nodes in them', async () => {
    const few = openChanges({ slotMs: 1, kept: 2 });
    for (const n of [1, 2, 3]) await told(few, change(n));
    expect([0, 1, 2, 3, 4].map((position) => few.next(position))).toMatchObject(['lost', { pat: id(2) }, { pat: id(3) }, null, 'lost']);
    const small = openChanges({ slotMs: 1, keptNodes: 6 });
    for (const n of [1, 2, 3]) await told(small, change(n, [1, 2]));
    expect([0, 1, 2].map((position) => small.next(position) === 'lost')).toEqual([true, false, false]);
  });

  test('wake whoever waits for them, and nobody waits once he has enough', async () => {
    const changes = openChanges({ slotMs: 5 });
    const enough = new AbortController();
    const left = changes.news(0, enough.signal);
    enough.abort();
    await left;
    await changes.news(0, enough.signal);
    const waiting = changes.news(0);
    changes.tell(change(1));
    await waiting;
    await changes.news(0);
  });

  test('are listened to by so many, and so often by one', () => {
    const changes = openChanges({ listeners: 3, listenersPerCaller: 2 });
    const refused = (caller: Bytes, because: RegExp) => {
      expect(() => changes.listen(caller)).toThrow(CareletError);
      expect(() => changes.listen(caller)).toThrow(because);
    };
    const first = changes.listen(id(1));
    changes.listen(id(1));
    refused(id(1), /too many places/);
    changes.listen(id(2));
    refused(id(3), /too many are listening/);
    first[Symbol.dispose]();
    changes.listen(id(1));
    refused(id(2), /too many are listening/);
  });
});

describe('what is written', () => {
  const lost = new CareletError('unavailable', 'use the database', { because: 'the connection was lost while writing' });
  const outcome = async (work: (note: (one: Change) => void) => Promise<unknown>) => {
    const heard: number[] = [];
    const changes = { ...openChanges(), tell: (one: Change) => void heard.push(one.pat[0]!) };
    await telling(changes, work).catch(() => {});
    return heard;
  };

  test('is told when it is written, or may be', async () => {
    expect(await outcome(async (note) => note(change(1)))).toEqual([1]);
    expect(
      await outcome(async (note) => {
        note(change(1));
        throw lost;
      }),
    ).toEqual([1]);
  });

  test('is not told when it is not', async () => {
    expect(await outcome(async () => 'there already')).toEqual([]);
    expect(
      await outcome(async (note) => {
        note(change(1));
        throw new CareletError('conflict', 'post records', { because: 'somebody wrote a later version in between' });
      }),
    ).toEqual([]);
    expect(await outcome(async () => Promise.reject(lost))).toEqual([]);
  });
});

describe('a place', () => {
  const changes = openChanges();
  const place = changes.sealed(7, id(1));

  test('opens for whom it was made, by the cloud that made it', () => {
    expect(place.length).toBe(36);
    expect(changes.opened(place, id(1))).toBe(7);
    expect(changes.opened(place, id(2))).toBeNull();
    expect(openChanges().opened(place, id(1))).toBeNull();
  });

  test('is another each time, and nothing one could make up', () => {
    expect(hex(changes.sealed(7, id(1)))).not.toBe(hex(place));
    for (let bit = 0; bit < 36 * 8; bit++) {
      const other = Uint8Array.from(place, (byte, i) => (i === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      expect(changes.opened(other, id(1))).toBeNull();
    }
    for (const length of [0, 11, 12, 27, 35]) expect(changes.opened(place.subarray(0, length), id(1))).toBeNull();
  });
});
