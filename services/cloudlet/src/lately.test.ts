/**
 * What came in lately, on a real PostgreSQL: every strip stands once, under the two minutes in which it came.
 */
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { lately } from './lately.ts';
import { postgresQueue } from './queue/postgres.ts';
import type { Queue } from './queue/queue.ts';
import { type CloudletTables, migrations } from './schema.ts';

let database: TestDatabase;
let db: Kysely<CloudletTables>;
let queue: Queue;
const began = Date.parse('2026-11-20T09:41:30Z');
const minute = 60_000;
let now = began;
let number = 0;

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations });
  queue = postgresQueue({ db, clock: () => now });
  await db.insertInto('device').values({ device: id, record: new Uint8Array() }).execute();
}, 60_000);

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  now = began;
  for (const table of ['strip', 'passed', 'outage'] as const) await db.deleteFrom(table).execute();
});

const id = new Uint8Array(16).fill(1);

async function comesIn(at: number, refused?: string): Promise<void> {
  const strip = { device: id, number: number++, pat: id, part: 'MI', lane: 2, urgency: 3, body: new Uint8Array() };
  await db
    .insertInto('strip')
    .values({ ...strip, arrived: new Date(at).toISOString(), ...(refused !== undefined && { refused }) })
    .execute();
}

const goesOut = () => queue.next(['routine'], new Set(), async () => new Map());

/** The spans in which something came in, as `time passed+waiting`. */
const told = async () =>
  (await lately({ db, queue }, now)).spans
    .filter(({ passed, waiting }) => passed + waiting > 0)
    .map(({ from, passed, waiting }) => `${from.slice(11, 16)} ${passed}+${waiting}`);

test('nothing came in for two hours, and that is sixty times nothing', async () => {
  const { spans, outages } = await lately({ db, queue }, now);
  expect(spans).toHaveLength(60);
  expect(spans[0]).toEqual({ from: '2026-11-20T07:42:00.000Z', passed: 0, waiting: 0 });
  expect(spans.at(-1)).toEqual({ from: '2026-11-20T09:40:00.000Z', passed: 0, waiting: 0 });
  expect(outages).toEqual([]);
});

test('a strip counts when it came in, first as waiting and then as passed on, however late that is', async () => {
  await comesIn(began - 5 * minute);
  await comesIn(began - 1.4 * minute);
  await comesIn(began);
  expect(await told()).toEqual(['09:36 0+1', '09:40 0+2']);
  now += 7 * minute;
  await goesOut();
  expect(await told()).toEqual(['09:36 1+0', '09:40 2+0']);
  await comesIn(now);
  expect(await told()).toEqual(['09:36 1+0', '09:40 2+0', '09:48 0+1']);
  await goesOut();
  await comesIn(now);
  await goesOut();
  expect(await told()).toEqual(['09:36 1+0', '09:40 2+0', '09:48 2+0']);
});

test('one that the cloud will never have neither waits nor went', async () => {
  await comesIn(began, 'invalid');
  expect(await told()).toEqual([]);
});

test('what came in more than two hours ago is not told, and not kept', async () => {
  await comesIn(began - 119 * minute);
  await comesIn(began);
  await goesOut();
  expect(await told()).toEqual(['07:42 1+0', '09:40 1+0']);
  now += 2 * minute;
  expect(await told()).toEqual(['09:40 1+0']);
  await comesIn(now);
  // This one waited through the night.
  await comesIn(began - 600 * minute);
  await goesOut();
  expect(await told()).toEqual(['09:40 1+0', '09:42 1+0']);
  expect(await db.selectFrom('passed').select('count').execute()).toHaveLength(2);
});

test('outages of these two hours are told, one that lasts among them', async () => {
  const at = (minutes: number) => new Date(began + minutes * minute).toISOString();
  await db
    .insertInto('outage')
    .values([
      { began: at(-300), ended: at(-200) },
      { began: at(-150), ended: at(-100) },
      { began: at(-12), ended: null },
    ])
    .execute();
  expect((await lately({ db, queue }, now)).outages).toEqual([
    { began: at(-150), ended: at(-100) },
    { began: at(-12), ended: null },
  ]);
});
