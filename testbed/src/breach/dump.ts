/**
 * A dump: every text and every byte string of a database, table by table, as `pg_dump` would hand them to a thief.
 *
 * @module
 */
import pg from 'pg';
import { Place, type Searched } from './places.ts';
import type { Searcher } from './search.ts';

const rowsAtOnce = 2000;

/** Looks through every table of a database, or of one schema. */
export async function searchTables(url: string, searcher: Searcher, schema?: string): Promise<Searched> {
  return connected(url, async (client) => {
    const place = new Place('a dump of every table', searcher);
    const tables = (await client.query<{ schema: string; name: string }>(everyTable)).rows.filter(
      (table) => schema === undefined || table.schema === schema,
    );
    for (const table of tables) {
      const quoted = [table.schema, table.name].map((word) => client.escapeIdentifier(word)).join('.');
      for (let from = 0; ; from += rowsAtOnce) {
        const { rows } = await client.query<Record<string, unknown>>(
          `select * from ${quoted} order by ctid limit ${rowsAtOnce} offset ${from}`,
        );
        for (const row of rows) for (const [column, value] of Object.entries(row)) lookAt(place, value, `${table.name}.${column}`);
        if (rows.length < rowsAtOnce) break;
      }
    }
    return place.searched(`${tables.length} tables`);
  });
}

/** Has PostgreSQL write into its files what it still holds in memory. */
export const checkpoint = (url: string): Promise<void> => connected(url, async (client) => void (await client.query('checkpoint')));

/** Runs one statement, as somebody who got hold of the database could. */
export const meddle = (url: string, statement: string, values: readonly unknown[] = []): Promise<number> =>
  connected(url, async (client) => (await client.query(statement, [...values])).rowCount ?? 0);

const everyTable = `
  select table_schema as schema, table_name as name from information_schema.tables
  where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2`;

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

const encoder = new TextEncoder();

function lookAt(place: Place, value: unknown, where: string): void {
  if (value instanceof Uint8Array) place.look(value, where);
  else if (typeof value === 'string') place.look(encoder.encode(value), where);
  else if (Array.isArray(value)) for (const item of value) lookAt(place, item, where);
}
