/**
 * Who and where, as resources: the patient as one organisation knows her, its staff, itself.
 *
 * @module
 */
import { type Address, type Colleague, type Doctor, fullName, type Name, type Organisation, type Patient } from '../cast.ts';
import { concept, type JsonObject, type Reference, type Resource, systems } from './fhir.ts';

/** The identifier systems that name a person in the whole country. */
export const identifierSystems = {
  nationalId: 'https://health.example/id/national',
  insurance: 'https://health.example/id/insurance',
  certificate: 'https://medical-board.example/certificate',
  record: (place: Organisation): string => `${place.site}/id/record`,
} as const;

const kindOfId = (code: string, display: string): JsonObject => concept(systems.terminology('v2-0203'), code, display);

const humanName = (name: Name, use: 'official' | 'usual'): JsonObject => ({
  use,
  text: fullName(name),
  family: name.family,
  given: name.given,
  ...(name.prefix === undefined ? {} : { prefix: [name.prefix] }),
});

const postal = (address: Address): JsonObject => ({
  use: 'home',
  line: address.lines,
  city: address.city,
  postalCode: address.postcode,
  country: address.country,
});

const maritalWords = { M: 'Married', S: 'Never Married', W: 'Widowed', U: 'unmarried' } as const;
const relations = { child: 'Child', partner: 'Partner', parent: 'Parent', sibling: 'Sibling' } as const;
const relationCodes = { child: 'CHILD', partner: 'DOMPART', parent: 'PRN', sibling: 'SIB' } as const;
const languages: Readonly<Record<string, string>> = { en: 'English', sv: 'Swedish', ar: 'Arabic', es: 'Spanish' };

/** The name a place knows a person by. Larkfield's computer takes plain Latin letters only. */
export const nameAt = (person: Patient, place: Organisation): Name =>
  place.slug === 'larkfield' ? (person.alias ?? person.name) : person.name;

/** The patient under this organisation's own record number. */
export function patientResource(id: string, person: Patient, place: Organisation, organisation: Reference): Resource {
  const known = nameAt(person, place);
  const other = person.alias === undefined || known === person.alias ? [] : [humanName(person.alias, 'usual')];
  return {
    resourceType: 'Patient',
    id,
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${escaped(fullName(known))}, born ${person.born}</div>` },
    identifier: [
      {
        use: 'usual',
        type: kindOfId('MR', 'Medical record number'),
        system: identifierSystems.record(place),
        value: person.records[place.slug]!,
      },
      {
        use: 'official',
        type: kindOfId('NI', 'National unique individual identifier'),
        system: identifierSystems.nationalId,
        value: person.nationalId,
      },
      { type: kindOfId('MB', 'Member Number'), system: identifierSystems.insurance, value: person.insurance },
    ],
    active: true,
    name: [humanName(known, 'official'), ...other],
    telecom: [
      { system: 'phone', value: person.phone, use: 'mobile', rank: 1 },
      ...(person.email === undefined ? [] : [{ system: 'email', value: person.email, use: 'home' }]),
    ],
    gender: person.sex,
    birthDate: person.born,
    deceasedBoolean: false,
    address: [postal(person.address)],
    maritalStatus: concept(systems.terminology('v3-MaritalStatus'), person.marital, maritalWords[person.marital]),
    multipleBirthBoolean: false,
    contact: [
      {
        relationship: [
          concept(systems.terminology('v3-RoleCode'), relationCodes[person.contact.relation], relations[person.contact.relation]),
        ],
        name: humanName(person.contact.name, 'usual'),
        telecom: [{ system: 'phone', value: person.contact.phone, use: 'mobile' }],
      },
    ],
    communication: [{ language: concept('urn:ietf:bcp:47', person.language, languages[person.language]!), preferred: true }],
    managingOrganization: organisation,
  };
}

/** A doctor with her certificate; the same resource in every chart of her organisation. */
export function practitionerResource(id: string, who: Doctor | Colleague, place: Organisation): Resource {
  return {
    resourceType: 'Practitioner',
    id,
    identifier: [{ system: identifierSystems.certificate, value: who.certificate.number }],
    active: true,
    name: [humanName(who.name, 'official')],
    telecom: [{ system: 'email', value: `${who.slug}@${new URL(place.site).hostname}`, use: 'work' }],
    gender: who.sex,
    qualification: [
      {
        identifier: [{ system: identifierSystems.certificate, value: who.certificate.number }],
        code: concept(systems.snomed, who.specialty.code, who.specialty.display),
        period: { start: who.certificate.since, end: who.certificate.until },
        issuer: { display: 'Medical board' },
      },
    ],
  };
}

export function organisationResource(id: string, place: Organisation): Resource {
  return {
    resourceType: 'Organization',
    id,
    identifier: [{ system: 'https://health.example/id/organisation', value: place.slug }],
    active: true,
    type: [concept(systems.terminology('organization-type'), 'prov', 'Healthcare Provider')],
    name: place.name,
    telecom: [
      { system: 'phone', value: place.phone, use: 'work' },
      { system: 'url', value: place.site },
    ],
    address: [{ ...postal(place.address), use: 'work' }],
  };
}

const escaped = (text: string): string => text.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`);
