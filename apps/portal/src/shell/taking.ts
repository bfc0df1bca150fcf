/**
 * What has happened to a key that is being taken, for whoever shows it.
 *
 * @module
 */
import { useSyncExternalStore } from 'react';
import type { RoleStep } from '../house/roles.ts';

let steps: readonly RoleStep[] = [];
const listeners = new Set<() => void>();

function changed(next: readonly RoleStep[]): void {
  steps = next;
  for (const heard of listeners) heard();
}

export const taking = {
  /** Asking the issuers begins anew. */
  tell: (step: RoleStep) => changed(step.kind === 'asking' ? [step] : [...steps, step]),
  clear: () => changed([]),
};

function subscribe(heard: () => void): () => void {
  listeners.add(heard);
  return () => listeners.delete(heard);
}

/** The steps of the last taking, as far as it has come. */
export const useTaking = (): readonly RoleStep[] => useSyncExternalStore(subscribe, () => steps);
