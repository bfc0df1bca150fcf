/**
 * A bus of three servers under load: whoever leads is killed, again and again. What was acknowledged is handed out, in each
 * device's order, and nothing else is.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { urgencies } from '@carelet/care/model';
import { openDatabase, transaction } from '@carelet/ground/database';
import { logger } from '@carelet/ground/log';
import { secrets } from '@carelet/ground/secrets';
import { freshDatabase } from '@carelet/ground/test-database';
import { expect, test } from 'vitest';
import { type CloudletTables, migrations } from '../schema.ts';
import { busQueue } from './bus.ts';
import { leaderOf, natsProgram, startNats } from './nats.testing.ts';
import { openStream } from './stream.ts';

const devices = 12;
const kills = 8;
const name = 'carelet_cluster';

test('the leader killed eight times under load: all that was acknowledged is there, once, in order', async ({ skip }) => {
  skip(natsProgram === null, 'strips wait on a NATS JetStream, and there is no nats-server on this machine');
  await using database = await freshDatabase();
  await using db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations, connections: devices + 8 });
  await using nats = await startNats(natsProgram!, { servers: 3 });
  const log = logger('cloudlet', { level: 'silent' });
  const open = async () =>
    busQueue({
      db,
      clock: Date.now,
      stream: await openStream({ url: nats.url, name, log }),
      secrets: secrets(new Uint8Array(32).fill(42)),
      log,
    });
  await using queue = await open();
  const id = (of: number) => new Uint8Array(16).fill(of);

  let over = false;
  let refusals = 0;
  const acknowledged = Array<number>(devices).fill(0);
  // A device as it is: one strip after the other, and again until it is told that it may forget it.
  const sending = acknowledged.map(async (_, device) => {
    while (!over) {
      const number = acknowledged[device]!;
      const strip = { device: id(device), number, pat: id(device >> 1), part: 'MI', lane: 2, urgency: 'routine' as const };
      const body = new Uint8Array(700).fill(number);
      const laid = await transaction(db, (within) => queue.lay(within, [{ ...strip, body, arrived: Date.now() }])).catch(() => null);
      expect(laid).not.toBe(false);
      if (laid) acknowledged[device]!++;
      else {
        refusals++;
        await sleep(50);
      }
    }
  });

  /** What the cloud has: a strip that comes again is there already. */
  const cloud = Array.from({ length: devices }, () => [] as number[]);
  const takeOnce = async () => {
    const some = await queue
      .next(urgencies, new Set(), async ({ strips }) => {
        for (const { device, number } of strips) {
          const shelf = cloud[device[0]!]!;
          if (!shelf.includes(number)) shelf.push(number);
        }
        return new Map();
      })
      .catch(() => undefined);
    if (!some) await sleep(20);
    return some;
  };
  let done = false;
  const forwarding = (async () => {
    while (!done) await takeOnce();
  })();

  for (let kill = 0; kill < kills; kill++) {
    await sleep(2_000);
    const leader = await leaderOf(nats, name);
    await leader.kill();
    await sleep(1_500);
    await leader.start();
  }
  over = true;
  await Promise.all(sending);
  // What was laid or removed and not heard of is noticed once there is nothing else to do.
  const left = async () => {
    await using fresh = await open();
    return (await fresh.waits()).count + (await queue.waits()).count;
  };
  await expect.poll(left, { timeout: 60_000, interval: 500 }).toBe(0);
  done = true;
  await forwarding;

  // Each device's strips, each once, in the order of their numbers. One beyond them at most was laid and its device not told.
  for (const [device, shelf] of cloud.entries()) {
    expect(shelf.length - acknowledged[device]!, `strips of device ${device} that nobody was told of`).toBeLessThanOrEqual(1);
    expect(shelf, `strips of device ${device}`).toEqual(Array.from({ length: shelf.length }, (_, number) => number));
    expect(shelf.length).toBeGreaterThanOrEqual(acknowledged[device]!);
  }
  const laid = acknowledged.reduce((sum, count) => sum + count, 0);
  expect(laid).toBeGreaterThan(1_000);
  expect(refusals, 'somebody noticed that the leader was gone').toBeGreaterThan(0);
}, 240_000);
