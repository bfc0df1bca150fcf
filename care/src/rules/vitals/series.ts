/**
 * A person's vital signs as points in time, out of the Observations of any hospital or device.
 *
 * @module
 */
import type { Json, JsonObject } from '../../model/json.ts';
import { own } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { at, codingsIn, isVoid, loinc, numberIn, objectsIn, textIn } from '../chart/fhir.ts';
import { whenIn } from '../chart/when.ts';
import { fromUnit } from './unit.ts';
import { mayBeLaboratory, measureByCode, type VitalName, vitalFacts, vitalNames } from './vitals.ts';
import { daysIn } from './zone.ts';

/** A vital sign measured once. */
export type Point = {
  /** UTC milliseconds. */
  readonly time: number;
  /** In the order and unit of `vitalFacts(vital)`; NaN for a number that was not measured. */
  readonly values: readonly number[];
  /** The device as the record refers to it, or names it. */
  readonly device?: string;
  readonly resourceId?: string;
  /** The true value lies beyond: `<` for a meter that only said "low". */
  readonly comparator?: string;
  /** No living person has this: shown, never counted. */
  readonly implausible?: true;
};

/** What was measured of each vital sign, earliest first. */
export type Series = ReadonlyMap<VitalName, readonly Point[]>;

/**
 * The vital signs in a chart. What was taken back, has no value, no time or no known unit is left out; a reading
 * that two hospitals hold is one. Systolic and diastolic pressures reported apart are joined when time and device
 * agree.
 *
 * @param zone the person's: a reading of a mere day counts at its noon there
 *
 * @example
 * ```ts
 * import { vital } from '@carelet/care/model';
 * import { toObservations } from '@carelet/care/rules/observation';
 * import { readingsOf } from '@carelet/care/rules/vitals/series';
 * const readings = [vital('blood-pressure', Date.UTC(2026, 10, 20, 7, 52), 'cuff-1', [148, 91])];
 * const resources = toObservations(readings, { patient: 'Patient/ada', device: 'Device/cuff-1', strip: 1 });
 * readingsOf(resources, 'Europe/London').get('blood-pressure')?.[0]?.values; // [148, 91]
 * ```
 */
export function readingsOf(resources: Iterable<Resource>, zone: string): Series {
  const series = new Map<VitalName, Point[]>();
  const seen = new Set<string>();
  /** Pressures of one number, waiting for the other, by time and device. */
  const halves = new Map<string, [Taken[], Taken[]]>();
  const add = (vital: VitalName, taken: Taken, values: readonly number[]): void => {
    const key = `${vital}|${taken.time}|${taken.device ?? ''}|${values.join(' ')}`;
    if (seen.has(key)) return;
    seen.add(key);
    const points = series.get(vital);
    if (points) points.push(pointOf(vital, taken, values));
    else series.set(vital, [pointOf(vital, taken, values)]);
  };
  for (const resource of resources) {
    const pair: Taken[] = [];
    for (const { target, taken } of takenIn(resource, zone)) {
      if (target.vital === 'blood-pressure') pair[target.index] ??= taken;
      else add(target.vital, taken, [taken.value]);
    }
    const [systolic, diastolic] = pair;
    const lone = systolic ?? diastolic;
    if (systolic && diastolic) add('blood-pressure', systolic, [systolic.value, diastolic.value]);
    else if (lone) {
      const key = `${lone.time}|${lone.device ?? ''}`;
      const waiting = halves.get(key) ?? [[], []];
      halves.set(key, waiting);
      waiting[systolic ? 0 : 1].push(lone);
    }
  }
  for (const [systolic, diastolic] of halves.values()) {
    for (let i = 0; i < Math.max(systolic.length, diastolic.length); i++) {
      add('blood-pressure', (systolic[i] ?? diastolic[i])!, [systolic[i]?.value ?? Number.NaN, diastolic[i]?.value ?? Number.NaN]);
    }
  }
  for (const points of series.values()) points.sort((a, b) => a.time - b.time);
  return new Map(vitalNames.flatMap((vital) => (series.has(vital) ? [[vital, series.get(vital)!] as const] : [])));
}

/** The vital sign an Observation reports, if it is one of ours. */
export function vitalOf(resource: Resource): VitalName | undefined {
  if (resource.resourceType !== 'Observation') return undefined;
  for (const part of partsOf(resource)) {
    const target = targetOf(part, resource);
    if (target) return target.vital;
  }
  return undefined;
}

type Target = { readonly vital: VitalName; readonly index: number };

/** One number, with what its Observation says of it. */
type Taken = {
  readonly time: number;
  readonly value: number;
  readonly device: string | undefined;
  readonly resourceId: string | undefined;
  readonly comparator: string | undefined;
};

function takenIn(resource: Resource, zone: string): { readonly target: Target; readonly taken: Taken }[] {
  const found: { target: Target; taken: Taken }[] = [];
  if (resource.resourceType !== 'Observation' || isVoid(resource)) return found;
  let time: number | null | undefined;
  for (const part of partsOf(resource)) {
    const target = targetOf(part, resource);
    const quantity = target && quantityIn(part, target.vital);
    if (!quantity) continue;
    time ??= timeOf(resource, zone);
    if (time === null) break;
    const { value, comparator } = quantity;
    found.push({ target, taken: { time, value, comparator, device: deviceOf(resource), resourceId: textIn(own(resource, 'id')) } });
  }
  return found;
}

function pointOf(vital: VitalName, { time, device, resourceId, comparator }: Taken, values: readonly number[]): Point {
  const impossible = vitalFacts(vital).measures.some(({ plausible }, i) => values[i]! < plausible.low || values[i]! > plausible.high);
  return {
    time,
    values,
    ...(device === undefined ? undefined : { device }),
    ...(resourceId === undefined ? undefined : { resourceId }),
    ...(comparator === undefined ? undefined : { comparator }),
    // NaN is neither: a pressure of one number is not implausible for lack of the other.
    ...(impossible || values[1]! >= values[0]! ? { implausible: true as const } : undefined),
  };
}

const partsOf = (resource: Resource): readonly JsonObject[] =>
  own(resource, 'component') === undefined ? [resource] : [resource, ...objectsIn(own(resource, 'component'))];

function targetOf(part: JsonObject, resource: Resource): Target | undefined {
  for (const { system, code } of codingsIn(own(part, 'code'))) {
    if (system !== loinc) continue;
    const target = measureByCode.get(code);
    if (!target) continue;
    const laboratory = mayBeLaboratory.has(code) && codingsIn(own(resource, 'category')).some((category) => category.code === 'laboratory');
    if (!laboratory) return target;
  }
  return undefined;
}

function quantityIn(part: JsonObject, vital: VitalName): { readonly value: number; readonly comparator: string | undefined } | undefined {
  if (own(part, 'dataAbsentReason') !== undefined) return undefined;
  const quantity = own(part, 'valueQuantity');
  const number = numberIn(at(quantity, 'value')) ?? numberIn(own(part, 'valueInteger'));
  if (number === undefined) return undefined;
  const [code, unit] = [at(quantity, 'code'), at(quantity, 'unit')];
  // The code may be of another system than UCUM; then the unit is what people write.
  const value =
    inUnit(vital, number, code) ??
    inUnit(vital, number, unit) ??
    (code === undefined && unit === undefined ? fromUnit(vital, number, '') : undefined);
  return value === undefined ? undefined : { value, comparator: textIn(at(quantity, 'comparator')) };
}

const inUnit = (vital: VitalName, number: number, unit: Json | undefined): number | undefined =>
  typeof unit === 'string' ? fromUnit(vital, number, unit) : undefined;

function deviceOf(resource: Resource): string | undefined {
  const device = own(resource, 'device');
  if (device === undefined) return undefined;
  return textIn(at(device, 'reference')) ?? textIn(at(device, 'display')) ?? textIn(at(device, 'identifier', 'value'));
}

const half = 12 * 3_600_000;

function timeOf(resource: Resource, zone: string): number | null {
  const said =
    own(resource, 'effectiveDateTime') ??
    own(resource, 'effectiveInstant') ??
    at(resource, 'effectivePeriod', 'start') ??
    at(resource, 'effectiveTiming', 'event', 0) ??
    own(resource, 'issued');
  const when = whenIn(said);
  if (when === null) return null;
  if (when.precision === 'instant') return when.start;
  return when.precision === 'day' ? daysIn(zone).startOf(when.start / (2 * half)) + half : null;
}
