import { CareletError } from '@carelet/care/model';
import { type Kysely, type Migration, sql } from 'kysely';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase, patiently, transaction } from './database.ts';
import { asDatabaseError, DatabaseFault } from './database-error.ts';
import { freshDatabase, type TestDatabase } from './test-database.ts';

interface Schema {
  thing: { id: number; bytes: Uint8Array; day: string | null; count: number };
}

const migrations: Record<string, Migration> = {
  '001-thing': {
    up: (db) =>
      db.schema
        .createTable('thing')
        .addColumn('id', 'int8', (column) => column.primaryKey())
        .addColumn('bytes', 'bytea', (column) => column.notNull())
        .addColumn('day', 'date')
        .addColumn('count', 'int4', (column) => column.notNull().check(sql`count >= 0`))
        .execute(),
  },
};

let database: TestDatabase;
let db: Kysely<Schema>;

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<Schema>({ url: database.url, schema: 'cloud', migrations });
});

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
});

const failure = (promise: Promise<unknown>): Promise<CareletError> =>
  promise.then(
    () => expect.unreachable(),
    (thrown) => thrown,
  );

describe('a step of a start', () => {
  const starting = Object.assign(new Error('the database system is starting up'), { code: '57P03' });

  it('is done again while the server starts', async () => {
    let left = 2;
    const answer = await patiently(async () => {
      if (left-- > 0) throw asDatabaseError(starting);
      return 'done';
    });
    expect([answer, left]).toEqual(['done', -1]);
  });

  it('is done again where nobody knows whether the server wrote it', async () => {
    const because = 'the connection was lost while writing; it may or may not have been written';
    const lost = new CareletError('unavailable', 'use the database', { because, cause: asDatabaseError(starting) });
    let left = 1;
    const answer = await patiently(async () => {
      if (left-- > 0) throw lost;
      return 'done';
    });
    expect([answer, left]).toEqual(['done', -1]);
  });

  it('is given up when the server stays away, and at once where waiting helps nothing', async () => {
    let done = 0;
    const fails = (thrown: unknown) => async () => {
      done++;
      throw thrown;
    };
    await expect(patiently(fails(asDatabaseError(starting)), { patience: 250 })).rejects.toMatchObject({ kind: 'unavailable' });
    expect(done).toBe(2);
    await expect(patiently(fails(new CareletError('conflict', 'open', { because: 'it is another' })))).rejects.toMatchObject({
      kind: 'conflict',
    });
    expect(done).toBe(3);
    const bus = new CareletError('unavailable', 'use the bus', { because: 'it starts' });
    await expect(patiently(fails(bus), { patience: 250, isAway: (thrown) => thrown === bus })).rejects.toBe(bus);
    expect(done).toBe(5);
  });
});

describe('a service and its tables', () => {
  it('gets back the bytes, whole numbers and calendar days it wrote', async () => {
    const bytes = new Uint8Array(5000).map((_, i) => i);
    await db.insertInto('thing').values({ id: Number.MAX_SAFE_INTEGER, bytes, day: '1969-12-31', count: 3 }).execute();
    const row = await db.selectFrom('thing').selectAll().executeTakeFirstOrThrow();
    expect(row).toEqual({ id: Number.MAX_SAFE_INTEGER, bytes, day: '1969-12-31', count: 3 });
    expect(row.bytes.constructor).toBe(Uint8Array);
    expect(row.bytes.buffer.byteLength).toBe(5000);
  });

  it('gets lists of bytes and numbers too', async () => {
    const many = [new Uint8Array(), new Uint8Array([0, 92, 34, 255])];
    const { rows } =
      await sql`select ${many}::bytea[] as many, '{1,NULL}'::int8[] as counts, '{}'::bytea[] as none, null::bytea as nothing`.execute(db);
    expect(rows).toEqual([{ many, counts: [1, null], none: [], nothing: null }]);
    const { rows: days } = await sql`select array['2020-02-29'::date] as days, array['2020-02-29 10:00'::timestamp] as times`.execute(db);
    expect(days).toEqual([{ days: ['2020-02-29'], times: ['2020-02-29 10:00:00'] }]);
  });

  it('refuses a whole number it would have to round', async () => {
    const error = await failure(sql`select 9007199254740993::int8`.execute(db));
    expect(error.message).toContain('beyond 2^53');
  });

  it('lives in its own schema, beside the others', async () => {
    await using other = await openDatabase<Schema>({ url: database.url, schema: 'authority', migrations });
    expect(await other.selectFrom('thing').selectAll().execute()).toEqual([]);
    const { rows } = await sql<{ path: string }>`select current_schema() as path`.execute(other);
    expect(rows).toEqual([{ path: 'authority' }]);
  });

  it('is migrated once when many processes open it at once', async () => {
    const opened = await Promise.all([1, 2, 3, 4].map(() => openDatabase<Schema>({ url: database.url, schema: 'busy', migrations })));
    for (const one of opened) await one.destroy();
    await using again = await openDatabase<Schema>({ url: database.url, schema: 'busy', migrations });
    const { rows } = await sql`select name from kysely_migration`.execute(again);
    expect(rows).toEqual([{ name: '001-thing' }]);
  });

  it('refuses a database that a newer version migrated', async () => {
    const newer = { ...migrations, '002-more': { up: async () => {} } };
    await (await openDatabase<Schema>({ url: database.url, schema: 'newer', migrations: newer })).destroy();
    const error = await failure(openDatabase<Schema>({ url: database.url, schema: 'newer', migrations }));
    expect(error).toMatchObject({ kind: 'conflict', because: expect.stringContaining('newer') });
  });

  it('keeps nothing of a migration that failed', async () => {
    const broken = { ...migrations, '002-broken': { up: (db: Kysely<never>) => sql`select nonsense`.execute(db).then(() => {}) } };
    await failure(openDatabase<Schema>({ url: database.url, schema: 'broken', migrations: broken }));
    await using again = await openDatabase<Schema>({ url: database.url, schema: 'broken', migrations });
    expect(await again.selectFrom('thing').selectAll().execute()).toEqual([]);
  });

  it('takes no schema name that would need quoting', async () => {
    await expect(openDatabase({ url: database.url, schema: 'x"; drop', migrations })).rejects.toThrow(TypeError);
  });
});

describe('errors of the database', () => {
  it('are conflicts when something is there already, and quote no value', async () => {
    const row = { id: 77, bytes: new Uint8Array(1), day: null, count: 0 };
    await db.insertInto('thing').values(row).execute();
    const error = await failure(db.insertInto('thing').values(row).execute());
    expect(error).toMatchObject({ kind: 'conflict', subject: 'thing_pkey', because: 'it is there already' });
    expect(error.cause).toMatchObject({ code: '23505', table: 'thing', constraint: 'thing_pkey' });
    expect(`${error.stack}${(error.cause as Error).stack}${JSON.stringify(error.cause)}`).not.toContain('77');
  });

  it('are invalid when a value does not fit', async () => {
    const error = await failure(
      db
        .insertInto('thing')
        .values({ id: 78, bytes: new Uint8Array(1), day: null, count: -5 })
        .execute(),
    );
    expect(error.kind).toBe('invalid');
    expect((await failure(sql`select ${'Ada'}::int4`.execute(db))).cause).toMatchObject({ message: 'PostgreSQL 22P02' });
  });

  it('are unavailable when nobody answers, when the disk is full, when the server shuts down', async () => {
    const nobody = await failure(
      openDatabase({ url: 'postgres://x@localhost/x?host=/nowhere', schema: 'x', migrations: {}, patience: 200 }),
    );
    expect(nobody).toMatchObject({ kind: 'unavailable', because: expect.stringContaining('does not answer') });
    for (const [code, because] of [
      ['53100', 'the disk is full'],
      ['57P01', 'does not answer'],
      ['08006', 'does not answer'],
    ]) {
      const error = Object.assign(new Error('words'), { code });
      expect(asDatabaseError(error)).toMatchObject({ kind: 'unavailable', because: expect.stringContaining(because!) });
    }
    expect(asDatabaseError(Object.assign(new Error('invalid page'), { code: 'XX001' }))).toMatchObject({ kind: 'tampered' });
  });
});

describe('a transaction', () => {
  it('is undone as a whole when its work throws', async () => {
    const thrown = new Error('changed my mind');
    const work = transaction(db, async (trx) => {
      await trx
        .insertInto('thing')
        .values({ id: 500, bytes: new Uint8Array(1), day: null, count: 0 })
        .execute();
      throw thrown;
    });
    expect(await failure(work)).toBe(thrown);
    expect(await db.selectFrom('thing').selectAll().where('id', '=', 500).execute()).toEqual([]);
  });

  it('is tried again when another writer won, so that no count is lost', async () => {
    await db
      .insertInto('thing')
      .values({ id: 600, bytes: new Uint8Array(1), day: null, count: 0 })
      .execute();
    const countUp = () =>
      transaction(
        db,
        async (trx) => {
          const { count } = await trx.selectFrom('thing').select('count').where('id', '=', 600).executeTakeFirstOrThrow();
          await trx
            .updateTable('thing')
            .set({ count: count + 1 })
            .where('id', '=', 600)
            .execute();
        },
        { isolation: 'serializable' },
      );
    await Promise.all(Array.from({ length: 8 }, countUp));
    const { count } = await db.selectFrom('thing').select('count').where('id', '=', 600).executeTakeFirstOrThrow();
    expect(count).toBe(8);
  });

  it('is tried again when its connection was cut, and the process survives idle connections being cut', async () => {
    let tries = 0;
    const admin = new pg.Client({ connectionString: database.url });
    await admin.connect();
    const cut = () => admin.query("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'carelet-cloud'");
    await cut();
    const seen = await transaction(db, async (trx) => {
      if (++tries === 1) await cut();
      return (await sql<{ one: number }>`select 1 as one`.execute(trx)).rows;
    });
    expect([seen, tries]).toEqual([[{ one: 1 }], 2]);
    await admin.end();
  });

  it('that lost its connection while committing is not repeated', async () => {
    await sql`create table last_words (id int)`.execute(db);
    await sql`create function hang_up() returns trigger language plpgsql as 'begin perform pg_terminate_backend(pg_backend_pid()); return null; end'`.execute(
      db,
    );
    await sql`create constraint trigger hang_up after insert on last_words deferrable initially deferred for each row execute function hang_up()`.execute(
      db,
    );
    let tries = 0;
    const work = transaction(db, async (trx) => {
      tries++;
      await sql`insert into last_words values (1)`.execute(trx);
    });
    expect(await failure(work)).toMatchObject({ kind: 'unavailable', because: expect.stringContaining('may or may not') });
    expect(tries).toBe(1);
  });

  it('gives up when patience ends', async () => {
    let tries = 0;
    const away = new CareletError('unavailable', 'x', { because: 'x', cause: new DatabaseFault('57P01', 'shutting down') });
    const fail = () => {
      tries++;
      return Promise.reject(away);
    };
    const work = transaction(db, fail, { patience: 150 });
    expect(await failure(work)).toBe(away);
    expect(tries).toBeGreaterThan(1);
  });
});
