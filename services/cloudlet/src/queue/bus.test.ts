/**
 * What only a bus does: it is away, it is full, it answers too late, it has strips that nobody here knows of.
 */
import { CareletError, type Urgency, urgencies } from '@carelet/care/model';
import { openDatabase, transaction } from '@carelet/ground/database';
import { type Log, logger } from '@carelet/ground/log';
import { secrets } from '@carelet/ground/secrets';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CloudletTables, migrations } from '../schema.ts';
import { busQueue } from './bus.ts';
import { type Nats, natsProgram, startNats } from './nats.testing.ts';
import { openQueue } from './open.ts';
import { postgresQueue } from './postgres.ts';
import type { Queue, WaitingStrip } from './queue.ts';
import { openStream, type Stream, type StreamOptions } from './stream.ts';

const note = 'strips wait on a NATS JetStream, and there is no nats-server on this machine';
const clock = () => Date.parse('2026-11-20T09:41:00Z');
let nats: Nats;
let database: TestDatabase;
const lines: string[] = [];
const log: Log = logger('cloudlet', { destination: { write: (line) => void lines.push(line) } });
let schemas = 0;

beforeAll(async () => {
  if (natsProgram === null) return;
  nats = await startNats(natsProgram);
  database = await freshDatabase();
}, 60_000);
afterAll(async () => {
  await nats?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
});
beforeEach(({ skip }) => skip(natsProgram === null, note));

const id = (of: number) => new Uint8Array(16).fill(of);
const none = new Set<string>();

/** A cloudlet's tables of their own, with a device 1. */
async function tables(): Promise<Kysely<CloudletTables>> {
  const schema = `cloudlet_${++schemas}`;
  const db = await openDatabase<CloudletTables>({ url: database.url, schema, migrations });
  await db
    .insertInto('device')
    .values([1, 2].map((device) => ({ device: id(device), record: new Uint8Array() })))
    .execute();
  return db;
}

const strip = (number: number, urgency: Urgency = 'routine', body = [number]): WaitingStrip => ({
  ...{ device: id(1), number, pat: id(9), part: 'MI', lane: urgencies.indexOf(urgency), urgency },
  body: new Uint8Array(body),
  arrived: clock() + number,
});
const laid = (db: Kysely<CloudletTables>, queue: Queue, one: WaitingStrip) => transaction(db, (within) => queue.lay(within, [one]));
const stream = (more: Partial<StreamOptions> = {}) =>
  openStream({ url: nats.url, name: `carelet_${schemas}`, log, patience: 10_000, ...more });

const key = secrets(new Uint8Array(32).fill(42));
const queueOver = async (db: Kysely<CloudletTables>, over?: Stream) =>
  busQueue({ db, clock, stream: over ?? (await stream()), secrets: key, log });

/** Lays a strip as a cloudlet does that is killed before it hears the bus. */
async function unheard(db: Kysely<CloudletTables>, one: WaitingStrip): Promise<void> {
  await using other = await queueOver(db, { ...(await stream()), async *labels() {} });
  await laid(db, other, one);
}

/** Everything that goes up, as `device/number`, in its order. */
async function sent(queue: Queue): Promise<string[]> {
  const went: string[] = [];
  for (;;) {
    const some = await queue.next(urgencies, none, async ({ strips }) => {
      went.push(...strips.map(({ device, number, body }) => `${device[0]}/${number}:${body}`));
      return new Map();
    });
    if (!some) return went;
  }
}

describe('a bus', () => {
  test('that was left with strips on it has them for whoever comes next, as they were laid', async () => {
    await using db = await tables();
    {
      await using queue = await queueOver(db);
      for (const [i, urgency] of (['routine', 'emergency', 'routine'] as const).entries()) await laid(db, queue, strip(i, urgency));
    }
    await using queue = await queueOver(db);
    expect(await queue.waits()).toEqual({ count: 3, since: clock() });
    expect(await transaction(db, (within) => queue.first(within, id(1), 0))).toBe(1);
    expect(await sent(queue)).toEqual(['1/1:1', '1/0:0', '1/2:2']);
  });

  test('that is away takes nothing and says so soon; what it had taken is there when it is back', async () => {
    await using db = await tables();
    await using queue = await queueOver(db);
    await laid(db, queue, strip(0));
    await nats.servers[0]!.kill();
    try {
      await expect(laid(db, queue, strip(1))).rejects.toMatchObject({ kind: 'unavailable' });
      const began = performance.now();
      await expect(laid(db, queue, strip(1))).rejects.toMatchObject({ kind: 'unavailable' });
      expect(performance.now() - began).toBeLessThan(1000);
      await expect(sent(queue)).rejects.toMatchObject({ kind: 'unavailable' });
    } finally {
      await nats.servers[0]!.start();
    }
    await expect.poll(() => laid(db, queue, strip(1)).catch(() => false), { timeout: 10_000 }).toBe(true);
    expect(await sent(queue)).toEqual(['1/0:0', '1/1:1']);
    expect((await queue.waits()).count).toBe(0);
  });

  test('that is full refuses, keeps what it has, and takes more when some of it went up', async () => {
    await using db = await tables();
    await using queue = await queueOver(db, await stream({ maxBytes: 3_000 }));
    const big = (number: number) => strip(number, 'routine', Array(1000).fill(number));
    for (const number of [0, 1]) expect(await laid(db, queue, big(number))).toBe(true);
    await expect(laid(db, queue, big(2))).rejects.toMatchObject({ kind: 'unavailable', because: 'the bus is full' });
    expect((await sent(queue)).length).toBe(2);
    expect(await laid(db, queue, big(2))).toBe(true);
    expect((await sent(queue)).length).toBe(1);
  });

  test('that took a strip and was not heard: laid again it is one strip, and unasked it goes up all the same', async () => {
    await using db = await tables();
    await using behind = await stream();
    await using queue = await queueOver(db);
    await unheard(db, strip(0));
    expect(await laid(db, queue, strip(0))).toBe(true);
    await unheard(db, strip(0));
    await unheard(db, strip(1));
    expect((await sent(queue)).map((one) => one.slice(0, 3))).toEqual(['1/0', '1/0', '1/1']);
    expect([await behind.count(), (await queue.waits()).count]).toEqual([0, 0]);
    // Known here already: one strip, and both of its copies go with it.
    for (const number of [2, 2]) await unheard(db, strip(number));
    await using again = await queueOver(db);
    expect(await again.waits()).toMatchObject({ count: 1 });
    expect(await laid(db, again, strip(2))).toBe(true);
    expect(await laid(db, again, strip(2, 'routine', [7]))).toBe(false);
    expect(await sent(again)).toEqual(['1/2:2']);
    expect(await behind.count()).toBe(0);
  });

  test('that did not remove what went up: it goes up again, in its order, and is counted when it is gone', async () => {
    await using db = await tables();
    const honest = await stream();
    let failing = true;
    const remove = async (seq: number) => {
      if (failing && seq === 2) throw new CareletError('unavailable', 'use the bus', { because: 'it fell' });
      await honest.remove(seq);
    };
    const failingOne: Stream = { ...honest, remove };
    await using queue = await queueOver(db, failingOne);
    for (const number of [0, 1, 2]) await laid(db, queue, strip(number));
    await expect(sent(queue)).rejects.toMatchObject({ because: 'it fell' });
    expect((await queue.waits()).count).toBe(1);
    failing = false;
    expect(await sent(queue)).toEqual(['1/1:1']);
    expect(await honest.count()).toBe(0);
  });

  test('that somebody emptied has nothing to hand out, which is told and no error', async () => {
    await using db = await tables();
    await using behind = await stream();
    await using queue = await queueOver(db);
    for (const number of [0, 1]) await laid(db, queue, strip(number));
    await behind.remove(1);
    expect(await sent(queue)).toEqual(['1/1:1']);
    expect(lines.some((line) => line.includes('"bus.gone"'))).toBe(true);
    expect((await queue.waits()).count).toBe(0);
  });

  test('on which somebody else lays strips or changes ours: those go nowhere, and hold up nothing', async () => {
    await using db = await tables();
    await using behind = await stream();
    await using queue = await queueOver(db);
    for (const number of [0, 1, 2]) await laid(db, queue, strip(number));
    const body = (await behind.body(2))!;
    await behind.add({ ...strip(1), body });
    // The first that a cloudlet finds of this number when it starts is not ours.
    await behind.add({ ...strip(3), pat: id(8), urgency: 'emergency' });
    await unheard(db, { ...strip(3), arrived: clock() + 77 });
    await behind.add({ ...strip(1), pat: id(8), body });
    await behind.add({ ...strip(7), pat: id(8) });
    await behind.add({ ...strip(8), device: id(3), urgency: 'emergency', body });
    // A strip of ours that is laid again is ours, and once in the cloud.
    expect(await sent(queue)).toEqual(['1/0:0', '1/1:1', '1/2:2', '1/1:1', '1/3:3']);
    expect(await sent(queue)).toEqual([]);
    expect((await queue.waits()).count).toBe(0);
    expect(lines.some((line) => line.includes('"bus.strange"'))).toBe(true);
    await using again = await queueOver(db);
    expect(await sent(again)).toEqual([]);
  });

  test('whose messages may be smaller than a strip is refused, with what to change', async () => {
    await using small = await startNats(natsProgram!, { maxPayload: '1MB' });
    await expect(stream({ url: small.url })).rejects.toMatchObject({ kind: 'invalid', because: expect.stringContaining('max_payload') });
  });

  test('that does not let us in is not asked for long, and our password is told nobody', async () => {
    const url = nats.url.replace(/a%20password[^@]*/, 'another-secret');
    const thrown = await stream({ url }).catch((error: CareletError) => error);
    expect(thrown).toMatchObject({ kind: 'unavailable', because: 'the bus does not let us in; check BUS_URL' });
    const told = `${JSON.stringify(thrown)} ${(thrown as Error).stack} ${((thrown as Error).cause as Error)?.stack} ${lines.join()}`;
    expect(told).not.toMatch(/another-secret|signs@/);
  });
});

describe('a cloudlet that changes its queue', () => {
  const open = (db: Kysely<CloudletTables>, bus?: Parameters<typeof openQueue>[0]['bus']) =>
    openQueue({ db, clock, schema: `cloudlet_${schemas}`, bus, secrets: key, log });
  const forwarded = async (db: Kysely<CloudletTables>) =>
    (await db.selectFrom('tally').select('forwarded').executeTakeFirstOrThrow()).forwarded;

  test('takes along what waits, to the bus and back again, in its order, and what was refused stays', async () => {
    await using db = await tables();
    const before = postgresQueue({ db, clock });
    for (const number of [0, 1, 2]) await laid(db, before, strip(number, number === 1 ? 'emergency' : 'routine'));
    await before.next(['routine'], none, async ({ strips }) => new Map([[strips[0]!, 'invalid' as const]]));
    await laid(db, before, strip(3));
    const count = await forwarded(db);
    {
      await using there = await open(db, { url: nats.url });
      expect(await there.waits()).toEqual({ count: 2, since: clock() + 1 });
      expect(await db.selectFrom('strip').select(['number', 'refused']).execute()).toEqual([{ number: 0, refused: 'invalid' }]);
      await laid(db, there, strip(4));
    }
    // Nothing is left behind in silence.
    await expect(open(db)).rejects.toMatchObject({ kind: 'conflict', because: expect.stringContaining('CARELET_BUS_LEAVE') });
    await using other = await startNats(natsProgram!);
    await expect(open(db, { url: other.url, patience: 500 })).rejects.toMatchObject({ kind: 'conflict', subject: 'BUS_URL' });

    await using back = await open(db, { url: nats.url, leave: true });
    expect(await forwarded(db)).toBe(count);
    expect(await sent(back)).toEqual(['1/1:1', '1/3:3', '1/4:4']);
    expect(await forwarded(db)).toBe(count + 3);
    await using after = await open(db);
    expect(await after.waits()).toEqual({ count: 0, since: null });
  });

  test('and falls while strips move has each of them once', async () => {
    await using db = await tables();
    const before = postgresQueue({ db, clock });
    for (const number of [0, 1, 2]) await laid(db, before, strip(number));
    {
      await using there = await open(db, { url: nats.url });
      expect((await there.waits()).count).toBe(3);
    }
    // As if it had fallen after the bus had them and before the table was told.
    for (const number of [0, 1, 2]) await laid(db, before, strip(number));
    await using again = await open(db, { url: nats.url });
    expect(await sent(again)).toEqual(['1/0:0', '1/1:1', '1/2:2']);
    expect(await postgresQueue({ db, clock }).waits()).toEqual({ count: 0, since: null });
  });
});
