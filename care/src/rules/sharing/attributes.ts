/**
 * What a wrap says about the node it stands on (kp-abe.md §7, keys.md §3): properties of the node, one time,
 * each turned into a label by the organisation before anyone else sees it.
 *
 * @module
 */
import type { Category, Part, Period } from '../../model/index.ts';

/** Where a node's records come from. */
export const sources = ['clinician', 'device'] as const;
export type Source = (typeof sources)[number];

/** A node as sharing sees it. */
export type SharedNode = {
  readonly part: Part;
  readonly category: Category;
  readonly period: Period;
  /** The chart's pseudonym, 32 hex digits. */
  readonly pat: string;
  /** The organisation's card id, 32 hex digits, then units separated by `/`. */
  readonly unit: string;
  readonly source: Source;
};

/**
 * The unit of an organisation's charts that are open to named doctors only (`limits.ts`): it stands on their nodes in the place of the
 * organisation's own, so that no key for everyone of a unit meets it.
 */
export const byNameUnit = (organisation: string): string => `${organisation}/by-name`;

export const isByName = (unit: string): boolean => unit.endsWith('/by-name');

/** An attribute in words, before it becomes a label. */
export type Attribute = { readonly name: 'part' | 'pat' | 'kind' | 'conf' | 'sens' | 'org' | 'src' | 'ver' | 't'; readonly value: string };

/**
 * A node's attributes: all its unit's ancestors, exactly one time; of a chart that is open by name the unit alone.
 *
 * @example
 * ```ts
 * import { attributesOf } from '@carelet/care/rules/sharing/attributes';
 * attributesOf({
 *   part: 'MI', category: { kind: 'laboratory', conf: 'N', sens: 'none' }, period: '2026-11-20',
 *   pat: 'aa', unit: 'bb/cardio', source: 'clinician',
 * }).filter(({ name }) => name === 'org').map(({ value }) => value).join(); // 'bb,bb/cardio'
 * ```
 */
export function attributesOf({ part, category, period, pat, unit, source }: SharedNode): Attribute[] {
  const steps = unit.split('/');
  const units = isByName(unit) ? [unit] : steps.map((_, i) => steps.slice(0, i + 1).join('/'));
  return [
    { name: 'part', value: part },
    { name: 'pat', value: pat },
    { name: 'kind', value: category.kind },
    { name: 'conf', value: category.conf },
    { name: 'sens', value: category.sens },
    ...units.map((value): Attribute => ({ name: 'org', value })),
    { name: 'src', value: source },
    { name: 'ver', value: '1' },
    { name: 't', value: period },
  ];
}
