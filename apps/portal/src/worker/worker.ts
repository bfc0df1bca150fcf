/**
 * The worker: the house behind a message port. Keys and plaintext live here and nowhere else in the browser.
 *
 * @module
 */
import './without-eval.ts';
import { expose, transferHandlers } from 'comlink';
import { browserStore } from './browser-store.ts';
import { failureOf } from './failure.ts';
import { openHouse } from './house.ts';
import { mathematicsInWorkers } from './mathematics.ts';
import { mapFrom } from './surroundings.ts';

// Comlink would send an error's message and stack: of what is thrown here only a kind and a sentence leaves.
const thrown = transferHandlers.get('throw')!;
transferHandlers.set('throw', {
  canHandle: thrown.canHandle,
  serialize: ({ value }: { value: unknown }) => [failureOf(value), []],
  deserialize: thrown.deserialize,
});

expose(
  openHouse({
    map: () => mapFrom(self.location.origin),
    store: browserStore(),
    mathematics: mathematicsInWorkers(),
    clock: Date.now,
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  }),
);
