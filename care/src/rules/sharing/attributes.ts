/**
 * What a wrap says about the node it stands on (kp-abe.md §7, keys.md §3): properties of the node, one time,
 * each turned into a label by the organisation before anyone else sees it.
 *
 * @module
 */
import { CareletError, type Category, kinds, type Part, type Period, parts } from '../../model/index.ts';

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
  /** Further units, of what belongs to several: who a patient is whom several wards treat. */
  readonly also?: readonly string[];
  readonly source: Source;
};

const byName = 'by-name';

/**
 * The unit of an organisation's charts that are open to named doctors only (`limits.ts`): it stands on their nodes in the place of the
 * organisation's own, so that no key for everyone of a unit meets it.
 */
export const byNameUnit = (organisation: string): string => `${organisation}/${byName}`;

/** Whether it is that unit, or anything in or around it: a ward in it would carry its label as an ancestor’s. */
export const isByName = (unit: string): boolean => unit.split('/').includes(byName);

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
export function attributesOf({ part, category, period, pat, unit, also = [], source }: SharedNode): Attribute[] {
  const units = isByName(unit) ? [unit] : [...new Set([unit, ...also].flatMap(withAncestors))];
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

/** What the pseudonyms of teams begin with, so that a policy in words does not count one as a patient: "team", in hex. */
export const teamPrefix = '7465616d';

/** Whether a pseudonym that a policy names is a team's and no patient's. */
export const isTeam = (pseudonym: string): boolean => pseudonym.startsWith(teamPrefix);

/**
 * Refuses what is no unit below an organisation: a department, a ward in it, as in `cardio` or `cardio/icu`.
 *
 * @throws {CareletError} `invalid`
 */
export function checkUnit(unit: string, op: string): void {
  const isUnit = /^[a-z0-9-]{1,40}(\/[a-z0-9-]{1,40}){0,3}$/.test(unit) && !isByName(unit);
  if (isUnit) return;
  throw new CareletError('invalid', op, { subject: unit, because: 'a unit is small letters and digits, as in cardio or cardio/icu' });
}

/** A unit and the units it is in, the organisation first. */
function withAncestors(unit: string): string[] {
  const steps = unit.split('/');
  return steps.map((_, i) => steps.slice(0, i + 1).join('/'));
}

/**
 * What a team's secret is sealed under: everything a policy for one of its units may ask for, of ordinary records and any time, of a
 * patient who is nobody but the team. So whoever may read everybody in one of these units opens it, however little of them; who may
 * read single patients does so only where her policy names the team among them.
 *
 * @param team its pseudonym, as `isTeam` knows one
 * @param units as in `SharedNode`, at least one
 *
 * @example
 * ```ts
 * import { teamAttributes } from '@carelet/care/rules/sharing/attributes';
 * const units = ['bb/cardio', 'bb/lungs'];
 * teamAttributes({ team: 'aa', units }).filter(({ name }) => name === 'org').map(({ value }) => value).join(); // 'bb,bb/cardio,bb/lungs'
 * ```
 */
export function teamAttributes({ team, units }: { readonly team: string; readonly units: readonly string[] }): Attribute[] {
  const of = (name: Attribute['name'], values: readonly string[]) => values.map((value): Attribute => ({ name, value }));
  return [
    ...of('part', parts),
    ...of('pat', [team]),
    ...of('kind', kinds),
    ...of('conf', ['N']),
    ...of('sens', ['none']),
    ...of('org', [...new Set(units.flatMap(withAncestors))]),
    ...of('src', sources),
    ...of('ver', ['1']),
    ...of('t', ['always']),
  ];
}
