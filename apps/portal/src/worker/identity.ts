/**
 * Who a patient is, as far as the open parts of her charts say so.
 *
 * @module
 */
import type { Json, Resource } from '@carelet/care/model';
import { at, codingsIn, objectsIn, textIn } from '@carelet/care/rules/chart/fhir';
import type { Identity } from '../house/patients.ts';
import type { Shown } from './view.ts';

const sexes = ['female', 'male', 'other', 'unknown'] as const;

/**
 * The identity in somebody's records. Where organisations write a name differently, the one of the first chart stands.
 *
 * @param now UTC milliseconds
 */
export function identityOf(records: readonly Shown[], now: number): Identity {
  const patients = records.flatMap(({ entries, place }) =>
    entries.filter(({ resource }) => resource.resourceType === 'Patient').map(({ resource }) => ({ resource, place })),
  );
  const first = <T>(read: (resource: Resource) => T | undefined): T | null => {
    for (const { resource } of patients) {
      const found = read(resource);
      if (found !== undefined) return found;
    }
    return null;
  };
  const born = first(({ birthDate }) => dateIn(birthDate));
  return {
    name: first(nameIn),
    born,
    age: born === null ? null : ageOf(born, now),
    sex: first(({ gender }) => sexes.find((sex) => sex === gender)),
    numbers: patients.flatMap(({ resource, place }) => recordNumbers(resource).map((number) => ({ organisation: place.name, number }))),
  };
}

/** A day, a month or a year as FHIR writes it. What only looks like a date is none: nobody could say it. */
function dateIn(value: Json | undefined): string | undefined {
  const text = textIn(value);
  return text !== undefined && /^\d{4}(-\d{2}){0,2}$/.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** Whole years since a birthday that may be a mere year. */
export function ageOf(born: string, now: number): number | null {
  const birthday = Date.parse(born);
  if (Number.isNaN(birthday)) return null;
  const [then, today] = [new Date(birthday), new Date(now)];
  const before = today.getUTCMonth() - then.getUTCMonth() || today.getUTCDate() - then.getUTCDate();
  const years = today.getUTCFullYear() - then.getUTCFullYear() - (before < 0 ? 1 : 0);
  return years >= 0 ? years : null;
}

/** `Ada Marlow`; the official name before others. */
function nameIn({ name }: Resource): string | undefined {
  const names = objectsIn(name);
  const best = names.find((one) => one.use === 'official') ?? names[0];
  if (!best) return undefined;
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value : [value]).flatMap((one) => textIn(one) ?? []);
  const words = [...texts(best.prefix), ...texts(best.given), ...texts(best.family), ...texts(best.suffix)];
  return textIn(best.text) ?? (words.length > 0 ? words.join(' ') : undefined);
}

/** Record numbers (HL7 v2-0203 `MR`). */
const recordNumbers = ({ identifier }: Resource): string[] =>
  objectsIn(identifier).flatMap((one) => {
    const isRecord = codingsIn(one.type).some(({ code }) => code === 'MR');
    return (isRecord && textIn(at(one, 'value'))) || [];
  });
