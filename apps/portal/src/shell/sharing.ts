/**
 * What is being shared: the sheet as far as it is filled in, and how far the keys have come. Both outlast the sheet, and
 * neither outlasts locking.
 *
 * @module
 */
import { useSyncExternalStore } from 'react';
import type { Draft } from '../pages/sharing/draft.ts';

/** Keys are being made for the doctor of this name, or could not be. `at` is where that was asked for: the sheet, or a line of the list. */
export type SharingWork =
  /** `of` is `null` until something is known. */
  | { readonly kind: 'working'; readonly name: string; readonly at: string; readonly done: number; readonly of: number | null }
  | { readonly kind: 'failed'; readonly name: string; readonly at: string; readonly failure: unknown };

let draft: Draft | null = null;
let work: SharingWork | null = null;
/** Counts lockings: what began before one says nothing after it. */
let locked = 0;
const listeners = new Set<() => void>();

function changed(): void {
  for (const heard of listeners) heard();
}

export const sharing = {
  keep(next: Draft | null): void {
    draft = next;
    changed();
  },
  /** The request that is decided waits no more; what is filled in may be shared all the same. */
  unasked(): void {
    if (draft?.answering) draft = { ...draft, answering: null };
    changed();
  },
  /** Keys begin to be made; gives what tells the end of it, without a failure or with one. */
  begin(name: string, at: string): (failure?: unknown) => void {
    const lock = locked;
    work = { kind: 'working', name, at, done: 0, of: null };
    changed();
    return (failure) => {
      if (lock !== locked) return;
      work = failure === undefined ? null : { kind: 'failed', name, at, failure };
      changed();
    };
  },
  tell(done: number, of: number): void {
    if (work?.kind !== 'working') return;
    work = { ...work, done, of };
    changed();
  },
  /** A failure was read. */
  settle(): void {
    if (work?.kind === 'failed') work = null;
    changed();
  },
  clear(): void {
    locked++;
    draft = null;
    work = null;
    changed();
  },
};

function subscribe(heard: () => void): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** `null` while nothing was filled in. */
export const useDraft = (): Draft | null => useSyncExternalStore(subscribe, () => draft);

export const useSharingWork = (): SharingWork | null => useSyncExternalStore(subscribe, () => work);
