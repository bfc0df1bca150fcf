/**
 * The queue by itself, over everything it can be kept on: what is handed out when, and what stays where it is.
 */
import { CareletError, type ErrorKind, type Urgency, urgencies } from '@carelet/care/model';
import { ageingMs } from '@carelet/care/rules/relay/schedule';
import { hex } from '@carelet/crypto/algebra/bytes';
import { openDatabase, transaction } from '@carelet/ground/database';
import { logger } from '@carelet/ground/log';
import { secrets } from '@carelet/ground/secrets';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CloudletTables, migrations } from '../schema.ts';
import { busQueue } from './bus.ts';
import { type Nats, natsProgram, startNats } from './nats.testing.ts';
import { postgresQueue } from './postgres.ts';
import type { Batch, Queue, QueueOptions, WaitingStrip } from './queue.ts';
import { openStream } from './stream.ts';

let database: TestDatabase;
let db: Kysely<CloudletTables>;
let nats: Nats | null = null;
let now = Date.parse('2026-11-20T09:41:00Z');

beforeAll(async () => {
  nats = natsProgram === null ? null : await startNats(natsProgram);
  database = await freshDatabase();
  db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations });
}, 60_000);

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

const id = (of: number, length = 16) => new Uint8Array(length).fill(of);
const all: readonly Urgency[] = ['emergency', 'monitoring', 'routine'];
const none = new Set<string>();
const sent: (batch: Batch) => Promise<Map<WaitingStrip, ErrorKind>> = async () => new Map();
const tallied = async () => (await db.selectFrom('tally').select('forwarded').executeTakeFirstOrThrow()).forwarded;
const refusedOnes = () => db.selectFrom('strip').select(['number', 'refused']).where('refused', 'is not', null).execute();

const log = logger('cloudlet', { level: 'silent' });
const kinds: Record<string, (options: QueueOptions) => Promise<Queue>> = {
  PostgreSQL: async (options) => postgresQueue(options),
  async JetStream(options) {
    const stream = await openStream({ url: nats!.url, name: 'carelet_suite', log });
    return busQueue({ ...options, stream, secrets: secrets(id(42, 32)), log });
  },
};

describe.each(Object.keys(kinds))('a queue on %s', (kind) => {
  let strips: Queue;
  const absent = kind === 'JetStream' && natsProgram === null;
  beforeEach(({ skip }) => skip(absent, 'strips wait on a NATS JetStream, and there is no nats-server on this machine'));

  beforeAll(async () => {
    if (absent) return;
    strips = await kinds[kind]!({ db, clock: () => now });
  });
  afterAll(() => strips?.[Symbol.asyncDispose]());

  beforeEach(async () => {
    await handedOut();
    await db.deleteFrom('strip').execute();
  });

  /** Lays one strip down; what is not told is usual. */
  async function layOne(device: number, number: number, { chart = device, urgency = 'routine' as Urgency, arrived = now } = {}) {
    const strip = { device: id(device), number, pat: id(chart), part: 'MI', lane: urgencies.indexOf(urgency), urgency };
    return transaction(db, (within) => strips.lay(within, [{ ...strip, body: new Uint8Array([number]), arrived }]));
  }

  /** Lays strips of one device of one chart down, numbered on. */
  async function lay(device: number, of: readonly Urgency[], { chart = device, first = 0, at = now } = {}): Promise<void> {
    await db
      .insertInto('device')
      .values({ device: id(device), record: new Uint8Array() })
      .onConflict((c) => c.doNothing())
      .execute();
    for (const [i, urgency] of of.entries()) expect(await layOne(device, first + i, { chart, urgency, arrived: at + i })).toBe(true);
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

  const first = (device: number, lane: number) => transaction(db, (within) => strips.first(within, id(device), lane));

  test('hands out a strip as it was laid', async () => {
    await lay(1, []);
    const strip = { device: id(1), number: 2 ** 40, pat: id(7), part: 'MI', lane: 0, urgency: 'monitoring' as const, arrived: now - 5 };
    const body = new Uint8Array(3_000_000).map((_, i) => i);
    expect(await transaction(db, (within) => strips.lay(within, [{ ...strip, body }]))).toBe(true);
    const handed: WaitingStrip[] = [];
    await strips.next(all, none, async (batch) => {
      handed.push(...batch.strips);
      return new Map();
    });
    expect(handed.map(({ body: _, ...rest }) => rest)).toEqual([strip]);
    expect(Buffer.compare(handed[0]!.body, body)).toBe(0);
  });

  test('hands out the most urgent first, an emergency by itself, the rest of a chart together', async () => {
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
    expect((await strips.waits()).count).toBe(2);
    arrive();
    expect(await slow).toEqual({ sent: 2, refused: 0 });
    expect(await strips.waits()).toEqual({ count: 0, since: null });
  });

  test('what could not be sent is there again, and what the cloud will never have stays, marked', async () => {
    await lay(1, ['routine', 'routine']);
    const away = async () => {
      throw new CareletError('unavailable', 'post', { because: 'the cloud does not answer' });
    };
    await expect(strips.next(all, none, away)).rejects.toMatchObject({ kind: 'unavailable' });
    expect((await strips.waits()).count).toBe(2);
    const before = await tallied();
    const settled = await strips.next(all, none, async (batch) => new Map([[batch.strips[0]!, 'invalid' as const]]));
    expect(settled).toEqual({ sent: 1, refused: 1 });
    expect(await refusedOnes()).toEqual([{ number: 0, refused: 'invalid' }]);
    expect(await tallied()).toBe(before + 1);
    expect(await strips.next(all, none, sent)).toBeNull();
    expect((await strips.waits()).count).toBe(0);
    expect(await first(1, 2)).toBeNull();
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

  test('says what waits, since when, of which device, and from which number on', async () => {
    await lay(1, ['emergency', 'routine', 'emergency'], { at: now - 2000 });
    await lay(2, ['routine'], { first: 4, at: now - 7000 });
    expect(await strips.waits()).toEqual({ count: 4, since: now - 7000 });
    const devices = [hex(id(1)), hex(id(2))].map(async (device) => (await strips.ofDevices()).get(device));
    expect(await Promise.all(devices)).toEqual([3, 1]);
    expect([await first(1, 0), await first(1, 1), await first(1, 2), await first(2, 2)]).toEqual([0, null, 1, 4]);
    await strips.next(['emergency'], none, sent);
    expect(await first(1, 0)).toBe(2);
    expect(await strips.waits()).toEqual({ count: 3, since: now - 7000 });
  });

  test('more than travel together go in several batches, each device’s in its order', async () => {
    const urgency = 'monitoring' as const;
    await lay(1, Array<Urgency>(501).fill(urgency), { chart: 5 });
    await lay(2, [urgency, urgency], { chart: 5 });
    const batches = await handedOut();
    expect(batches.map((batch) => batch.split(',').length)).toEqual([500, 3]);
    expect(batches[1]).toBe('monitoring:1/500,2/0,2/1');
  });

  test('a number that waits already is not laid again in another lane', async () => {
    await lay(1, ['routine']);
    expect(await layOne(1, 0, { urgency: 'monitoring' })).toBe(false);
    expect(await handedOut()).toEqual(['routine:1/0']);
  });
});
