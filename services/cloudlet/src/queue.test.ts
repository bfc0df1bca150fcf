/**
 * The queue by itself, on a real PostgreSQL: what is handed out when, and what stays where it is.
 */
import { CareletError, type ErrorKind, type Urgency } from '@carelet/care/model';
import { ageingMs } from '@carelet/care/rules/relay/schedule';
import { hex } from '@carelet/crypto/algebra/bytes';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Batch, type Queue, queue, urgencyNumber, type WaitingStrip } from './queue.ts';
import { type CloudletTables, migrations } from './schema.ts';

let database: TestDatabase;
let db: Kysely<CloudletTables>;
let strips: Queue;
let now = Date.parse('2026-11-20T09:41:00Z');

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations });
  strips = queue({ db, clock: () => now });
}, 60_000);

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await db.deleteFrom('strip').execute();
});

const id = (of: number) => new Uint8Array(16).fill(of);
const all: readonly Urgency[] = ['emergency', 'monitoring', 'routine'];
const none = new Set<string>();
const sent: (batch: Batch) => Promise<Map<WaitingStrip, ErrorKind>> = async () => new Map();

/** Lays strips of one device of one chart down, numbered on. */
async function lay(device: number, urgencies: readonly Urgency[], { chart = device, first = 0, at = now } = {}): Promise<void> {
  const record = new Uint8Array();
  await db
    .insertInto('device')
    .values({ device: id(device), record })
    .onConflict((c) => c.doNothing())
    .execute();
  for (const [i, urgency] of urgencies.entries()) {
    const strip = { device: id(device), number: first + i, pat: id(chart), part: 'MI', lane: urgencyNumber(urgency) - 1 };
    await db
      .insertInto('strip')
      .values({ ...strip, urgency: urgencyNumber(urgency), body: record, arrived: new Date(at + i).toISOString() })
      .execute();
  }
}

/** Everything that is handed out, batch by batch: `urgency:numbers`. */
async function handedOut(among = all): Promise<string[]> {
  const batches: string[] = [];
  const note = async (batch: Batch) => {
    batches.push(`${batch.urgency}:${batch.strips.map(({ device, number }) => `${device[0]}/${number}`).join()}`);
    return new Map<WaitingStrip, ErrorKind>();
  };
  while (await strips.next(among, none, note));
  return batches;
}

test('the most urgent goes first, an emergency by itself, the rest of a chart together', async () => {
  await lay(1, ['routine', 'routine', 'monitoring', 'emergency', 'routine', 'emergency', 'monitoring']);
  expect(await handedOut()).toEqual(['emergency:1/3', 'emergency:1/5', 'monitoring:1/2,1/6', 'routine:1/0,1/1,1/4']);
  expect(await strips.next(all, none, sent)).toBeNull();
});

test('among equals the chart that waits longest goes first, and a device’s strips go in their order', async () => {
  await lay(2, ['routine', 'routine'], { chart: 9, at: now });
  await lay(3, ['routine'], { at: now - 1000 });
  await lay(4, ['routine'], { chart: 9, at: now + 500 });
  expect(await handedOut()).toEqual(['routine:3/0', 'routine:2/0,2/1,4/0']);
});

test('a clock that was put back changes no device’s order', async () => {
  await lay(1, ['emergency'], { first: 0, at: now });
  await lay(1, ['emergency'], { first: 1, at: now - 3_600_000 });
  expect(await handedOut()).toEqual(['emergency:1/0', 'emergency:1/1']);
});

test('routine that waited half an hour goes before younger monitoring', async () => {
  await lay(1, ['routine'], { at: now });
  await lay(2, ['monitoring'], { at: now + ageingMs - 1 });
  now += ageingMs;
  expect(await handedOut()).toEqual(['routine:1/0', 'monitoring:2/0']);
});

test('an emergency is handed out while a batch is on its way, and nobody is handed a strip that another holds', async () => {
  await lay(1, ['routine', 'routine', 'emergency']);
  let arrive = () => {};
  const onItsWay = new Promise<void>((done) => {
    arrive = done;
  });
  const slow = strips.next(['monitoring', 'routine'], none, async () => {
    await onItsWay;
    return new Map();
  });
  expect(await strips.next(['emergency'], none, sent)).toEqual({ sent: 1, refused: 0 });
  await new Promise((done) => setTimeout(done, 100));
  expect(await strips.next(['monitoring', 'routine'], none, sent)).toBeNull();
  arrive();
  expect(await slow).toEqual({ sent: 2, refused: 0 });
  expect(await db.selectFrom('strip').selectAll().execute()).toEqual([]);
});

test('what could not be sent is there again, and what the cloud will never have stays, marked', async () => {
  await lay(1, ['routine', 'routine']);
  const away = async () => {
    throw new CareletError('unavailable', 'post', { because: 'the cloud does not answer' });
  };
  await expect(strips.next(all, none, away)).rejects.toMatchObject({ kind: 'unavailable' });
  const { forwarded } = await db.selectFrom('tally').select('forwarded').executeTakeFirstOrThrow();
  const settled = await strips.next(all, none, async (batch) => new Map([[batch.strips[0]!, 'invalid' as const]]));
  expect(settled).toEqual({ sent: 1, refused: 1 });
  expect(await db.selectFrom('strip').select(['number', 'refused']).execute()).toEqual([{ number: 0, refused: 'invalid' }]);
  expect((await db.selectFrom('tally').select('forwarded').executeTakeFirstOrThrow()).forwarded).toBe(forwarded + 1);
  expect(await strips.next(all, none, sent)).toBeNull();
});

test('a chart that cannot be posted to is passed over', async () => {
  await lay(1, ['monitoring']);
  await lay(2, ['routine']);
  const charts: string[] = [];
  await strips.next(all, new Set([hex(id(1))]), async ({ pat }) => {
    charts.push(hex(pat));
    return new Map();
  });
  expect(charts).toEqual([hex(id(2))]);
});
