/**
 * The database falls while watches send: whatever was acknowledged arrives, once.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CareletError } from '@carelet/care/model';
import { type Postgres, startPostgres } from '@carelet/ground/postgres';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Stage } from './fixture.testing.ts';
import { type Watches, watchesAt } from './watch.testing.ts';

let folder: string;
let postgres: Postgres;
let stage: Stage;
let at: Watches;
const words: string[] = [];

beforeAll(async () => {
  folder = temporaryFolder();
  // Durable, as at home: what is committed is on the disk.
  postgres = await startPostgres({ dataDir: join(folder, 'postgres'), log: (line) => words.push(line) });
  stage = await openStage({ databaseUrl: postgres.url() });
  at = await watchesAt(stage);
}, 60_000);

afterAll(async () => {
  await stage?.[Symbol.asyncDispose]();
  await postgres?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a database killed three times under load loses nothing that was acknowledged and stores nothing twice', async () => {
  const watches = [await at.paired('one'), await at.paired('two'), await at.paired('three')];
  const sent = 60;
  let over = false;

  const kinds = new Set<string>();
  const wear = async (watch: (typeof watches)[number]) => {
    for (let pulse = 100; pulse < 100 + sent; pulse++) {
      await watch.keep(pulse);
      await sleep(25);
      // A watch that is refused tries again later; it forgets nothing meanwhile.
      await watch.sender.send().catch((thrown: CareletError) => kinds.add(thrown.kind));
    }
    for (const giveUp = performance.now() + 60_000; watch.wearable.waiting.length > 0; await sleep(100)) {
      if (performance.now() > giveUp) throw new Error('the watch was not heard again');
      await watch.sender.send().catch((thrown: CareletError) => kinds.add(thrown.kind));
    }
  };

  const fall = async () => {
    for (let times = 0; times < 3 && !over; times++) {
      await sleep(600);
      const { pid } = postgres;
      process.kill(pid!, 'SIGKILL');
      for (const giveUp = performance.now() + 20_000; postgres.pid === undefined || postgres.pid === pid; await sleep(20)) {
        if (performance.now() > giveUp) throw new Error('the database did not come back');
      }
    }
  };

  const falling = fall();
  await Promise.all(watches.map(wear));
  over = true;
  await falling;
  await at.forwarded();
  for (const watch of watches) {
    expect(await at.pulses(at.ada, watch)).toEqual(Array.from({ length: sent }, (_, i) => 100 + i));
  }
  expect(words.filter((line) => line.includes('starting it again')).length).toBe(3);
  // What a watch was told meanwhile is that it should come again; nothing else.
  for (const kind of kinds) expect(['unavailable']).toContain(kind);
}, 120_000);
