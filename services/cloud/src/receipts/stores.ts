/**
 * Where the map lies in PostgreSQL, as `crypto/receipts` wants its store.
 *
 * @module
 */
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import type { MapStore } from '@carelet/crypto/receipts/map';
import { type Kysely, sql } from 'kysely';
import type { CloudTables } from '../schema.ts';

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
