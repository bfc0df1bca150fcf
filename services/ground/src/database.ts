/**
 * One service's tables: a schema of its own in a shared PostgreSQL, migrated when opened.
 *
 * Bytes come back as plain `Uint8Array`, a `bigint` column as a number (and an error beyond 2^53, never a
 * rounded one), `date` and `timestamp` as text, because a calendar day has no time zone. Every error is a
 * `CareletError` that quotes no value.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { CareletError } from '@carelet/care/model';
import { type IsolationLevel, Kysely, type Migration, Migrator, PostgresDialect, type PostgresPool, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { asDatabaseError, mayRetry } from './database-error.ts';

const usualPatience = 10_000;
/** A service that starts beside its database waits longer: a server that fell may take so long to come back. */
const openingPatience = 30_000;

export interface DatabaseOptions {
  /** Connection string: of `startPostgres`, or one's own `DATABASE_URL`. */
  readonly url: string;
  /** The service's schema, made when absent: lower-case letters, digits and underscores. */
  readonly schema: string;
  /** By name, run in the order of their names, each once and in one transaction. */
  readonly migrations: Readonly<Record<string, Migration>>;
  /** Most connections at a time; default 8. */
  readonly connections?: number;
  /** How long to wait for a server that is away when opening, in ms; default 30 000. */
  readonly patience?: number;
  /** Told in one line when an idle connection is lost. */
  readonly log?: (line: string) => void;
}

/**
 * Opens a service's schema and brings it up to date. Two processes may do so at once; one migrates.
 *
 * @throws {CareletError} `unavailable` when the database does not answer, `conflict` when a newer version of
 *   Carelet has migrated it
 *
 * @example
 * ```ts no-run
 * import { openDatabase } from '@carelet/ground/database';
 * import type { Migration } from 'kysely';
 * const migrations: Record<string, Migration> = {
 *   '001-shelves': { up: (db) => db.schema.createTable('row').addColumn('id', 'bytea', (id) => id.primaryKey()).execute() },
 * };
 * const url = 'postgres://carelet@localhost/carelet';
 * await using db = await openDatabase<{ row: { id: Uint8Array } }>({ url, schema: 'cloud', migrations });
 * await db.insertInto('row').values({ id: new Uint8Array(16) }).execute();
 * ```
 */
export async function openDatabase<Schema>(options: DatabaseOptions): Promise<Kysely<Schema>> {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(options.schema)) throw new TypeError(`"${options.schema}" is not a schema name`);
  const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool: openPool(options) }) });
  try {
    await migrate(db, options);
    return db;
  } catch (thrown) {
    await db.destroy();
    throw thrown;
  }
}

async function migrate<Schema>(db: Kysely<Schema>, { schema, migrations, patience = openingPatience }: DatabaseOptions): Promise<void> {
  const makeSchema = async (trx: Transaction<Schema>) => {
    await sql`select pg_advisory_xact_lock(hashtext('carelet/schema'))`.execute(trx);
    const { rows } = await sql`select 1 where to_regnamespace(${schema}) is not null`.execute(trx);
    if (rows.length === 0) await trx.schema.createSchema(schema).execute();
  };
  await patiently(() => transaction(db, makeSchema, { patience }), { patience });
  const migrator = new Migrator({ db, provider: { getMigrations: async () => ({ ...migrations }) }, migrationTableSchema: schema });
  const error = await patiently(() => migrated(migrator), { patience }).catch((thrown: unknown) => thrown);
  if (error instanceof Error && error.message.startsWith('corrupted migrations')) {
    const because = 'its tables were made by another version of Carelet, probably a newer one';
    throw new CareletError('conflict', 'open the database', { subject: schema, because, cause: error });
  }
  if (error !== undefined) throw error;
}

/** Migrates; a migration is done whole or not at all. */
async function migrated(migrator: Migrator): Promise<undefined> {
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error;
}

/**
 * Does a step of a service's start, and does it again while the server is away: it may fall between two of our steps.
 * `work` must bear being done twice.
 *
 * @param options.patience how long to wait for the server, in ms
 * @param options.isAway whether something else that the step needs is away too
 * @throws whatever `work` throws; `unavailable` when the server stays away
 *
 * @example
 * ```ts no-run
 * import { patiently } from '@carelet/ground/database';
 * const waits = await patiently(async () => 3);
 * ```
 */
export async function patiently<T>(
  work: () => Promise<T>,
  { patience = openingPatience, isAway = () => false }: { patience?: number; isAway?: (thrown: unknown) => boolean } = {},
): Promise<T> {
  const giveUp = performance.now() + patience;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (thrown) {
      const wait = Math.min(1_000, 50 * 2 ** attempt);
      if ((!isServerAway(thrown) && !isAway(thrown)) || performance.now() + wait > giveUp) throw thrown;
      await sleep(wait);
    }
  }
}

/** Away before the work was done or, of a transaction, while it was written. */
function isServerAway(thrown: unknown): boolean {
  return mayRetry(thrown) === 'later' || (thrown instanceof CareletError && mayRetry(thrown.cause) === 'later');
}

export interface TransactionOptions {
  /** Default: PostgreSQL's `read committed`. */
  readonly isolation?: IsolationLevel;
  /** How long to wait for a server that is away, in ms; default 10 000. */
  readonly patience?: number;
}

/**
 * Runs `work` in one transaction; runs it again when another writer won or the server was away, so `work` must
 * touch nothing but the transaction. A connection lost *during the commit* is not repeated: nobody knows
 * whether it was written.
 *
 * @throws {CareletError} `unavailable` when the server stays away, and whatever `work` throws
 */
export async function transaction<Schema, T>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<T>,
  { isolation, patience = usualPatience }: TransactionOptions = {},
): Promise<T> {
  const giveUp = performance.now() + patience;
  for (let attempt = 1; ; attempt++) {
    const [outcome, value, committing] = await attemptOnce(db, work, isolation);
    if (outcome === 'done') return value as T;
    const retry = mayRetry(value);
    if (retry === 'later' && committing) {
      const because = 'the connection was lost while writing; it may or may not have been written';
      throw new CareletError('unavailable', 'use the database', { because, cause: value });
    }
    const wait = (0.5 + Math.random()) * Math.min(1_000, 10 * 2 ** attempt);
    if (retry === undefined || performance.now() + wait > giveUp) throw value;
    await sleep(wait);
  }
}

type Attempt<T> = readonly ['done', T, boolean] | readonly ['failed', unknown, boolean];

async function attemptOnce<Schema, T>(
  db: Kysely<Schema>,
  work: (trx: Transaction<Schema>) => Promise<T>,
  isolation: IsolationLevel | undefined,
): Promise<Attempt<T>> {
  const begin = db.startTransaction();
  let committing = false;
  try {
    const trx = await (isolation ? begin.setIsolationLevel(isolation) : begin).execute();
    try {
      const value = await work(trx);
      committing = true;
      await trx.commit().execute();
      return ['done', value, committing];
    } catch (thrown) {
      if (!trx.isCommitted && !trx.isRolledBack)
        await trx
          .rollback()
          .execute()
          .catch(() => {});
      throw thrown;
    }
  } catch (thrown) {
    return ['failed', thrown, committing];
  }
}

/** The pool as Kysely wants it, with our bytes, our numbers and our errors. */
function openPool({ url, schema, connections = 8, log = () => {} }: DatabaseOptions): PostgresPool {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: `carelet-${schema}`,
    max: connections,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    allowExitOnIdle: true,
    types: { getTypeParser },
    onConnect: async (client) => {
      await client.query(`set search_path to "${schema}"`);
    },
  });
  // A server that goes away tells every connection; unheard, each of these words would end our process.
  pool.on('error', (error) => log(`A connection to the database was lost: ${asFault(error)}`));
  pool.on('connect', (client) => client.on('error', () => {}));
  const mapped = (thrown: unknown): never => {
    throw asDatabaseError(thrown);
  };
  return {
    async connect() {
      const client = await pool.connect().catch(mapped);
      const query = (words: string, values: readonly unknown[]) => client.query(words, [...values]).catch(mapped);
      return { query: query as never, release: () => client.release() };
    },
    end: () => pool.end(),
  };
}

function asFault(error: Error): string {
  const mapped = asDatabaseError(error);
  return mapped instanceof CareletError ? mapped.because : error.name;
}

const oid = { bytea: 17, int8: 20, date: 1082, timestamp: 1114, byteaArray: 1001, int8Array: 1016, dateArray: 1182, timestampArray: 1115 };

const bytesOf = (text: string): Uint8Array => new Uint8Array(Buffer.from(text.slice(2), 'hex'));

function numberOf(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new RangeError('a whole number of the database is beyond 2^53');
  return value;
}

/** `{a,NULL,b}` of one dimension whose items need no quotes but `bytea`'s. */
const listOf =
  <T>(item: (text: string) => T) =>
  (text: string): (T | null)[] =>
    text === '{}'
      ? []
      : text
          .slice(1, -1)
          .split(',')
          .map((part) => (part === 'NULL' ? null : item(part.replaceAll(/"|\\(?=\\)/g, ''))));

const asText = (text: string): string => text;

const parsers = new Map<number, (text: string) => unknown>([
  [oid.bytea, bytesOf],
  [oid.int8, numberOf],
  [oid.date, asText],
  [oid.timestamp, asText],
  [oid.byteaArray, listOf(bytesOf)],
  [oid.int8Array, listOf(numberOf)],
  [oid.dateArray, listOf(asText)],
  [oid.timestampArray, listOf(asText)],
]);

const getTypeParser: typeof pg.types.getTypeParser = (id: number, format?: 'text' | 'binary') =>
  (format !== 'binary' && parsers.get(id)) || pg.types.getTypeParser(id, format as 'text');
