/**
 * The days of the demo town: invented lives as FHIR R4, one bundle for each patient at each organisation that
 * knows her.
 *
 * A life depends on its seed and on the clock it is given, on nothing else: the same two give the same bytes.
 * Dense data (visits, readings) lies between `from` and `to`; history (conditions, operations, vaccinations,
 * prescriptions that began long ago) reaches further back; nothing lies after `to`.
 *
 * @module
 */
import { type OrganisationSlug, type Patient, type PatientSlug, patientOf, patients } from '../cast.ts';
import { calendarOf, day } from './calendar.ts';
import { chanceOf } from './chance.ts';
import { type Chart, chartOf } from './chart.ts';
import type { Bundle } from './fhir.ts';
import { ada } from './stories/ada.ts';
import { ben } from './stories/ben.ts';
import { layla } from './stories/layla.ts';
import { maria } from './stories/maria.ts';
import { siobhan } from './stories/siobhan.ts';
import { zoe } from './stories/zoe.ts';
import type { Story } from './story.ts';

export { type Bundle, bundleOf, type Entry, type JsonObject, print, type Reference, type Resource } from './fhir.ts';
export { many } from './many.ts';
export { type Planted, words } from './words.ts';

const stories: Readonly<Record<PatientSlug, Story>> = { ada, ben, zoe, siobhan, layla, maria };

/** Everything `organisation` knows of `patient`. */
export type LifeAt = { readonly patient: PatientSlug; readonly organisation: OrganisationSlug; readonly bundle: Bundle };

/** How a life is told: `to` is now, `from` where the dense part begins, a year before unless said. */
export type Span = { readonly seed: string; readonly from?: Date; readonly to: Date };

/**
 * One patient's life: a bundle for each organisation that knows her.
 *
 * @throws CareletError `missing` when nobody of that slug lives in the town
 * @throws RangeError when the span is not one (see `calendarOf`)
 * @example
 * ```ts
 * import { lifeOf, print } from '@carelet/testbed/days/index';
 * const [first] = lifeOf('ada', { seed: 'town', to: new Date('2026-11-20T09:41:00Z') });
 * first?.organisation; // 'northgate'
 * print(first!.bundle).includes('Marlow'); // true
 * ```
 */
export function lifeOf(patient: Patient | PatientSlug, { seed, from, to }: Span): readonly LifeAt[] {
  const person = typeof patient === 'string' ? patientOf(patient) : patient;
  const time = calendarOf(from ?? new Date(to.getTime() - 365 * day), to);
  const chance = chanceOf(`${seed}|${person.slug}`);
  const charts = new Map<OrganisationSlug, Chart>();
  const chart = (slug: OrganisationSlug): Chart => {
    const open = charts.get(slug) ?? chartOf(seed, person, slug, time, chance);
    charts.set(slug, open);
    return open;
  };
  stories[person.slug]({ person, time, chance, chart });
  return Array.from(charts, ([organisation, { bundle }]) => ({ patient: person.slug, organisation, bundle: bundle() }));
}

/** The lives of everybody in the town, patient after patient. */
export function* lives(span: Span): Generator<LifeAt> {
  for (const person of patients) yield* lifeOf(person, span);
}
