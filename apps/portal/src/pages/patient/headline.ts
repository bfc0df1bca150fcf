/**
 * The first sentence of Home: what is most worth knowing.
 *
 * @module
 */
import type { Item } from '../../house/items.ts';
import type { Finding, Overview } from '../../house/patients.ts';
import type { VitalName } from '../../house/vitals.ts';
import { sectionOf } from '../record/sections.ts';

type Out = Extract<Finding, { kind: 'out' }>;

export type Headline =
  /** A vital sign is out of the usual; `also` are others that are. */
  | { readonly kind: 'out'; readonly finding: Out; readonly also: readonly VitalName[] }
  | { readonly kind: 'new'; readonly items: readonly Item[]; readonly results: boolean }
  | { readonly kind: 'usual' }
  /** Records are there, but no reading of this week and nothing new. */
  | { readonly kind: 'quiet' }
  | { readonly kind: 'nothing' };

/** What the findings of a patient come to; the first is the most pressing. */
export function headlineOf({ findings, records, vitals }: Pick<Overview, 'findings' | 'records' | 'vitals'>): Headline {
  const outs = findings.filter((finding): finding is Out => finding.kind === 'out');
  const [first, ...rest] = outs;
  if (first)
    return { kind: 'out', finding: first, also: [...new Set(rest.map(({ vital }) => vital))].filter((vital) => vital !== first.vital) };
  const items = newItemsOf(findings);
  if (items.length > 0) return { kind: 'new', items, results: items.every(({ kind }) => sectionOf(kind) === 'results') };
  if (findings.some(({ kind }) => kind === 'all-usual')) return { kind: 'usual' };
  return records === 0 && vitals.length === 0 ? { kind: 'nothing' } : { kind: 'quiet' };
}

/** Everything that came since the last look, newest first. */
export const newItemsOf = (findings: readonly Finding[]): readonly Item[] =>
  findings.flatMap((finding) => (finding.kind === 'new' ? finding.items : []));
