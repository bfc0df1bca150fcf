/**
 * The crash matrix: a clinic with two watches, its cloudlet, a cloud and their database, and something that kills one of them
 * at a time, at moments drawn from a seed. The second watch speaks over a Mosquitto, where there is one, and that is killed too.
 *
 * After every blow: what a watch was told it may forget lies at the clinic or in the cloud. In the end: its owner opens every
 * strip once, and in each lane the cloud got them in the order in which they were numbered.
 *
 * @module
 */
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { urgencies } from '@carelet/care/model';
import { connectCloud, connectCloudlet } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { recordsOf } from '@carelet/client/records/fhir';
import { reader } from '@carelet/client/records/reader';
import { decodeWearable, encodeWearable, type Wearable } from '@carelet/client/session/wearable';
import { leaderOf, startNats } from '@carelet/cloudlet/queue/nats.testing';
import { openStream } from '@carelet/cloudlet/queue/stream';
import { hex } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { recordId, rowIdOf } from '@carelet/crypto/records/row';
import { logger } from '@carelet/ground/log';
import { temporaryFolder } from '@carelet/ground/test-folder';
import pg from 'pg';
import { expect } from 'vitest';
import { mosquittoProgram, startMosquitto } from '../mosquitto.testing.ts';
import { openClinic } from './clinic.ts';
import { readingOf, replaceFile, urgencyOf } from './device.ts';
import { type Part, startPart } from './parts.ts';
import { until } from './until.ts';

/** What may fall, and how often of a hundred: a database that falls again and again is started after longer and longer pauses. */
const blows = { cloudlet: 22, cloud: 18, database: 6, broker: 10, first: 15, second: 15, disk: 8, clock: 6 } as const;
/** What falls as well where strips wait on a bus. */
const onBus = { ...blows, bus: 30 } as const;
export type Blow = keyof typeof onBus;

const log = logger('matrix', { level: 'silent' });

const jump = 2 * 3_600_000;

export type CrashOptions = {
  readonly seed: string;
  readonly rounds: number;
  /** Strips wait on a bus of so many servers; its leader is killed. */
  readonly bus?: { readonly program: string; readonly servers: number };
  /** Told which blow fell. */
  readonly tell?: (round: number, blow: Blow) => void;
};

/** Runs the matrix; throws where something acknowledged is lost, doubled or out of its order. Gives how often what fell. */
export async function crashMatrix(options: CrashOptions): Promise<Record<Blow, number> & { strips: number }> {
  const folder = temporaryFolder();
  try {
    return await crashesIn(folder, options);
  } catch (thrown) {
    // What the parts had to say, for whoever reads the failure.
    for (const name of readdirSync(folder).filter((file) => file.endsWith('.log'))) {
      const last = readFileSync(join(folder, name), 'utf8').trim().split('\n').slice(-25);
      console.error([name, ...last].join('\n  '));
    }
    throw thrown;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function crashesIn(
  folder: string,
  { seed, rounds, bus, tell = () => {} }: CrashOptions,
): Promise<Record<Blow, number> & { strips: number }> {
  await using stack = parting();
  const mosquitto = mosquittoProgram === null ? null : stack.use(await startMosquitto(mosquittoProgram));
  if (!mosquitto) console.error('No Mosquitto is on this machine: both watches speak over HTTP, and no broker is killed.');
  const nats = bus && stack.use(await startNats(bus.program, bus));
  const clinic = stack.use(await openClinic({ folder, mosquitto: mosquitto ?? undefined, bus: nats && { url: nats.url } }));
  const { postgres, urls, cloudlet, cloudletOrder } = clinic;
  const { databaseUrl } = cloudletOrder;
  const asClinic = connectCloudlet(urls.cloudlet, clinic.harbour);
  const ada = clinic.patient('ada');

  const from = Math.floor(Date.now() / 86_400_000) * 86_400_000;
  const watches = await Promise.all(
    ['first', 'second'].map(async (name) => {
      const wearable = await clinic.pair(ada, name);
      const flash = join(folder, `${name}.flash`);
      await replaceFile(flash, encodeWearable(wearable));
      const broker = (name === 'second' && mosquitto?.url) || null;
      const order = { role: 'device', flash, cloudlet: urls.cloudlet, broker, every: 15, from } as const;
      return { name, flash, order, part: stack.use(startPart(order, join(folder, `${name}.log`))) };
    }),
  );
  const streamName = async () => (await sql<{ stream: string }>(databaseUrl, 'select stream from cloudlet_harbour.bus'))[0]!.stream;
  const memoryOf = ({ flash }: (typeof watches)[number]) => decodeWearable(new Uint8Array(readFileSync(flash)));

  const parts: Readonly<Record<'cloudlet' | 'cloud' | 'first' | 'second', Part>> = {
    cloudlet,
    cloud: clinic.cloud,
    first: watches[0]!.part,
    second: watches[1]!.part,
  };
  const strike: Readonly<Record<Blow, () => Promise<void>>> = {
    cloudlet: () => cloudlet.crash(cloudletOrder),
    cloud: () => clinic.cloud.crash(),
    first: () => parts.first.crash(),
    second: () => parts.second.crash(),
    async database() {
      const { pid } = postgres;
      if (pid !== undefined) process.kill(pid, 'SIGKILL');
      await until('the database is back', async () => postgres.pid !== undefined && postgres.pid !== pid);
    },
    async broker() {
      await mosquitto!.kill();
      await mosquitto!.start();
    },
    async bus() {
      const struck = await leaderOf(nats!, await streamName());
      await struck.kill();
      await sleep(nats!.servers.length > 1 ? 1000 : 100);
      await struck.start();
    },
    async disk() {
      await sql(
        databaseUrl,
        `create or replace function cloudlet_harbour.no_space() returns trigger language plpgsql
        as $$ begin raise exception 'could not extend file' using errcode = '53100'; end $$`,
      );
      await sql(
        databaseUrl,
        `create or replace trigger no_space before insert on cloudlet_harbour.strip
        for each row execute function cloudlet_harbour.no_space()`,
      );
      await sleep(300);
      await sql(databaseUrl, 'drop trigger no_space on cloudlet_harbour.strip');
    },
    async clock() {
      await cloudlet.crash({ ...cloudletOrder, skew: chance() < 0.5 ? -jump : jump });
      await sleep(1000);
      await cloudlet.crash(cloudletOrder);
    },
  };

  const sends = ({ next, waiting }: Wearable) => next - waiting.length > 3;
  await until('both watches send', async () => watches.every((watch) => sends(memoryOf(watch))), 60_000);

  const chance = chances(seed);
  const shares = { ...onBus, ...(!mosquitto && { broker: 0 }), ...(!nats && { bus: 0 }) };
  const bag = Object.entries(shares).flatMap(([blow, share]) => Array<Blow>(share).fill(blow as Blow));
  const fell = Object.fromEntries(Object.keys(onBus).map((blow) => [blow, 0])) as Record<Blow, number>;
  for (let round = 0; round < rounds; round++) {
    await sleep(100 + 900 * chance());
    const blow = bag[Math.floor(chance() * bag.length)]!;
    tell(round, blow);
    fell[blow]++;
    await strike[blow]();
    for (const watch of watches) await nothingLost(watch);
    for (const [name, part] of Object.entries(parts)) expect(part.fell, `${name} ended by itself`).toBe(0);
  }

  // Everybody is well again; the watches measure no more and send what waits.
  for (const { part, order } of watches) await part.crash({ ...order, every: 0 });
  // A cloudlet that lost the cloud tries again after half a minute, and a watch asks about an emergency after a minute.
  await until('all is in the cloud', async () => (await asClinic.town.state()).waiting === 0, 180_000);
  await until('all is acknowledged', async () => watches.every((watch) => memoryOf(watch).waiting.length === 0), 180_000);
  await until('nothing waits', async () => (await asClinic.town.state()).waiting === 0, 60_000);
  for (const watch of watches) await watch.part[Symbol.asyncDispose]();

  const read = reader({ keyring: ada, cloud: connectCloud(urls.cloud, ada), mathematics: mathematicsHere });
  const [chart] = await read.charts();
  const opened = await read.open(chart!);
  expect(opened.problems).toEqual([]);
  const found = recordsOf(opened).flatMap(({ bodies: { MI }, entries }) =>
    MI?.kind === 'strip'
      ? entries.map(
          ({ resource }) =>
            `${hex(MI.device)} ${resource.effectiveDateTime} ${Number((resource.valueQuantity as { value: unknown }).value)}`,
        )
      : [],
  );
  let strips = 0;
  const expected = watches.flatMap((watch) => {
    const { card, next } = memoryOf(watch);
    strips += next;
    return Array.from({ length: next }, (_, n) => {
      const { at, values } = readingOf(n, from);
      return `${hex(card.id)} ${new Date(at).toISOString()} ${values[0]}`;
    });
  });
  expect(found.sort()).toEqual(expected.sort());
  for (const watch of watches) await inOrder(watch);
  return { ...fell, strips };

  /** Whatever a watch may forget lies at the clinic or in the cloud. */
  async function nothingLost(watch: (typeof watches)[number]): Promise<void> {
    const { next, waiting, relays, pat, ridKey, name } = memoryOf(watch);
    const keeps = new Set(waiting.map(({ number }) => number));
    const forgotten = Array.from({ length: next }, (_, n) => n).filter((n) => !keeps.has(n));
    const here = await sql<{ number: number }>(databaseUrl, 'select number::int as number from cloudlet_harbour.strip where device = $1', [
      Buffer.from(relays[0]!.device.device),
    ]);
    const onBus = nats ? await numbersOnBus(relays[0]!.device.device) : [];
    // Asked in this order: what goes up in between is then found in both places, never in none.
    const there = await sql<{ row: string }>(databaseUrl, "select encode(row_id, 'hex') as row from cloud.shelf_mi where pat = $1", [
      Buffer.from(pat),
    ]);
    const rows = new Set(there.map(({ row }) => row));
    const numbers = new Set([...here.map(({ number }) => number), ...onBus]);
    const lost = forgotten.filter((n) => !numbers.has(n) && !rows.has(rowOf({ ridKey, name }, n)));
    expect(lost, `strips that ${watch.name} was told to forget`).toEqual([]);
  }

  /** The numbers of a device's strips that wait on the bus. */
  async function numbersOnBus(device: Uint8Array): Promise<number[]> {
    const numbers: number[] = [];
    await until('the bus says what it has', async () => {
      await using stream = await openStream({ url: nats!.url, name: await streamName(), isThere: true, log });
      numbers.length = 0;
      for await (const label of stream.labels()) if (label && hex(label.device) === hex(device)) numbers.push(label.number);
      return true;
    });
    return numbers;
  }

  /** In each lane the cloud got the strips in the order of their numbers. */
  async function inOrder(watch: (typeof watches)[number]): Promise<void> {
    const { next, pat, ridKey, name } = memoryOf(watch);
    const laid = await sql<{ row: string; posted: string }>(
      databaseUrl,
      "select encode(row_id, 'hex') as row, xmin::text as posted from cloud.shelf_mi where pat = $1",
      [Buffer.from(pat)],
    );
    const postedIn = new Map(laid.map(({ row, posted }) => [row, Number(posted)]));
    for (const urgency of urgencies) {
      const order = Array.from({ length: next }, (_, n) => n)
        .filter((n) => urgencyOf(n) === urgency)
        .map((n) => postedIn.get(rowOf({ ridKey, name }, n))!);
      expect(order, `${urgency} strips of ${watch.name}`).toEqual([...order].sort((a, b) => a - b));
    }
  }
}

/** What was opened is closed again, the last first. */
function parting() {
  const opened: AsyncDisposable[] = [];
  return {
    use<T extends AsyncDisposable>(thing: T): T {
      opened.unshift(thing);
      return thing;
    },
    async [Symbol.asyncDispose]() {
      for (const thing of opened) await thing[Symbol.asyncDispose]();
    },
  };
}

const rowOf = ({ ridKey, name }: { ridKey: Uint8Array; name: string }, n: number): string =>
  hex(rowIdOf(ridKey, 'MI', recordId(ridKey, 'strip', `${name}/${n}`)));

/** One question to the database, asked again while it is down. */
async function sql<Row extends object>(databaseUrl: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  let rows: Row[] = [];
  await until('the database answers', async () => {
    const client = new pg.Client({ connectionString: databaseUrl });
    client.on('error', () => {});
    try {
      await client.connect();
      rows = (await client.query<Row>(text, [...values])).rows;
      return true;
    } finally {
      await client.end().catch(() => {});
    }
  });
  return rows;
}

/** Numbers from 0 to 1 drawn from a seed. */
function chances(seed: string): () => number {
  const random = seededRandom(`crash/${seed}`);
  return () => new DataView(random(4).slice().buffer).getUint32(0) / 2 ** 32;
}
