/**
 * What a device calls urgent, and until when it may gather more before it seals.
 *
 * A device judges by numbers alone: it has no chart. Its limits come with it, signed by whoever wears it
 * (`client/session/urgency`), and are an adult's unless somebody chose others.
 *
 * [Note: An urgency is health information]
 * A cloudlet reads how urgent a strip is, for it must send it in time. To the cloud nothing is said of it. Who does not
 * want a clinic's box to know either has everything sent `alike`, as monitoring, and gives up that an emergency overtakes.
 *
 * @module
 */
import { CareletError } from '../../model/error.ts';
import type { Reading, VitalReading } from '../../model/reading.ts';
import { unitOf, type VitalSign, vitalSign, vitalSigns } from '../../model/sign.ts';
import type { Urgency } from '../../model/urgency.ts';
import { type Band, glucoseMass, type MeasureFacts, type VitalName, vitalFacts } from '../vitals/vitals.ts';
import { type Bucket, callEmergency, fullBucket } from './bucket.ts';

/** Limits of one number of a vital sign, in the sign's own unit. A side that is absent is open. */
export type UrgencyLimits = {
  /** At or beyond it somebody is called. */
  readonly emergency?: Band;
  /** Outside of it somebody should look soon. */
  readonly usual?: Band;
};

/** How a device tells what is urgent. */
export type UrgencyPolicy =
  /** Everything is monitoring. */
  | { readonly kind: 'alike' }
  /** By limits, one for each number of a sign; a sign that is absent is routine. */
  | { readonly kind: 'limits'; readonly signs: { readonly [S in VitalSign]?: readonly UrgencyLimits[] } };

/** Seconds from the first to the last reading that are sealed together. */
export const gathersFor: Readonly<Record<Urgency, number>> = { emergency: 0, monitoring: 10, routine: 60 };

/**
 * How urgent a reading is.
 *
 * @example
 * ```ts
 * import { vital } from '@carelet/care/model';
 * import { urgencyOf, usualUrgency } from '@carelet/care/rules/relay/urgency';
 * urgencyOf(vital('heart-rate', 0, 'watch-1', [72]), usualUrgency()); // 'routine'
 * urgencyOf(vital('heart-rate', 0, 'watch-1', [141]), usualUrgency()); // 'emergency'
 * ```
 */
export function urgencyOf(reading: Reading, policy: UrgencyPolicy): Urgency {
  if (policy.kind === 'alike') return 'monitoring';
  if (reading.kind !== 'vital') return 'routine';
  const limits = policy.signs[reading.sign];
  if (!limits) return 'routine';
  if (reading.values.some((value, i) => isBeyond(inUnit(reading, value), limits[i]?.emergency))) return 'emergency';
  return reading.values.some((value, i) => isOutside(inUnit(reading, value), limits[i]?.usual)) ? 'monitoring' : 'routine';
}

/**
 * Judges readings as they come. More emergencies than a device may call (`bucket`) are monitoring: who is ill for hours is
 * seen at once and watched from then on.
 */
export function judge(policy: UrgencyPolicy): (reading: Reading) => Urgency {
  let bucket: Bucket | undefined;
  return (reading) => {
    const urgency = urgencyOf(reading, policy);
    if (urgency !== 'emergency') return urgency;
    const called = callEmergency(bucket ?? fullBucket(reading.at), reading.at);
    bucket = called.bucket;
    return called.granted ? urgency : 'monitoring';
  };
}

/** An adult's limits: where `rules/vitals` calls a nurse, and where it says that something is out of the ordinary. */
export function usualUrgency(): UrgencyPolicy {
  const signs: { [S in VitalSign]?: UrgencyLimits[] } = {};
  for (const [sign, vital] of judged) {
    const factor = vital === 'glucose' ? glucoseMass : 1;
    signs[sign] = vitalFacts(vital).measures.map((measure) => limitsOf(measure, factor, vitalSign(sign).scale));
  }
  return { kind: 'limits', signs };
}

/** The signs that have limits, and what a chart calls them. */
const judged: readonly (readonly [VitalSign, VitalName])[] = [
  ['blood-pressure', 'blood-pressure'],
  ['heart-rate', 'heart-rate'],
  ['oxygen-saturation', 'oxygen-saturation'],
  ['respiratory-rate', 'respiratory-rate'],
  ['body-temperature', 'body-temperature'],
  ['glucose', 'glucose'],
  ['blood-glucose', 'glucose'],
];

/** A policy as text, always the same for the same policy: what is signed. */
export function urgencyText(policy: UrgencyPolicy): string {
  if (policy.kind === 'alike') return JSON.stringify({ kind: 'alike' });
  const signs = Object.entries(policy.signs)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([sign, limits]) => [sign, limits.map(({ emergency, usual }) => [bandText(emergency), bandText(usual)])]);
  return JSON.stringify({ kind: 'limits', signs });
}

/**
 * Reads what `urgencyText` wrote.
 *
 * @throws {CareletError} `invalid` for any other text, and for a policy that no device could follow
 */
export function parseUrgency(text: string): UrgencyPolicy {
  const policy = read(text);
  if (!policy || urgencyText(policy) !== text) throw refusal('it is not written as one');
  return checkUrgency(policy);
}

/**
 * The policy itself, if a device can follow it.
 *
 * @throws {CareletError} `invalid`, saying what is wrong
 */
export function checkUrgency(policy: UrgencyPolicy): UrgencyPolicy {
  if (policy.kind === 'alike') return policy;
  for (const [sign, limits] of Object.entries(policy.signs)) {
    if (!Object.hasOwn(vitalSigns, sign)) throw refusal(`there is no vital sign ${sign}`);
    const { measures } = vitalSign(sign as VitalSign);
    const least = measures.filter(({ optional }) => !optional).length;
    if (limits.length < least || limits.length > measures.length) throw refusal(`${sign} has limits for each of its numbers`);
    for (const { emergency = {}, usual = {} } of limits) {
      for (const { low, high } of [emergency, usual]) {
        for (const side of [low, high]) if (side !== undefined && !Number.isFinite(side)) throw refusal(`a limit of ${sign} is no number`);
        if (low !== undefined && high !== undefined && low >= high) throw refusal(`the lower limit of ${sign} is not below the upper one`);
      }
    }
  }
  return policy;
}

/** In the sign's own unit, to the digits in which limits are given: 95 °F is 35.0 °C. */
function inUnit({ sign, scale, unit }: VitalReading, value: number): number {
  const { factor, zero } = unitOf(sign, unit)!;
  return rounded((value / 10 ** scale - zero) * factor, vitalSign(sign).scale);
}

const isBeyond = (value: number, { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: Band = {}): boolean =>
  value <= low || value >= high;

const isOutside = (value: number, { low = Number.NEGATIVE_INFINITY, high = Number.POSITIVE_INFINITY }: Band = {}): boolean =>
  value < low || value > high;

function limitsOf({ danger, reference, onlyLow }: MeasureFacts, factor: number, scale: number): UrgencyLimits {
  const converted = ({ low, high }: Band): Band => ({
    ...(low !== undefined && { low: rounded(low * factor, scale) }),
    ...(high !== undefined && !onlyLow && { high: rounded(high * factor, scale) }),
  });
  return { ...(danger && { emergency: converted(danger) }), ...(reference && { usual: converted(reference) }) };
}

const rounded = (value: number, scale: number): number => Math.round(value * 10 ** scale) / 10 ** scale;

const bandText = (band: Band | undefined): readonly (number | null)[] | null => (band ? [band.low ?? null, band.high ?? null] : null);

function read(text: string): UrgencyPolicy | null {
  try {
    const { kind, signs } = JSON.parse(text) as { kind: unknown; signs?: [string, [Written, Written][]][] };
    if (kind === 'alike') return { kind };
    if (kind !== 'limits' || !Array.isArray(signs)) return null;
    const named = signs.map(([sign, limits]) => [
      sign,
      limits.map(([emergency, usual]) => ({
        ...(emergency && { emergency: bandOf(emergency) }),
        ...(usual && { usual: bandOf(usual) }),
      })),
    ]);
    return { kind, signs: Object.fromEntries(named) };
  } catch {
    return null;
  }
}

type Written = readonly [number | null, number | null] | null;

const bandOf = ([low, high]: readonly [number | null, number | null]): Band => ({
  ...(low !== null && { low }),
  ...(high !== null && { high }),
});

const refusal = (because: string) => new CareletError('invalid', 'read urgency policy', { because });
