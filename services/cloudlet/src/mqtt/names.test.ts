/**
 * Who is told to read the files again: a Mosquitto, and nobody who has come by its number.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '@carelet/ground/database';
import { logger } from '@carelet/ground/log';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cloudletSecrets } from '../organisation.ts';
import { type CloudletTables, migrations } from '../schema.ts';
import { keepNames } from './names.ts';

let database: TestDatabase;
let db: Kysely<CloudletTables>;
const folder = mkdtempSync(join(tmpdir(), 'carelet-names-'));
const log = logger('test', { level: 'silent' });

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations });
}, 60_000);

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

/** Keeps files in a folder of their own, in which this process stands for the broker's. */
async function kept(name: string, broker: ChildProcess) {
  const place = join(folder, name);
  const secrets = await cloudletSecrets(place);
  writeFileSync(join(place, 'mosquitto.pid'), `${broker.pid}\n`);
  const keeping = keepNames(place, { broker: 'mqtt://harbour:secret@broker.example', db, secrets, log });
  await expect.poll(() => existsSync(join(place, 'access')), { timeout: 10_000 }).toBe(true);
  expect(readFileSync(join(place, 'passwords'), 'utf8')).toMatch(/^harbour:\$7\$101\$/);
  return keeping;
}

const asleep = (program: string) => spawn(program, ['300'], { stdio: 'ignore' });

test('a process called mosquitto is told', async () => {
  const program = join(folder, 'mosquitto');
  copyFileSync(spawnSync('which', ['sleep'], { encoding: 'utf8' }).stdout.trim(), program);
  const broker = asleep(program);
  const gone = once(broker, 'exit');
  await using _ = await kept('broker', broker);
  // It knows no better than to end; a broker reads its files.
  expect(await gone).toEqual([null, 'SIGHUP']);
});

test('a process that has its number by chance is left alone', async () => {
  const other = asleep('sleep');
  {
    await using _ = await kept('other', other);
  }
  // Told after the files are written, if at all; and by now nobody keeps them any more.
  expect([other.exitCode, other.signalCode]).toEqual([null, null]);
  other.kill();
});
