/**
 * Kinds of record as tabs people know. `care/model` has nineteen, for keys; a list of records has eight.
 *
 * @module
 */
import type { IconName } from '../../ui/Icon.tsx';

export const sections = ['readings', 'results', 'conditions', 'medicines', 'notes', 'visits', 'other'] as const;
export type Section = (typeof sections)[number];

const sectionOfKind: Readonly<Record<string, Section>> = {
  'vital-signs': 'readings',
  waveforms: 'readings',
  laboratory: 'results',
  imaging: 'results',
  conditions: 'conditions',
  allergies: 'conditions',
  medications: 'medicines',
  immunizations: 'medicines',
  notes: 'notes',
  encounters: 'visits',
  procedures: 'visits',
};

/**
 * Where a record of this kind is listed; what is no tab of its own, or not known here, is `other`.
 *
 * @example
 * ```ts no-run
 * sectionOf('laboratory'); // 'results'
 * ```
 */
export const sectionOf = (kind: string): Section => (Object.hasOwn(sectionOfKind, kind) ? sectionOfKind[kind]! : 'other');

/** Kinds by which a kind's picture differs from that of its section. */
const iconOfKind: Readonly<Record<string, IconName>> = {
  'vital-signs': 'heartbeat',
  waveforms: 'pulse',
  laboratory: 'test-tube',
  imaging: 'image',
  conditions: 'first-aid-kit',
  allergies: 'warning',
  medications: 'pill',
  immunizations: 'syringe',
  procedures: 'bandaids',
  encounters: 'calendar-blank',
  notes: 'note',
  plans: 'path',
  'social-history': 'user',
  survey: 'list-bullets',
  devices: 'watch',
  billing: 'receipt',
  identity: 'identification-card',
  directory: 'hospital',
};

const iconOfVital: Readonly<Record<string, IconName>> = {
  'body-temperature': 'thermometer',
  'body-weight': 'scales',
  'body-height': 'ruler',
  'respiratory-rate': 'wind',
  glucose: 'drop',
  steps: 'footprints',
};

/** The picture beside a record in a list. */
export function iconOf({ kind, vital }: { readonly kind: string; readonly vital: string | null }): IconName {
  if (vital !== null && Object.hasOwn(iconOfVital, vital)) return iconOfVital[vital]!;
  return Object.hasOwn(iconOfKind, kind) ? iconOfKind[kind]! : 'file-text';
}
