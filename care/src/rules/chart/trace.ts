/**
 * Heart traces: SampledData as millivolts.
 *
 * A sample is `data * factor + origin` in the unit of the origin (FHIR R4, SampledData). What has no unit of voltage
 * is no trace of the heart, or none that could be drawn to scale. `E` is no measurement; `L` and `U` are beyond what
 * the converter can count. All three are gaps: a line drawn through them would be invented.
 *
 * @module
 */
import { type JsonObject, own } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { at, codingsIn, isVoid, numberIn, objectsIn, textIn, wordsIn } from './fhir.ts';
import { whenIn } from './when.ts';

export type TraceLead = {
  /** As a doctor calls it: `I`, `aVR`, `V5`; else as the recorder did; null where nobody said. */
  readonly name: string | null;
  readonly samplesPerSecond: number;
  /** NaN where nothing was measured. */
  readonly millivolts: Float64Array;
};

export type HeartTrace = {
  /** UTC milliseconds; null where it is not known to the second. */
  readonly start: number | null;
  readonly leads: readonly TraceLead[];
};

/**
 * The leads of an Observation's SampledData; null where there is none.
 *
 * @example
 * ```ts
 * import { heartTraceOf } from '@carelet/care/rules/chart/trace';
 * const trace = heartTraceOf({
 *   resourceType: 'Observation',
 *   effectiveDateTime: '2026-11-20T07:40:00Z',
 *   code: { text: 'II' },
 *   valueSampledData: { origin: { value: -5.12, code: 'mV' }, period: 4, factor: 0.005, dimensions: 1, data: '1024 E 1044' },
 * });
 * trace?.leads[0]?.samplesPerSecond; // 250
 * ```
 */
export function heartTraceOf(observation: Resource): HeartTrace | null {
  if (observation.resourceType !== 'Observation' || isVoid(observation)) return null;
  const leads = [observation, ...objectsIn(own(observation, 'component'))].flatMap((part) => leadsIn(part));
  if (leads.length === 0) return null;
  const when = whenIn(own(observation, 'effectiveDateTime')) ?? whenIn(at(observation, 'effectivePeriod', 'start'));
  const moment = when ?? whenIn(own(observation, 'effectiveInstant'));
  return { start: moment?.precision === 'instant' ? moment.start : null, leads };
}

const millivoltsPer: Readonly<Partial<Record<string, number>>> = { mV: 1, uV: 0.001, µV: 0.001, V: 1000, nV: 0.000_001 };

/** More than any recorder has. */
const mostLeads = 64;

function leadsIn(part: JsonObject): readonly TraceLead[] {
  const sampled = own(part, 'valueSampledData');
  const [data, period] = [textIn(at(sampled, 'data')), numberIn(at(sampled, 'period'))];
  const scale = millivoltsPer[textIn(at(sampled, 'origin', 'code')) ?? textIn(at(sampled, 'origin', 'unit')) ?? ''];
  const dimensions = numberIn(at(sampled, 'dimensions')) ?? 1;
  if (data === undefined || period === undefined || !(period > 0) || scale === undefined) return [];
  if (!Number.isInteger(dimensions) || dimensions < 1 || dimensions > mostLeads) return [];
  const factor = (numberIn(at(sampled, 'factor')) ?? 1) * scale;
  const origin = (numberIn(at(sampled, 'origin', 'value')) ?? 0) * scale;
  const samples = Float64Array.from(data.trim().split(/\s+/), (sample) =>
    isNumeral.test(sample) ? Number(sample) * factor + origin : Number.NaN,
  );
  const name = nameOf(part);
  return Array.from({ length: dimensions }, (_, lead) => ({
    name: dimensions === 1 ? name : `${name ?? ''} ${lead + 1}`.trim(),
    samplesPerSecond: 1000 / period,
    millivolts: dimensions === 1 ? samples : samples.filter((_, i) => i % dimensions === lead),
  }));
}

const isNumeral = /^-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** IEEE 11073-10101 calls lead II `MDC_ECG_ELEC_POTL_II`, or 131330. */
function nameOf(part: JsonObject): string | null {
  const code = own(part, 'code');
  for (const coding of codingsIn(code)) {
    const name = leadNames.get(coding.code) ?? /^MDC_ECG_(?:ELEC_POTL|LEAD)_(\w+)$/.exec(coding.code)?.[1];
    if (name !== undefined) return name.replace(/^A(?=V[RLF]$)/, 'a');
  }
  return wordsIn(code) ?? null;
}

const leadNames: ReadonlyMap<string, string> = new Map([
  ['131329', 'I'],
  ['131330', 'II'],
  ['131389', 'III'],
  ['131390', 'aVR'],
  ['131391', 'aVL'],
  ['131392', 'aVF'],
  ['131331', 'V1'],
  ['131332', 'V2'],
  ['131333', 'V3'],
  ['131334', 'V4'],
  ['131335', 'V5'],
  ['131336', 'V6'],
]);
