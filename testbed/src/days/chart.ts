/**
 * A chart being written: one patient at one organisation.
 *
 * Stories add resources to it; at the end it becomes a bundle in which every reference resolves. Ids come from
 * names inside the chart, so the same seed gives the same ids and a second import makes no second record.
 *
 * @module
 */
import { clinicianOf, fullName, type Organisation, type OrganisationSlug, organisationOf, type Patient } from '../cast.ts';
import type { Calendar } from './calendar.ts';
import { type Chance, uuidOf } from './chance.ts';
import { type Bundle, bundleOf, type JsonObject, type Reference, type Resource, refer, systems } from './fhir.ts';
import { organisationResource, patientResource, practitionerResource } from './people.ts';

/** What a chart can be labelled with beyond the ordinary. */
export type Privacy = 'HIV' | 'PSY' | 'PSY-notes';

export type Labelled = { readonly resource: Resource; readonly privacy: Privacy | undefined };

export type Chart = {
  readonly place: Organisation;
  readonly person: Patient;
  readonly time: Calendar;
  readonly chance: Chance;
  /** The patient, as this organisation knows her. */
  readonly patient: Reference;
  readonly organisation: Reference;
  /** Somebody who works here, by slug. */
  by(slug: string): Reference;
  /** Adds a resource under a name that is new in this chart for its type. */
  add(resourceType: string, name: string, body: JsonObject, privacy?: Privacy): Reference;
  /** What was added so far of a type, in order, with its label. */
  all(resourceType: string): readonly Labelled[];
  /** Something to write when everything else has been. */
  atEnd(write: () => void): void;
  bundle(): Bundle;
};

/**
 * @throws CareletError `missing` when the organisation does not know the patient
 */
export function chartOf(seed: string, person: Patient, slug: OrganisationSlug, time: Calendar, chance: Chance): Chart {
  const place = organisationOf(slug);
  const organisationId = uuidOf(seed, slug, 'Organization');
  const patientId = uuidOf(seed, slug, 'Patient', person.slug);
  const organisation = refer(organisationId, place.name);
  const staff = new Map<string, Resource>();
  const records: Labelled[] = [];
  const last: (() => void)[] = [];
  const names = new Set<string>();
  const patient = patientResource(patientId, person, place, organisation);
  return {
    place,
    person,
    time,
    chance: chance.fork(slug),
    patient: refer(patientId),
    organisation,
    by(clinician) {
      const who = clinicianOf(clinician);
      if (who.organisation !== slug) throw new RangeError(`${clinician} does not work at ${slug}`);
      const id = uuidOf(seed, slug, 'Practitioner', clinician);
      if (!staff.has(clinician)) staff.set(clinician, practitionerResource(id, who, place));
      return refer(id, fullName(who.name));
    },
    add(resourceType, name, body, privacy) {
      if (names.has(`${resourceType}/${name}`)) throw new RangeError(`Two of the name ${resourceType}/${name} in one chart`);
      names.add(`${resourceType}/${name}`);
      const id = uuidOf(seed, slug, resourceType, person.slug, name);
      const meta: JsonObject = privacy === undefined ? {} : { meta: { security: labels(privacy) } };
      records.push({ resource: { resourceType, id, ...meta, ...body }, privacy });
      return refer(id);
    },
    all: (resourceType) => records.filter(({ resource }) => resource.resourceType === resourceType),
    atEnd: (write) => last.push(write),
    bundle() {
      for (const write of last.splice(0)) write();
      const head = [organisationResource(organisationId, place), ...staff.values(), patient];
      return bundleOf(uuidOf(seed, slug, 'Bundle', person.slug), [...head, ...records.map(({ resource }) => resource)]);
    },
  };
}

/** Security labels as HL7 writes them: how private, and why. */
function labels(privacy: Privacy): readonly JsonObject[] {
  const [code, sensitivity] =
    privacy === 'HIV' ? ['HIV', 'HIV/AIDS information sensitivity'] : ['PSY', 'psychiatry disorder information sensitivity'];
  const very = privacy === 'PSY-notes';
  return [
    { system: systems.confidentiality, code: very ? 'V' : 'R', display: very ? 'very restricted' : 'restricted' },
    { system: systems.act, code, display: sensitivity },
  ];
}
