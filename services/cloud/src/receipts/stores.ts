/**
 * Where the log and the map lie in PostgreSQL, as `crypto/receipts` wants its stores.
 *
 * @module
 */
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { LogStore } from '@carelet/crypto/receipts/log';
import type { MapStore } from '@carelet/crypto/receipts/map';
import { type Kysely, sql } from 'kysely';
import type { CloudTables } from '../schema.ts';

export function logStore(db: Kysely<CloudTables>): LogStore {
  return {
    async get(places) {
      if (places.length === 0) return [];
      const levels = places.map(({ level }) => level);
      const indexes = places.map(({ index }) => index);
      const { rows } = await sql<{ level: number; place: number; hash: Bytes }>`
        select level, place, hash from log_node
        where (level, place) in (select * from unnest(${levels}::integer[], ${indexes}::bigint[]))`.execute(db);
      const known = new Map(rows.map(({ level, place, hash }) => [`${level}/${place}`, hash]));
      return places.map(({ level, index }) => known.get(`${level}/${index}`) ?? null);
    },
    async put(nodes) {
      if (nodes.length === 0) return;
      await sql`insert into log_node (level, place, hash) select * from unnest(
        ${nodes.map(({ level }) => level)}::integer[], ${nodes.map(({ index }) => index)}::bigint[],
        ${nodes.map(({ hash }) => hash)}::bytea[])`.execute(db);
    },
  };
}

/** A map's nodes; `asked` gathers the names of those that were looked at. */
export function mapStore(db: Kysely<CloudTables>, asked: Set<string> = new Set()): MapStore {
  return {
    async get(hashes) {
      for (const hash of hashes) asked.add(hex(hash));
      const { rows } = await sql<{ hash: Bytes; body: Bytes }>`
        select hash, body from map_node where hash = any(${hashes}::bytea[])`.execute(db);
      const known = new Map(rows.map(({ hash, body }) => [hex(hash), body]));
      return hashes.map((hash) => known.get(hex(hash)) ?? null);
    },
    async put(nodes) {
      if (nodes.length === 0) return;
      const fresh = [...new Map(nodes.map((node) => [hex(node.hash), node])).values()];
      await sql`insert into map_node (hash, body) select * from unnest(
        ${fresh.map(({ hash }) => hash)}::bytea[], ${fresh.map(({ bytes }) => bytes)}::bytea[])
        on conflict (hash) do update set replaced = null`.execute(db);
    },
  };
}
