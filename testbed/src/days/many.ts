/**
 * Many records for benchmarks: as many as asked for, made one at a time.
 *
 * @module
 */
import { wandering } from './body.ts';
import { dateTime, hour, type Moment } from './calendar.ts';
import { chanceOf, uuidOf } from './chance.ts';
import { concept, quantity, type Resource, refer, systems } from './fhir.ts';

/** The moment these readings end, unless another is given: Friday 20 November 2026, 09:00. */
const until = Date.UTC(2026, 10, 20, 9);

const vitals = [
  ['8867-4', 'Heart rate', '/min', 72, 5, 0],
  ['59408-5', 'Oxygen saturation in Arterial blood by Pulse oximetry', '%', 96.5, 0.8, 0],
  ['8310-5', 'Body temperature', 'Cel', 36.7, 0.2, 1],
  ['29463-7', 'Body weight', 'kg', 74, 0.6, 2],
] as const;

/**
 * `n` resources, nothing kept in memory: a Patient, then his Observations, then the next.
 *
 * @param n how many in all, patients included
 * @param options `perPatient` resources (1,000 unless said), the patient among them; `to`, the time of the last reading
 * @example
 * ```ts
 * import { many } from '@carelet/testbed/days/index';
 * let count = 0;
 * for (const resource of many(2500, 'bench')) if (resource.resourceType === 'Patient') count++;
 * count; // 3
 * ```
 */
export function* many(n: number, seed: string, options: { readonly perPatient?: number; readonly to?: Date } = {}): Generator<Resource> {
  const { perPatient = 1000, to } = options;
  if (!Number.isSafeInteger(n) || n < 0) throw new RangeError('Cannot make many: n is a whole number from 0');
  if (!Number.isSafeInteger(perPatient) || perPatient < 2) throw new RangeError('Cannot make many: a patient has at least two resources');
  const end = to?.getTime() ?? until;
  for (let first = 0; first < n; first += perPatient) {
    yield* oneOfMany(seed, first / perPatient, Math.min(perPatient, n - first), end);
  }
}

function* oneOfMany(seed: string, number: number, count: number, end: Moment): Generator<Resource> {
  const name = `many-${number}`;
  const id = uuidOf(seed, name);
  const chance = chanceOf(`${seed}|${name}`);
  yield {
    resourceType: 'Patient',
    id,
    identifier: [{ system: 'https://many.example/id/record', value: `M-${String(number + 1).padStart(6, '0')}` }],
    name: [{ family: `Fields-${number + 1}`, given: [chance.pick(['Alex', 'Robin', 'Kim', 'Sasha', 'Noor', 'Chris'])] }],
    gender: chance.pick(['female', 'male']),
    birthDate: `${chance.whole(1940, 2005)}-0${chance.whole(1, 9)}-1${chance.whole(0, 9)}`,
  };
  const series = vitals.map(([code, , , , deviation]) => wandering(chance.fork(code), deviation));
  for (let index = 1; index < count; index++) {
    const which = index % vitals.length;
    const [code, display, unit, mean, , digits] = vitals[which]!;
    yield {
      resourceType: 'Observation',
      id: uuidOf(seed, name, String(index)),
      status: 'final',
      category: [concept(systems.terminology('observation-category'), 'vital-signs', 'Vital Signs')],
      code: concept(systems.loinc, code, display),
      subject: refer(id),
      effectiveDateTime: dateTime(end - (count - 1 - index) * hour),
      valueQuantity: quantity(mean + series[which]!(), unit, unit, digits),
    };
  }
}
