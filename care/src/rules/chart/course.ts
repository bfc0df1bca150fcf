/**
 * A course: from when to when somebody was given or took a medicine, as her records say it.
 *
 * A record that says no beginning or no end is taken at its word: nothing is filled in. What was planned, refused or
 * taken back never ran and is no course.
 *
 * @see https://hl7.org/fhir/R4/medicationrequest.html
 * @see https://hl7.org/fhir/R4/medicationstatement.html
 * @module
 */
import { type Json, own } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { at, codingsIn, objectsIn, textIn } from './fhir.ts';
import { type When, whenIn } from './when.ts';

export type Course = {
  /** What tells one medicine from another, whatever its strength: `http://www.whocc.no/atc|C08CA01`. */
  readonly code: string | null;
  /** `null` where the record does not say. */
  readonly from: When | null;
  readonly end: CourseEnd;
};

export type CourseEnd =
  /** Still given. */
  | { readonly kind: 'open' }
  /** Its last moment, or its last day, month or year. */
  | { readonly kind: 'at'; readonly when: When }
  /** It ended, or may have, and the record does not say when. */
  | { readonly kind: 'unknown' };

/** By type: states in which it runs, and in which it ran once or pauses. In all others it never ran. */
const states: Readonly<Record<string, { readonly runs: readonly string[]; readonly ran: readonly string[] }>> = {
  MedicationRequest: { runs: ['active'], ran: ['completed', 'stopped', 'on-hold', 'unknown'] },
  MedicationStatement: { runs: ['active'], ran: ['completed', 'stopped', 'on-hold', 'unknown'] },
};

/** What somebody thought of giving (R4 `intent`). */
const thoughts = ['proposal', 'plan', 'option'];

/**
 * The course of a prescription or of what a patient says she takes; `null` for anything else.
 *
 * A prescription runs as long as its dosage says, else as long as it may be dispensed, else from when it was written.
 *
 * @param now UTC milliseconds: an end that lies ahead has not come
 * @example
 * ```ts
 * import { courseOf } from '@carelet/care/rules/chart/course';
 * courseOf({
 *   resourceType: 'MedicationStatement',
 *   status: 'completed',
 *   medicationCodeableConcept: { text: 'Ibuprofen 400 mg' },
 *   effectivePeriod: { start: '2026-11-15', end: '2026-11-19' },
 * }, Date.UTC(2026, 10, 20))?.end; // { kind: 'at', when: { start: 1795046400000, precision: 'day' } }
 * ```
 */
export function courseOf(resource: Resource, now: number): Course | null {
  const { resourceType } = resource;
  const known = Object.hasOwn(states, resourceType) ? states[resourceType]! : undefined;
  const status = textIn(own(resource, 'status')) ?? 'unknown';
  const runs = known?.runs.includes(status) === true;
  if (!known || (!runs && !known.ran.includes(status))) return null;
  if (thoughts.includes(textIn(own(resource, 'intent')) ?? '')) return null;
  const { from, until } = resourceType === 'MedicationRequest' ? prescribed(resource) : taken(resource);
  const over = until !== null && until.start <= now;
  const end: CourseEnd = over ? { kind: 'at', when: until } : { kind: runs ? 'open' : 'unknown' };
  return { code: codeIn(resource), from, end };
}

type Written = { readonly from: When | null; readonly until: When | null };

function prescribed(resource: Resource): Written {
  const bounds = at(objectsIn(own(resource, 'dosageInstruction'))[0], 'timing', 'repeat', 'boundsPeriod');
  const validity = at(resource, 'dispenseRequest', 'validityPeriod');
  const first = (name: 'start' | 'end') => whenIn(at(bounds, name)) ?? whenIn(at(validity, name));
  return { from: first('start') ?? whenIn(own(resource, 'authoredOn')), until: first('end') };
}

function taken(resource: Resource): Written {
  const period = own(resource, 'effectivePeriod');
  // A single time says that it was taken then, not when that began or ended.
  return { from: whenIn(at(period, 'start')), until: whenIn(at(period, 'end')) };
}

/** The first code, of a medicine in the record itself or in what it contains. */
function codeIn(resource: Resource): string | null {
  const contained = objectsIn(own(resource, 'contained')).map((one): Json | undefined => own(one, 'code'));
  const [coding] = [own(resource, 'medicationCodeableConcept'), ...contained].flatMap((concept) => codingsIn(concept));
  return coding ? `${coding.system ?? ''}|${coding.code}` : null;
}
