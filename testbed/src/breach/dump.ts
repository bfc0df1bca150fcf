/**
 * A dump: every text and every byte string of a database, table by table, as `pg_dump` would hand them to a thief.
 *
 * @module
 */
import { openDatabase } from '@carelet/ground/database';
import { type Kysely, sql } from 'kysely';
import { Place, type Searched } from './places.ts';
import type { Searcher } from './search.ts';

const rowsAtOnce = 2000;

/** Looks through every table of a database, or of the schemas named. */
export async function searchTables(url: string, searcher: Searcher, schemas?: readonly string[]): Promise<Searched> {
  await using db = await openDatabase<never>({ url, schema: 'public', migrations: {}, connections: 1 });
  const place = new Place('every table, as a dump', searcher);
  const tables = await tablesOf(db, schemas);
  for (const { schema, name } of tables) {
    for (let from = 0; ; from += rowsAtOnce) {
      const { rows } = await sql<Record<string, unknown>>`
        select * from ${sql.id(schema, name)} order by ctid limit ${rowsAtOnce} offset ${from}`.execute(db);
      for (const row of rows) for (const [column, value] of Object.entries(row)) lookAt(place, value, `${schema}.${name}.${column}`);
      if (rows.length < rowsAtOnce) break;
    }
  }
  return place.searched(`${tables.length} tables`);
}

/** Writes everything PostgreSQL still holds in memory into its files. */
export async function checkpoint(url: string): Promise<void> {
  await using db = await openDatabase<never>({ url, schema: 'public', migrations: {}, connections: 1 });
  await sql`checkpoint`.execute(db);
}

async function tablesOf(db: Kysely<never>, schemas?: readonly string[]): Promise<{ schema: string; name: string }[]> {
  const { rows } = await sql<{ schema: string; name: string }>`
    select table_schema as schema, table_name as name from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`.execute(db);
  return schemas ? rows.filter(({ schema }) => schemas.includes(schema)) : rows;
}

const encoder = new TextEncoder();

function lookAt(place: Place, value: unknown, where: string): void {
  if (value instanceof Uint8Array) place.look(value, where);
  else if (typeof value === 'string') place.look(encoder.encode(value), where);
  else if (Array.isArray(value)) for (const item of value) lookAt(place, item, where);
}
