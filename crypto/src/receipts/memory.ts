/**
 * Stores in memory, for one process that needs no other: tests, benchmarks, a demonstration.
 *
 * @module
 */
import { type Bytes, hex } from '../algebra/bytes.ts';
import type { LogStore } from './log.ts';
import type { MapStore } from './map.ts';

/** A log's nodes, level by level. */
export function logInMemory(): LogStore {
  const levels: Bytes[][] = [];
  return {
    get: async (places) => places.map(({ level, index }) => levels[level]?.[index] ?? null),
    async put(nodes) {
      for (const { level, index, hash } of nodes) {
        levels[level] ??= [];
        levels[level][index] = hash;
      }
    },
  };
}

/** A map's nodes, every one that ever was. */
export function mapInMemory(): MapStore {
  const byHash = new Map<string, Bytes>();
  return {
    get: async (hashes) => hashes.map((hash) => byHash.get(hex(hash)) ?? null),
    async put(nodes) {
      for (const { hash, bytes } of nodes) byHash.set(hex(hash), bytes);
    },
  };
}
