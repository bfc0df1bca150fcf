/**
 * How far the opening of each patient's records has come, for whoever shows it.
 *
 * @module
 */
import { useSyncExternalStore } from 'react';

export type Opening = { readonly opened: number; readonly of: number | null };

const ways = new Map<string, Opening>();
const listeners = new Set<() => void>();
let all: Opening | null = null;

function changed(): void {
  let opened = 0;
  let of: number | null = 0;
  for (const way of ways.values()) {
    opened += way.opened;
    of = of === null || way.of === null ? null : of + way.of;
  }
  all = ways.size === 0 ? null : { opened, of };
  for (const heard of listeners) heard();
}

export const opening = {
  /** `null` when a patient's records are open. */
  tell(patient: string, way: Opening | null): void {
    if (way) ways.set(patient, way);
    else ways.delete(patient);
    changed();
  },
  clear(): void {
    ways.clear();
    changed();
  },
};

function subscribe(heard: () => void): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** Of one patient, or of all that are on their way; `null` when nothing is being opened. */
export const useOpening = (patient?: string): Opening | null =>
  useSyncExternalStore(subscribe, () => (patient === undefined ? all : (ways.get(patient) ?? null)));
