/**
 * What of a chart is text, and what is a document.
 *
 * @module
 */
import type { Item } from '../../house/items.ts';
import type { Overview } from '../../house/patients.ts';

/** Notes shown with their text. */
const shown = 3;

export const shownNotes = ({ notes }: Pick<Overview, 'notes'>): readonly Item[] => notes.slice(0, shown);

/** Types that carry a file or a picture. */
const carriers = new Set(['DocumentReference', 'Media', 'ImagingStudy', 'DiagnosticReport', 'Binary']);

/** Kinds among which documents are. */
export const documentKinds = ['notes', 'imaging'] as const;

/**
 * Documents and pictures, newest first, without those that are shown as notes already.
 */
export function documentsOf(items: readonly Item[], notes: readonly Item[]): Item[] {
  const already = new Set(notes.map(({ id }) => id));
  return items.filter(({ id, type }) => carriers.has(type) && !already.has(id));
}

/** The newest of each test, in the order they came. */
export const latestOfEach = (results: readonly Item[]): Item[] => firstOfEach(results, ({ title }) => title);

/** What several organisations wrote in the same words stands once, as the newest says it. */
export const once = (items: readonly Item[]): Item[] => firstOfEach(items, ({ title, word }) => `${title}\n${word ?? ''}`);

function firstOfEach(items: readonly Item[], keyOf: (item: Item) => string): Item[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(keyOf(item)) && seen.add(keyOf(item)));
}
