/**
 * The store in a browser's IndexedDB.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type DBSchema, openDB } from 'idb';
import { memoryStore, type Resting, type Store } from './store.ts';

interface Shelves extends DBSchema {
  /** By name. */
  keyrings: { key: string; value: Resting };
  /** By card number in hex. */
  drawers: { key: string; value: Bytes };
}

/** The store of this browser; where it refuses to keep anything (a private window may), one that lasts as long as the page. */
export function browserStore(): Store {
  const opened = open();
  // Every question waits for the store by itself: a worker that is not listening yet loses what it is asked.
  return {
    keyrings: async () => (await opened).keyrings(),
    keyring: async (name) => (await opened).keyring(name),
    rest: async (keyring) => (await opened).rest(keyring),
    forget: async (name) => (await opened).forget(name),
    drawer: async (card) => (await opened).drawer(card),
    keepDrawer: async (card, sealed) => (await opened).keepDrawer(card, sealed),
  };
}

async function open(): Promise<Store> {
  const database = await openDB<Shelves>('carelet', 1, {
    upgrade(shelves) {
      shelves.createObjectStore('keyrings');
      shelves.createObjectStore('drawers');
    },
  }).catch(() => null);
  if (!database) return memoryStore();
  return {
    keyrings: () => database.getAll('keyrings'),
    keyring: async (name) => (await database.get('keyrings', name)) ?? null,
    async rest(keyring) {
      await database.put('keyrings', keyring, keyring.name);
    },
    async forget(name) {
      const within = database.transaction(['keyrings', 'drawers'], 'readwrite');
      const keyring = await within.objectStore('keyrings').get(name);
      if (keyring) await within.objectStore('drawers').delete(keyring.card);
      await within.objectStore('keyrings').delete(name);
      await within.done;
    },
    drawer: async (card) => (await database.get('drawers', card)) ?? null,
    async keepDrawer(card, sealed) {
      await database.put('drawers', sealed, card);
    },
  };
}
