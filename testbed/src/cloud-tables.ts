/**
 * The cloud's tables, as whoever owns its database has them: for proofs that attack it.
 *
 * @module
 */
import pg from 'pg';
import type { Town } from './town.ts';

export type CloudTables = AsyncDisposable & {
  /** `$1` and so on as in pg. */
  sql<Row extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Row[]>;
};

export async function cloudTables(town: Town): Promise<CloudTables> {
  const client = new pg.Client({ connectionString: town.postgres.url(), options: '-c search_path=cloud' });
  client.on('error', () => {});
  await client.connect();
  return {
    sql: async <Row extends object>(text: string, values: readonly unknown[] = []) => (await client.query<Row>(text, [...values])).rows,
    [Symbol.asyncDispose]: () => client.end(),
  };
}
