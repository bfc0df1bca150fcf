/**
 * What one policy opens more and less than another, field by field: what administrators read before they sign it in the other's place.
 *
 * Two policies whose texts differ always differ here, and two of the same text never do.
 *
 * @module
 */
import { confidentialities, kinds, parts, sensitivities } from '../../model/index.ts';
import { isTeam } from './attributes.ts';
import { below, list, type Policy, partWords, patientsIn, teamsIn } from './policy.ts';

/** What one of two policies names and the other does not. */
export type Beyond = Required<Pick<Policy, 'parts' | 'kinds' | 'confidentiality' | 'sensitivity'>> & {
  /** Charts and teams by their pseudonyms; none where either of the two is for everyone. */
  readonly patients: readonly string[];
  readonly named: readonly string[];
  readonly breakGlass: boolean;
};

type Change<Value = string> = { readonly before: Value; readonly now: Value };

/** How a policy differs from another; what both say alike is left out. */
export type PolicyChange = {
  readonly more: Beyond;
  readonly less: Beyond;
  /** Where one of them is for everyone and the other for some. */
  readonly patients?: Change<Policy['patients']>;
  readonly unit?: Change;
  readonly from?: Change;
  readonly until?: Change;
};

/**
 * How a policy differs from what was signed before.
 *
 * @example
 * ```ts
 * import type { Policy } from '@carelet/care/rules/sharing/policy';
 * import { policyChange } from '@carelet/care/rules/sharing/policy-change';
 * const before: Policy = {
 *   parts: ['MI'], kinds: ['laboratory'], confidentiality: ['N'], sensitivity: ['none'],
 *   patients: 'everyone', unit: 'c'.repeat(32), from: 'beginning', until: '2027-01-31',
 * };
 * policyChange(before, { ...before, kinds: ['notes'] }).more.kinds; // ['notes']
 * ```
 */
export function policyChange(before: Policy, now: Policy): PolicyChange {
  const forEveryone = [before, now].filter(({ patients }) => patients === 'everyone').length;
  const beyond = (one: Policy, other: Policy): Beyond => ({
    parts: parts.filter((part) => one.parts.includes(part) && !other.parts.includes(part)),
    kinds: kinds.filter((kind) => one.kinds.includes(kind) && !other.kinds.includes(kind)),
    confidentiality: confidentialities.filter((level) => one.confidentiality.includes(level) && !other.confidentiality.includes(level)),
    sensitivity: sensitivities.filter((group) => one.sensitivity.includes(group) && !other.sensitivity.includes(group)),
    patients: one.patients === 'everyone' || other.patients === 'everyone' ? [] : without(one.patients, other.patients),
    named: without(one.named ?? [], other.named ?? []),
    breakGlass: one.breakGlass === true && other.breakGlass !== true,
  });
  return {
    more: beyond(now, before),
    less: beyond(before, now),
    ...(forEveryone === 1 && { patients: { before: before.patients, now: now.patients } }),
    ...(before.unit !== now.unit && { unit: { before: before.unit, now: now.unit } }),
    ...(before.from !== now.from && { from: { before: before.from, now: now.from } }),
    ...(before.until !== now.until && { until: { before: before.until, now: now.until } }),
  };
}

const without = (some: readonly string[], others: readonly string[]): string[] =>
  [...new Set(some)].filter((one) => !others.includes(one)).sort();

/** A line of a policy. */
export type Line = keyof Policy;

/** The lines of a policy that are changed. */
export function linesOf({ more, less, patients, unit, from, until }: PolicyChange): Line[] {
  const lists = ['parts', 'kinds', 'confidentiality', 'sensitivity', 'patients', 'named'] as const;
  return [
    ...lists.filter((line) => more[line].length + less[line].length > 0 || (line === 'patients' && patients)),
    ...(unit ? (['unit'] as const) : []),
    ...(from ? (['from'] as const) : []),
    ...(until ? (['until'] as const) : []),
    ...(more.breakGlass || less.breakGlass ? (['breakGlass'] as const) : []),
  ];
}

/** Whether nothing differs. */
export const isSamePolicy = (change: PolicyChange): boolean => linesOf(change).length === 0;

/**
 * The change in words: `also opens medications; no longer opens waveforms and names and contact data; until 2027-02-28 instead of
 * 2027-01-31`.
 */
export function changeInWords(change: PolicyChange): string {
  if (isSamePolicy(change)) return 'nothing changes';
  const { more, less, patients, unit, from, until } = change;
  const [also, noLonger] = [more, less].map(wordsOf);
  const first = (day: string) => (day === 'beginning' ? 'from the beginning' : `from ${day}`);
  const whom = (meant: Policy['patients']) => (meant === 'everyone' ? 'everyone' : list(charts(meant)) || 'no patient');
  return [
    ...(also!.length > 0 ? [`also opens ${list(also!)}`] : []),
    ...(noLonger!.length > 0 ? [`no longer opens ${list(noLonger!)}`] : []),
    ...(patients ? [`of ${whom(patients.now)} instead of ${whom(patients.before)}`] : []),
    ...(unit ? [unitInWords(unit)] : []),
    ...(from ? [`${first(from.now)} instead of ${first(from.before)}`] : []),
    ...(until ? [`until ${until.now} instead of ${until.before}`] : []),
    ...(more.breakGlass ? ['may break the glass now'] : []),
    ...(less.breakGlass ? ['may break the glass no more'] : []),
  ].join('; ');
}

const levelWords = { N: 'what has normal confidentiality', R: 'restricted records', V: 'very restricted records' } as const;

function wordsOf({ kinds: named, parts: some, confidentiality, sensitivity, patients, named: byName }: Beyond): string[] {
  return [
    ...named.map((kind) => kind.replaceAll('-', ' ')),
    ...some.map((part) => partWords[part]),
    ...confidentiality.map((level) => levelWords[level]),
    ...sensitivity.map((group) => (group === 'none' ? 'what is not especially sensitive' : group)),
    ...charts(patients),
    ...(byName.length === 0 ? [] : [`${byName.length === 1 ? 'one chart' : `${byName.length} charts`} open to named doctors only`]),
  ];
}

/** `3 patients` and `one team`, of pseudonyms. */
function charts(pseudonyms: readonly string[]): string[] {
  const teams = pseudonyms.filter(isTeam).length;
  const patients = pseudonyms.length - teams;
  return [...(patients > 0 ? [patientsIn(patients)] : []), ...(teams > 0 ? [teamsIn(teams)] : [])];
}

/** Which unit's records instead of which: of another organisation, that alone is said. */
function unitInWords({ before, now }: Change): string {
  const [[organisation], [other]] = [before.split('/'), now.split('/')];
  if (organisation !== other) return 'records of another organisation';
  const within = (unit: string) => (below(unit) === '' ? 'anywhere there' : `in ${below(unit)}`);
  return `what was written ${within(now)} instead of ${within(before)}`;
}
