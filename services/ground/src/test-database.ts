/**
 * An empty database for a test.
 *
 * @module
 */
import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { CareletError } from '@carelet/care/model';
import pg from 'pg';

/** A database of one's own; disposing drops it, whoever is still connected. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
}

let server: Promise<string> | undefined;

/**
 * A new empty database on the PostgreSQL of this test run (`test-setup.ts` must be vitest's global setup).
 *
 * @example
 * ```ts no-run
 * import { openDatabase } from '@carelet/ground/database';
 * import { freshDatabase } from '@carelet/ground/test-database';
 * await using database = await freshDatabase();
 * await using db = await openDatabase({ url: database.url, schema: 'cloud', migrations: {} });
 * ```
 */
export async function freshDatabase(): Promise<TestDatabase> {
  server ??= askForServer();
  const base = await server;
  const name = `test_${randomBytes(8).toString('hex')}`;
  await run(base, `create database ${name} strategy file_copy`); // ten times quicker than the default
  const url = new URL(base);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => run(base, `drop database if exists ${name} with (force)`) };
}

async function askForServer(): Promise<string> {
  const desk = process.env.CARELET_TEST_DATABASE;
  const op = 'open a test database';
  if (!desk) throw new CareletError('unavailable', op, { because: "services/ground/src/test-setup.ts is not vitest's global setup" });
  const { url, failed } = JSON.parse(await text(connect(desk))) as { url?: string; failed?: string };
  if (url === undefined) throw new CareletError('unavailable', op, { because: failed ?? 'no answer' });
  return url;
}

async function run(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
