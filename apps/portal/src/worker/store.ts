/**
 * Where keyrings and drawers rest in a browser: locked and sealed, never otherwise.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Door } from '../house/house.ts';

/** A locked keyring, and what its owner may read before it is unlocked. */
export type Resting = {
  readonly name: string;
  readonly title: string;
  readonly door: Door;
  /** Its card's number in hex: names its drawer. */
  readonly card: string;
  readonly locked: Bytes;
};

export type Store = {
  /** By name. */
  keyrings(): Promise<readonly Resting[]>;
  keyring(name: string): Promise<Resting | null>;
  rest(keyring: Resting): Promise<void>;
  /** Takes out a keyring and its drawer. */
  forget(name: string): Promise<void>;
  /** A sealed drawer, by card number in hex. */
  drawer(card: string): Promise<Bytes | null>;
  keepDrawer(card: string, sealed: Bytes): Promise<void>;
};

/** A store that lasts as long as its page: where the browser keeps nothing, and in tests. */
export function memoryStore(): Store {
  const keyrings = new Map<string, Resting>();
  const drawers = new Map<string, Bytes>();
  return {
    keyrings: async () => [...keyrings.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    keyring: async (name) => keyrings.get(name) ?? null,
    async rest(keyring) {
      keyrings.set(keyring.name, keyring);
    },
    async forget(name) {
      drawers.delete(keyrings.get(name)?.card ?? '');
      keyrings.delete(name);
    },
    drawer: async (card) => drawers.get(card) ?? null,
    async keepDrawer(card, sealed) {
      drawers.set(card, sealed);
    },
  };
}
