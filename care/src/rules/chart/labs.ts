/**
 * Laboratory results: a value, the range it was judged by, and where it stands.
 *
 * The laboratory's own word (high, low, critical) goes before our comparison: it knew age, sex and method. Only
 * where it said nothing is the value compared with the range it gave; nothing is compared across units.
 *
 * @module
 */
import { type Json, type JsonObject, own } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { categoryOf } from '../records/kind.ts';
import { vitalOf } from '../vitals/series.ts';
import { at, type Coding, codingsIn, idIn, isVoid, loinc, objectsIn, textIn, wordsIn } from './fhir.ts';
import { type Quantity, quantityIn, type Value, valueIn } from './value.ts';
import { type When, whenIn } from './when.ts';

export type LabStanding = 'below' | 'within' | 'above' | 'unknown';

export type LabResult = {
  readonly id?: string;
  /** LOINC, where it has one. */
  readonly code?: Coding;
  /** As the record says it. */
  readonly title: string | null;
  readonly when: When | null;
  /** Absent for a panel, and for what was not measured. */
  readonly value?: Value;
  readonly range?: { readonly low?: Quantity; readonly high?: Quantity; readonly text?: string };
  /** HL7 v3 ObservationInterpretation: `H`, `LL`, `A`, … */
  readonly interpretation?: string;
  readonly standing: LabStanding;
  /** The laboratory calls it critical, or a panic value. */
  readonly critical: boolean;
  /** What a panel in one Observation holds. */
  readonly parts: readonly LabResult[];
};

/** Is this a laboratory's result, and not a vital sign filed there? */
export const isLab = (resource: Resource): boolean =>
  resource.resourceType === 'Observation' && categoryOf(resource).kind === 'laboratory' && vitalOf(resource) === undefined;

/** The laboratory results of a chart, newest first; what was taken back is left out. */
export function labsOf(resources: Iterable<Resource>): readonly LabResult[] {
  const results: LabResult[] = [];
  for (const resource of resources) if (isLab(resource) && !isVoid(resource)) results.push(labOf(resource));
  return results.sort((a, b) => startOf(b) - startOf(a));
}

/**
 * One Observation as a result.
 *
 * @example
 * ```ts
 * import { labOf } from '@carelet/care/rules/chart/labs';
 * labOf({
 *   resourceType: 'Observation',
 *   code: { text: 'Potassium' },
 *   valueQuantity: { value: 5.4, unit: 'mmol/L' },
 *   referenceRange: [{ low: { value: 3.5, unit: 'mmol/L' }, high: { value: 5.1, unit: 'mmol/L' } }],
 * }).standing; // 'above'
 * ```
 */
export function labOf(observation: Resource): LabResult {
  const id = textIn(own(observation, 'id'));
  const when = whenIn(own(observation, 'effectiveDateTime')) ?? whenIn(at(observation, 'effectivePeriod', 'start'));
  const moment = when ?? whenIn(own(observation, 'effectiveInstant')) ?? whenIn(own(observation, 'issued'));
  return { ...(id === undefined ? {} : { id }), ...resultOf(observation, moment) };
}

/** Earlier and later results of the same test in the same unit, earliest first: what one line of a chart may join. */
export function historyOf(results: Iterable<LabResult>, of: LabResult): readonly LabResult[] {
  const key = testOf(of);
  if (key === undefined) return [];
  const same: LabResult[] = [];
  const visit = (result: LabResult): void => {
    if (testOf(result) === key && result.when) same.push(result);
    result.parts.forEach(visit);
  };
  for (const result of results) visit(result);
  return same.sort((a, b) => startOf(a) - startOf(b));
}

export type Panel = {
  readonly id?: string;
  readonly title: string | null;
  readonly when: When | null;
  readonly conclusion?: string;
  /** In the order of the report. */
  readonly results: readonly LabResult[];
  /** Results the report names that are not in the chart, or not shared with this reader. */
  readonly missing: number;
};

/** Reports and panels of Observations with the results they hold, newest first. */
export function panelsOf(resources: Iterable<Resource>): readonly Panel[] {
  const observations = new Map<string, Resource>();
  const holders: Resource[] = [];
  for (const resource of resources) {
    if (isVoid(resource)) continue;
    const id = textIn(own(resource, 'id'));
    if (resource.resourceType === 'Observation' && id !== undefined) observations.set(id, resource);
    if (membersOf(resource).length > 0) holders.push(resource);
  }
  return holders
    .map((holder) => {
      const members = membersOf(holder);
      const results = members.flatMap((reference) => observations.get(idIn(reference) ?? '') ?? []).map(labOf);
      const { id, title, when } = labOf(holder);
      const conclusion = textIn(own(holder, 'conclusion'));
      return {
        ...(id === undefined ? {} : { id }),
        title,
        when,
        ...(conclusion === undefined ? {} : { conclusion }),
        results,
        missing: members.length - results.length,
      };
    })
    .sort((a, b) => startOf(b) - startOf(a));
}

/** The results a report or a panel of Observations refers to. */
export function membersOf(resource: Resource): readonly JsonObject[] {
  if (resource.resourceType === 'DiagnosticReport') return objectsIn(own(resource, 'result'));
  return resource.resourceType === 'Observation' ? objectsIn(own(resource, 'hasMember')) : [];
}

/** The day before time began, for what has none: last of the newest. */
const startOf = ({ when }: { readonly when: When | null }): number => when?.start ?? Number.NEGATIVE_INFINITY;

function testOf({ code, value }: LabResult): string | undefined {
  if (code === undefined || value?.kind !== 'quantity') return undefined;
  return `${code.system ?? ''}|${code.code}|${value.quantity.ucum ?? value.quantity.unit ?? ''}`;
}

function resultOf(part: JsonObject, when: When | null): LabResult {
  const codings = codingsIn(own(part, 'code'));
  const code = codings.find(({ system }) => system === loinc) ?? codings[0];
  const value = own(part, 'dataAbsentReason') === undefined ? valueIn(part) : undefined;
  const range = rangeOf(own(part, 'referenceRange'));
  const interpretation = codingsIn(own(part, 'interpretation'))[0]?.code;
  return {
    ...(code === undefined ? {} : { code }),
    title: wordsIn(own(part, 'code')) ?? null,
    when,
    ...(value === undefined ? {} : { value }),
    ...(range === undefined ? {} : { range }),
    ...(interpretation === undefined ? {} : { interpretation }),
    standing: (interpretation === undefined ? undefined : said[interpretation]) ?? compared(value, range),
    critical: interpretation !== undefined && critical.has(interpretation),
    parts: objectsIn(own(part, 'component')).map((component) => resultOf(component, when)),
  };
}

/** http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation, as far as it says a side. */
const said: Readonly<Partial<Record<string, LabStanding>>> = {
  N: 'within',
  L: 'below',
  LL: 'below',
  LU: 'below',
  LX: 'below',
  '<': 'below',
  H: 'above',
  HH: 'above',
  HU: 'above',
  HX: 'above',
  '>': 'above',
};
const critical: ReadonlySet<string> = new Set(['LL', 'HH', 'AA']);

/** The normal range. Of several (for age, for sex) nobody here may choose, so only their words are kept. */
function rangeOf(value: Json | undefined): LabResult['range'] {
  const ranges = objectsIn(value).filter((range) => {
    const types = codingsIn(own(range, 'type'));
    return types.length === 0 || types.some(({ code }) => code === 'normal');
  });
  const text = ranges.map((range) => textIn(own(range, 'text'))).find((one) => one !== undefined);
  const [low, high] = ranges.length === 1 ? [quantityIn(own(ranges[0]!, 'low')), quantityIn(own(ranges[0]!, 'high'))] : [];
  if (!low && !high && text === undefined) return undefined;
  return { ...(low ? { low } : {}), ...(high ? { high } : {}), ...(text === undefined ? {} : { text }) };
}

function compared(value: Value | undefined, range: LabResult['range']): LabStanding {
  if (value?.kind !== 'quantity' || !range || (!range.low && !range.high)) return 'unknown';
  const { value: number, comparator, ...own } = value.quantity;
  if ([range.low, range.high].some((bound) => bound && !sameUnit(own, bound))) return 'unknown';
  const [low, high] = [range.low?.value ?? Number.NEGATIVE_INFINITY, range.high?.value ?? Number.POSITIVE_INFINITY];
  // `< 20` lies somewhere below 20: it is below, or within, only where all of that is.
  if (comparator === '<' || comparator === '<=') return number <= low ? 'below' : !range.low && number <= high ? 'within' : 'unknown';
  if (comparator === '>' || comparator === '>=') return number >= high ? 'above' : !range.high && number >= low ? 'within' : 'unknown';
  return number < low ? 'below' : number > high ? 'above' : 'within';
}

/** A bound without a unit is meant in the value's. */
const sameUnit = (value: { readonly unit?: string; readonly ucum?: string }, bound: Quantity): boolean =>
  bound.unit === undefined || bound.unit === value.unit || (bound.ucum !== undefined && bound.ucum === value.ucum);
