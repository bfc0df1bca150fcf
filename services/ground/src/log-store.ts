/**
 * Where a log lies in PostgreSQL, as `crypto/receipts` wants its store: the cloud's, and each mediator's.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { LogStore } from '@carelet/crypto/receipts/log';
import { type Kysely, type QueryExecutorProvider, sql } from 'kysely';

/** Roots of full subtrees, each stored once. */
export type LogNodeTable = { level: number; place: number; hash: Bytes };

/** @param name of the table, a `LogNodeTable` */
export async function makeLogNodes(db: Kysely<unknown>, name = 'log_node'): Promise<void> {
  await sql`create table ${sql.table(name)} (level integer not null, place bigint not null, hash bytea not null, primary key (level, place))`.execute(
    db,
  );
}

/** @param name of the table, a `LogNodeTable` */
export function logStore(db: QueryExecutorProvider, name = 'log_node'): LogStore {
  return {
    async get(places) {
      if (places.length === 0) return [];
      const levels = places.map(({ level }) => level);
      const indexes = places.map(({ index }) => index);
      const { rows } = await sql<LogNodeTable>`
        select level, place, hash from ${sql.table(name)}
        where (level, place) in (select * from unnest(${levels}::integer[], ${indexes}::bigint[]))`.execute(db);
      const known = new Map(rows.map(({ level, place, hash }) => [`${level}/${place}`, hash]));
      return places.map(({ level, index }) => known.get(`${level}/${index}`) ?? null);
    },
    async put(nodes) {
      if (nodes.length === 0) return;
      await sql`insert into ${sql.table(name)} (level, place, hash) select * from unnest(
        ${nodes.map(({ level }) => level)}::integer[], ${nodes.map(({ index }) => index)}::bigint[],
        ${nodes.map(({ hash }) => hash)}::bytea[])`.execute(db);
    },
  };
}
