/**
 * When a record happened, for the calendar it is filed under: the start of the clinical time, as fine as it was
 * written. An instant counts on its UTC day; a date is taken as it stands.
 *
 * @module
 */
import { isObject, type Json, own, type Period, type Resource } from '../../model/index.ts';
import { dayOf, spanOf } from './calendar.ts';

/** What somebody is has no date: these hang on `always`, whatever dates they mention. */
const undated = new Set([
  'Patient',
  'Person',
  'RelatedPerson',
  'Practitioner',
  'PractitionerRole',
  'Organization',
  'OrganizationAffiliation',
  'Location',
  'HealthcareService',
  'Endpoint',
  'Group',
  'Device',
  'DeviceMetric',
  'Medication',
  'Substance',
]);

/** Before the general order: where a type's clinical time is elsewhere. */
const first: Readonly<Record<string, readonly string[]>> = {
  DocumentReference: ['context.period.start', 'date'],
  Specimen: ['collection.collectedDateTime', 'collection.collectedPeriod.start', 'receivedTime'],
  ImagingStudy: ['started'],
  MedicationDispense: ['whenHandedOver', 'whenPrepared'],
  Goal: ['startDate', 'statusDate'],
  Appointment: ['start', 'requestedPeriod.0.start'],
  AppointmentResponse: ['start'],
  Communication: ['sent', 'received'],
  Composition: ['event.0.period.start', 'date'],
  Bundle: ['timestamp'],
  Task: ['executionPeriod.start', 'authoredOn'],
  Consent: ['dateTime'],
  QuestionnaireResponse: ['authored'],
  NutritionOrder: ['dateTime'],
};

/** The start of the clinical time, then what comes close. */
const general = [
  'effectiveDateTime',
  'effectivePeriod.start',
  'effectiveInstant',
  'effectiveTiming.event.0',
  'effectivePeriod.end',
  'onsetDateTime',
  'onsetPeriod.start',
  'performedDateTime',
  'performedPeriod.start',
  'performedPeriod.end',
  'servicedDate',
  'servicedPeriod.start',
  'authoredOn',
  'occurrenceDateTime',
  'occurrencePeriod.start',
  'occurrenceTiming.event.0',
  'occurredDateTime',
  'occurredPeriod.start',
  'createdDateTime',
  'createdPeriod.start',
  'identifiedDateTime',
  'identifiedPeriod.start',
  'timingDateTime',
  'timingPeriod.start',
  'recordedDate',
  'period.start',
  'billablePeriod.start',
  'servicePeriod.start',
  'created',
  'date',
  'dateWritten',
  'dateAsserted',
  'issued',
  'recorded',
  'timestamp',
  'period.end',
];

const written = /^(\d{4})(?:-(\d{2})(?:-(\d{2})(?:T(\d{2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?)?)?$/;

/**
 * The node a record hangs on.
 *
 * A date that cannot be is as good as none: the next one counts, and its path is told.
 *
 * @example
 * ```ts
 * import { periodOf } from '@carelet/care/rules/records';
 * periodOf({ resourceType: 'Observation', effectiveDateTime: '2026-11-20T23:30:00-05:00' }).period; // '2026-11-21'
 * periodOf({ resourceType: 'Condition', onsetDateTime: '1998' }).period; // '1998'
 * periodOf({ resourceType: 'Condition', onsetDateTime: '2026-02-30' }); // { period: 'always', impossible: ['Condition.onsetDateTime'] }
 * ```
 */
export function periodOf(resource: Resource): { readonly period: Period; readonly impossible: readonly string[] } {
  const type = resource.resourceType;
  const impossible: string[] = [];
  if (undated.has(type)) return { period: 'always', impossible };
  for (const path of [...(Object.hasOwn(first, type) ? first[type]! : []), ...general]) {
    const value = valueAt(resource, path);
    if (typeof value !== 'string') continue;
    const period = periodOfDate(value);
    if (period !== undefined) return { period, impossible };
    const place = `${type}.${path}`;
    if (!impossible.includes(place)) impossible.push(place);
  }
  return { period: 'always', impossible };
}

/** A FHIR date, dateTime or instant as a period, or undefined if there is no such date between 1800 and 2099. */
export function periodOfDate(date: string): Period | undefined {
  const match = written.exec(date);
  if (!match) return undefined;
  const [, year, month, day, hour, minute, second, zone] = match;
  if (hour === undefined || zone === undefined) {
    if (hour !== undefined && !isTime(hour, minute!, second)) return undefined;
    const period = [year, month, day].filter((piece) => piece !== undefined).join('-');
    return spanOf(period) === undefined ? undefined : period;
  }
  if (spanOf(`${year}-${month}-${day}`) !== 'day' || !isTime(hour, minute!, second)) return undefined;
  // A leap second is in the minute it ends.
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second === '60' ? '59' : (second ?? '00')}${zone}`);
  if (Number.isNaN(instant)) return undefined;
  const utc = dayOf(instant);
  return spanOf(utc) === 'day' ? utc : undefined;
}

const isTime = (hour: string, minute: string, second = '00'): boolean => Number(hour) < 24 && Number(minute) < 60 && Number(second) <= 60;

function valueAt(resource: Resource, path: string): Json | undefined {
  let here: Json | undefined = resource;
  for (const name of path.split('.')) {
    if (Array.isArray(here)) here = here[Number(name)];
    else if (isObject(here)) here = own(here, name);
    else return undefined;
  }
  return here;
}
