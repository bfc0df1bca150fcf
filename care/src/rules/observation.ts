/**
 * A reading, opened: one FHIR R4 Observation.
 *
 * What has no code here has its name as text, its number with the unit as it was printed, and no coding at all: a
 * reader sees that nobody has said what it means.
 *
 * Fixed-point integers become decimals with all their digits (37.0 stays 37.0). Samples stay the integers of the
 * converter, in `SampledData.data`, one for one; the physical value follows as FHIR says,
 * `data * factor + origin`, with `factor = 1 / gain` and `origin = -baseline / gain`: record 100 of MIT-BIH, with
 * 200 counts a millivolt and 1024 for zero, has factor 0.005 and origin -5.12, and its first count 995 is
 * -0.145 mV. A count that means that nothing was measured is written `E`, FHIR's word for it. Where 1 / gain has no
 * end (7247 counts a millivolt) factor and origin are the nearest doubles; the counts are exact all the same.
 *
 * @module
 */
import { type JsonObject, LosslessNumber } from '../model/json.ts';
import {
  decimal,
  duration,
  type Lead,
  type OtherReading,
  type Reading,
  type VitalReading,
  type WaveformReading,
} from '../model/reading.ts';
import type { Resource } from '../model/resource.ts';
import { unitOf, vitalSign } from '../model/sign.ts';
import { readingId } from './strip/id.ts';

/** Whose readings they are, and of which strip. */
export type Opened = {
  /** FHIR reference of the patient: `Patient/ada`. */
  readonly patient: string;
  /** FHIR reference of the device: `Device/watch-1`. */
  readonly device: string;
  /** The number of the strip, as the device counts. */
  readonly strip: number;
};

const loinc = 'http://loinc.org';
const ucum = 'http://unitsofmeasure.org';
/** IEEE 11073-10101, the nomenclature of medical devices. */
const mdc = 'urn:iso:std:iso:11073:10101';

const categories = { 'vital-signs': 'Vital Signs', activity: 'Activity', laboratory: 'Laboratory', procedure: 'Procedure' } as const;

/** Device nomenclature of leads by the names recorders print. */
const leadCodes: ReadonlyMap<string, readonly [code: string, display: string]> = new Map([
  ['I', ['131329', 'MDC_ECG_ELEC_POTL_I']],
  ['II', ['131330', 'MDC_ECG_ELEC_POTL_II']],
  ['III', ['131389', 'MDC_ECG_ELEC_POTL_III']],
  ['AVR', ['131390', 'MDC_ECG_ELEC_POTL_AVR']],
  ['AVL', ['131391', 'MDC_ECG_ELEC_POTL_AVL']],
  ['AVF', ['131392', 'MDC_ECG_ELEC_POTL_AVF']],
  ['V1', ['131331', 'MDC_ECG_ELEC_POTL_V1']],
  ['V2', ['131332', 'MDC_ECG_ELEC_POTL_V2']],
  ['V3', ['131333', 'MDC_ECG_ELEC_POTL_V3']],
  ['V4', ['131334', 'MDC_ECG_ELEC_POTL_V4']],
  ['V5', ['131335', 'MDC_ECG_ELEC_POTL_V5']],
  ['V6', ['131336', 'MDC_ECG_ELEC_POTL_V6']],
  ['V', ['131415', 'MDC_ECG_ELEC_POTL_V']],
  ['ABP', ['150036', 'MDC_PRESS_BLD_ART_ABP']],
  ['PAP', ['150044', 'MDC_PRESS_BLD_ART_PULM']],
  ['PLETH', ['150452', 'MDC_PULS_OXIM_PLETH']],
]);
/** A lead of the heart without a code of its own. */
const someLead = ['131328', 'MDC_ECG_ELEC_POTL'] as const;

/**
 * The Observations of a strip's readings.
 *
 * @param readings as `unpackStrip` gave them: a reading's id is made from its place in that order
 * @returns as many resources, in the same order; opening the same strip again gives the same ids
 *
 * @example
 * ```ts
 * import { vital } from '@carelet/care/model';
 * import { toObservations } from '@carelet/care/rules/observation';
 * const readings = [vital('body-temperature', Date.UTC(2026, 10, 20, 12), 'watch-1', [37])];
 * const [observation] = toObservations(readings, { patient: 'Patient/ada', device: 'Device/watch-1', strip: 7 });
 * observation?.effectiveDateTime; // '2026-11-20T12:00:00.000Z'
 * ```
 */
export function toObservations(readings: readonly Reading[], opened: Opened): Resource[] {
  return readings.map((reading, index) => {
    const id = readingId(reading.device, opened.strip, index);
    if (reading.kind === 'vital') return vitalObservation(reading, id, opened);
    return reading.kind === 'other' ? otherObservation(reading, id, opened) : waveformObservation(reading, id, opened);
  });
}

function vitalObservation(reading: VitalReading, id: string, opened: Opened): Resource {
  const { also, category, measures } = vitalSign(reading.sign);
  const { code, display, ucum: unitCode, unit } = unitOf(reading.sign, reading.unit)!;
  const quantity = (value: number) => ({ value: numeral(decimal(value, reading.scale)), unit, system: ucum, code: unitCode });
  const value: JsonObject =
    measures.length === 1
      ? { valueQuantity: quantity(reading.values[0]!) }
      : { component: reading.values.map((value, i) => ({ code: concept(loinc, measures[i]!), valueQuantity: quantity(value) })) };
  return {
    ...head(id, category),
    code: concept(loinc, { code, display }, ...(also ? [also] : [])),
    subject: { reference: opened.patient },
    ...effective(reading),
    device: { reference: opened.device },
    ...value,
  };
}

function otherObservation(reading: OtherReading, id: string, opened: Opened): Resource {
  const { name, unit, value } = reading;
  return {
    resourceType: 'Observation',
    id,
    status: 'final',
    code: { text: name },
    subject: { reference: opened.patient },
    ...effective(reading),
    device: { reference: opened.device },
    ...(isNumeral(value)
      ? { valueQuantity: { value: numeral(value), ...(unit !== '' && { unit }) } }
      : { valueString: words(value, unit) }),
  };
}

/** FHIR's decimal is JSON's: no leading zeros, no plus, no bare point. */
const isNumeral = (text: string): boolean => text.length <= 32 && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text);

const words = (value: string, unit: string): string => (unit === '' ? value : `${value} ${unit}`);

const effective = ({ at, lasts }: VitalReading | OtherReading): JsonObject =>
  lasts === undefined ? { effectiveDateTime: instant(at) } : { effectivePeriod: { start: instant(at), end: instant(at + lasts) } };

function waveformObservation(reading: WaveformReading, id: string, opened: Opened): Resource {
  const { leads, frequency, at } = reading;
  return {
    ...head(id, 'procedure'),
    code: leads.some(isOfTheHeart) ? concept(loinc, { code: '11524-6', display: 'EKG study' }) : { text: 'Waveforms' },
    subject: { reference: opened.patient },
    effectivePeriod: { start: instant(at), end: instant(at + Math.round(duration(reading))) },
    device: { reference: opened.device },
    component: leads.map((lead) => ({ code: leadConcept(lead), valueSampledData: sampledData(lead, 1000 / frequency) })),
  };
}

/** One shape for one lead and for twelve: a component each, its code saying which. */
function sampledData({ unit, gain, baseline, absent, samples }: Lead, period: number): JsonObject {
  return {
    origin: { value: baseline === 0 ? 0 : -baseline / gain, unit, system: ucum, code: unit },
    period,
    factor: 1 / gain,
    dimensions: 1,
    data: Array.from(samples, (sample) => (sample === absent ? 'E' : String(sample))).join(' '),
  };
}

function head(id: string, category: keyof typeof categories) {
  const coding = { system: 'http://terminology.hl7.org/CodeSystem/observation-category', code: category, display: categories[category] };
  return { resourceType: 'Observation', id, status: 'final', category: [{ coding: [coding] }] } as const;
}

function concept(system: string, ...codes: readonly { readonly code: string; readonly display: string }[]) {
  return { coding: codes.map(({ code, display }) => ({ system, code, display })), text: codes[0]!.display };
}

function leadConcept(lead: Lead): JsonObject {
  const known = leadCodes.get(lead.name.toUpperCase()) ?? (isOfTheHeart(lead) ? someLead : undefined);
  if (known === undefined) return { text: lead.name };
  const [code, display] = known;
  return { coding: [{ system: mdc, code, display }], text: lead.name };
}

/** Limb, augmented and chest leads, their Holter variants (`MLII`, `CM5`), and whatever says ECG. */
const isOfTheHeart = ({ name }: Lead): boolean => /^(M?L?I{1,3}|AV[RLF]|M?V\d?R?|C[CM]\d|.*\bE[CK]G\b.*)$/i.test(name);

/** A JSON number that prints as the text. */
function numeral(text: string): number | LosslessNumber {
  const value = Number(text);
  return String(value) === text ? value : new LosslessNumber(text);
}

const instant = (at: number): string => new Date(at).toISOString();
