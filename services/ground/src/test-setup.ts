/**
 * The database of a test run: one PostgreSQL, started when the first test asks, gone when the run ends.
 *
 * Vitest runs this once in its main process, before any worker. It opens a small socket; `freshDatabase` in a
 * worker connects to it and reads where the database is. A run that never asks pays nothing. A run that is
 * killed leaves a folder in the temporary directory, which the next run removes.
 *
 * @module
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type Postgres, usePostgres } from './postgres.ts';
import { temporaryFolder, temporaryPrefix, temporaryRoot } from './test-folder.ts';

export default function setup(): () => Promise<void> {
  removeLeftovers();
  const folder = temporaryFolder();
  let starting: Promise<Postgres> | undefined;
  const desk = createServer((socket) => {
    socket.on('error', () => {});
    starting ??= usePostgres({ url: process.env.DATABASE_URL, dataDir: join(folder, 'postgres'), durable: false });
    starting.then(
      (postgres) => socket.end(JSON.stringify({ url: postgres.url() })),
      (thrown: Error) => socket.end(JSON.stringify({ failed: thrown.message })),
    );
  });
  process.env.CARELET_TEST_DATABASE = join(folder, 'desk');
  desk.listen(process.env.CARELET_TEST_DATABASE).unref();

  return async () => {
    desk.close();
    const postgres = await starting?.catch(() => undefined);
    await postgres?.stop();
    for (const left of [postgres?.folder, folder]) if (left) rmSync(left, { recursive: true, force: true });
  };
}

function removeLeftovers(): void {
  for (const name of readdirSync(temporaryRoot)) {
    const pid = name.startsWith(temporaryPrefix) ? name.slice(temporaryPrefix.length).split('-')[0] : undefined;
    if (pid === undefined || existsSync(`/proc/${pid}`)) continue;
    try {
      rmSync(join(temporaryRoot, name), { recursive: true, force: true });
    } catch {
      // Another user's: theirs to remove.
    }
  }
}
