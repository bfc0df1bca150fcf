import { equalJson, isLosslessNumber, isObject, type Json, parseEntry, parseJson } from '@carelet/care/model';
import { categoryOf, merge, partition } from '@carelet/care/rules/records';
import { beforeAll, describe, expect, test } from 'vitest';
import { doctors, type PatientSlug, patientOf, patients } from '../cast.ts';
import { type LifeAt, lifeOf, lives, print, type Resource } from './index.ts';

const to = new Date('2026-11-20T09:41:00Z');
const year = 365 * 86_400_000;
let town: readonly LifeAt[];
let tookMs: number;

beforeAll(() => {
  Array.from(lives({ seed: 'warm', to }));
  const begin = performance.now();
  town = Array.from(lives({ seed: 'town', to }));
  tookMs = performance.now() - begin;
});

const resources = (lifeAt: LifeAt): readonly Resource[] => lifeAt.bundle.entry.map(({ resource }) => resource);

/** Every value below a value, itself included, with its path. */
function* walk(value: Json, path = ''): Generator<readonly [path: string, value: Json]> {
  yield [path, value];
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* walk(item, `${path}[${index}]`);
  else if (isObject(value)) for (const [name, member] of Object.entries(value)) yield* walk(member, `${path}.${name}`);
}

describe('the town', () => {
  test('is told in less than a second', () => {
    expect(tookMs).toBeLessThan(1000);
  });

  test('is the same for the same seed and clock, byte for byte', () => {
    const text = (seed: string, at = to): string => Array.from(lives({ seed, to: at }), ({ bundle }) => print(bundle)).join('\n');
    const once = text('town');
    expect(text('town')).toBe(once);
    expect(town.map(({ bundle }) => print(bundle)).join('\n')).toBe(once);
    expect(text('village')).not.toBe(once);
    expect(text('town', new Date(to.getTime() + 86_400_000))).not.toBe(once);
  });

  test('keeps its ids when the clock moves on', () => {
    const later = Array.from(lives({ seed: 'town', to: new Date(to.getTime() + 7 * 86_400_000) }));
    const idsOf = (all: readonly LifeAt[], type: string): string[] =>
      all.flatMap(resources).flatMap(({ resourceType, id }) => (resourceType === type ? [id] : []));
    for (const type of ['Patient', 'Organization', 'Practitioner', 'AllergyIntolerance', 'Device']) {
      expect(idsOf(later, type)).toEqual(idsOf(town, type));
    }
  });

  test('has a bundle for every place that knows a patient, and no other', () => {
    const told = town.map(({ patient, organisation }) => `${patient} at ${organisation}`).sort();
    const known = patients.flatMap(({ slug, records }) => Object.keys(records).map((place) => `${slug} at ${place}`)).sort();
    expect(told).toEqual(known);
  });

  test('is between 1,500 and 2,500 resources, 250 to 500 a patient', () => {
    expect(town.flatMap(resources).length).toBeGreaterThan(1500);
    expect(town.flatMap(resources).length).toBeLessThan(2500);
    for (const { slug } of patients) {
      const count = town.filter(({ patient }) => patient === slug).flatMap(resources).length;
      expect(count, slug).toBeGreaterThan(250);
      expect(count, slug).toBeLessThan(500);
    }
  });

  test('holds every resource type Carelet parts', () => {
    const types = new Set(town.flatMap(resources).map(({ resourceType }) => resourceType));
    const wanted =
      'Patient Observation Condition AllergyIntolerance MedicationRequest MedicationStatement DiagnosticReport DocumentReference Encounter Procedure Immunization CarePlan CareTeam Practitioner Organization Device Claim ExplanationOfBenefit';
    expect([...types].sort()).toEqual(wanted.split(' ').sort());
  });

  test('comes back from its text with every digit', () => {
    for (const { bundle } of town) expect(equalJson(parseJson(print(bundle)), bundle)).toBe(true);
    const text = town.map(({ bundle }) => print(bundle)).join('\n');
    expect(text).toContain('"value":5.60,');
    expect(text).toContain('"value":214.50,');
    expect([...town.flatMap(({ bundle }) => [...walk(bundle)])].some(([, value]) => isLosslessNumber(value))).toBe(true);
  });

  test('is FHIR that the importer takes, and parts into known pieces that make the whole again', () => {
    for (const { bundle } of town) {
      const { id } = bundle.entry.find(({ resource }) => resource.resourceType === 'Patient')!.resource;
      const chart = { pat: '00112233445566778899aabbccddeeff', references: [`urn:uuid:${id}`, `Patient/${id}`] };
      for (const { fullUrl, resource } of bundle.entry) {
        const entry = parseEntry({ fullUrl, resource });
        const parted = partition(entry, chart);
        expect(parted.unknown).toEqual([]);
        expect(equalJson(merge(parted, chart) as Json, entry as Json)).toBe(true);
      }
    }
  });
});

describe('every bundle', () => {
  test('is a transaction of resources with ids of their own', () => {
    for (const { bundle } of town) {
      expect(bundle).toMatchObject({ resourceType: 'Bundle', type: 'transaction' });
      const ids = bundle.entry.map(({ resource }) => resource.id);
      expect(new Set(ids).size).toBe(ids.length);
      for (const { fullUrl, resource, request } of bundle.entry) {
        expect(resource.resourceType).toMatch(/^[A-Z][A-Za-z]+$/);
        expect(resource.id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(fullUrl).toBe(`urn:uuid:${resource.id}`);
        expect(request).toEqual({ method: 'POST', url: resource.resourceType });
      }
    }
  });

  test('refers only to what is in it, and all of it belongs to its one patient', () => {
    for (const { bundle } of town) {
      const there = new Set(bundle.entry.map(({ fullUrl }) => fullUrl));
      const patient = bundle.entry.find(({ resource }) => resource.resourceType === 'Patient')!.fullUrl;
      for (const { resource } of bundle.entry) {
        for (const [path, value] of walk(resource)) if (path.endsWith('.reference')) expect(there, path).toContain(value);
        const subject = (resource.subject ?? resource.patient) as { reference: string } | undefined;
        if (!['Patient', 'Practitioner', 'Organization'].includes(resource.resourceType)) expect(subject?.reference).toBe(patient);
      }
    }
  });

  test('says nothing after its clock, and nothing dense before its year', () => {
    const from = new Date(to.getTime() - year).toISOString();
    for (const lifeAt of town) {
      const { born } = patientOf(lifeAt.patient);
      for (const resource of resources(lifeAt)) {
        if (['Practitioner', 'Organization'].includes(resource.resourceType)) continue;
        for (const [path, value] of walk(resource)) {
          if (typeof value !== 'string' || !/^\d{4}(-\d\d){0,2}(T.*)?$/.test(value) || path.endsWith('.value')) continue;
          const instant = new Date(value).toISOString();
          expect(instant <= to.toISOString(), `${resource.resourceType}${path} ${value}`).toBe(true);
          expect(instant >= born, `${resource.resourceType}${path} ${value}`).toBe(true);
          const dense = /^(Observation|Encounter|DocumentReference|DiagnosticReport)$/.test(resource.resourceType);
          if (dense) expect(instant >= from, `${resource.resourceType}${path} ${value}`).toBe(true);
        }
      }
    }
  });

  test('tells its history in dates as people remember them: years, months, days, instants', () => {
    const onsets = town
      .flatMap(resources)
      .flatMap(({ resourceType, onsetDateTime }) => (resourceType === 'Condition' ? [String(onsetDateTime)] : []));
    expect(onsets.some((onset) => /^\d{4}$/.test(onset))).toBe(true);
    expect(onsets.some((onset) => /^\d{4}-\d\d$/.test(onset))).toBe(true);
    expect(onsets.some((onset) => onset.includes('T'))).toBe(true);
    const vaccinated = town
      .flatMap(resources)
      .flatMap(({ resourceType, occurrenceDateTime }) => (resourceType === 'Immunization' ? [String(occurrenceDateTime)] : []));
    expect(vaccinated.some((day) => day < '2018')).toBe(true);
    expect(town.some(({ bundle }) => /T\d\d:\d\d:00\+01:00"/.test(print(bundle)))).toBe(true);
  });

  test('repeats its organisation and its staff unchanged from patient to patient', () => {
    const seen = new Map<string, Resource>();
    for (const resource of town.flatMap(resources)) {
      if (!['Practitioner', 'Organization'].includes(resource.resourceType)) continue;
      expect(resource).toEqual(seen.get(resource.id) ?? resource);
      seen.set(resource.id, resource);
    }
    const waiting = doctors.filter(({ standing }) => standing === 'waiting').map(({ certificate }) => certificate.number);
    for (const resource of seen.values()) for (const number of waiting) expect(print(resource)).not.toContain(number);
  });
});

describe('a life', () => {
  test('can be told at any time of any year', () => {
    for (let at = Date.UTC(2025, 0, 1, 3); at < Date.UTC(2027, 6, 1); at += 41 * 86_400_000 + 7 * 3_600_000) {
      for (const { bundle } of lives({ seed: 'any', to: new Date(at) })) expect(bundle.entry.length).toBeGreaterThan(4);
    }
  });

  test('can be told shorter and longer; its history stays', () => {
    const count = (days: number, slug: PatientSlug = 'ada'): number =>
      lifeOf(slug, { seed: 'town', to, from: new Date(to.getTime() - days * 86_400_000) }).reduce(
        (sum, { bundle }) => sum + bundle.entry.length,
        0,
      );
    const [none, month, usual, years] = [count(0), count(30), count(365), count(1200)];
    expect(none).toBeGreaterThan(20);
    expect(month).toBeGreaterThan(none);
    expect(usual).toBeGreaterThan(month);
    expect(years).toBeGreaterThan(usual);
    expect(count(3650, 'zoe')).toBeGreaterThan(count(365, 'zoe'));
  });

  test('needs a span that is one', () => {
    const tell = (from: string, until: string): unknown => lifeOf('ada', { seed: 'x', from: new Date(from), to: new Date(until) });
    expect(() => tell('2026-11-21', '2026-11-20')).toThrow(RangeError);
    expect(() => tell('2006-11-21', '2026-11-20')).toThrow(RangeError);
    expect(() => tell('not a date', '2026-11-20')).toThrow(RangeError);
    expect(() => tell('2019-11-20', '2020-11-20')).toThrow(RangeError);
    expect(() => lifeOf('ivy' as PatientSlug, { seed: 'x', to })).toThrow(expect.objectContaining({ kind: 'missing' }));
  });
});

describe('what is more private', () => {
  test('is labelled for one patient only, and filed under its sensitivity', () => {
    const labelled = town.flatMap((lifeAt) =>
      resources(lifeAt)
        .filter(({ meta }) => meta !== undefined)
        .map((resource) => ({ ...lifeAt, resource })),
    );
    expect(new Set(labelled.map(({ patient, organisation }) => `${patient} at ${organisation}`))).toEqual(new Set(['maria at northgate']));
    const sensitivities = labelled.map(
      ({ resource }) => `${resource.resourceType} ${categoryOf(resource).sens} ${categoryOf(resource).conf}`,
    );
    for (const wanted of [
      'Observation HIV R',
      'DiagnosticReport HIV R',
      'MedicationRequest HIV R',
      'Observation PSY R',
      'DocumentReference PSY V',
    ]) {
      expect(sensitivities).toContain(wanted);
    }
    expect(sensitivities.some((one) => one.includes('none'))).toBe(false);
  });

  test('leaves no word of itself in records without a label', () => {
    const open = town
      .filter(({ patient }) => patient === 'maria')
      .flatMap(resources)
      .filter(({ meta, resourceType }) => meta === undefined && resourceType !== 'Practitioner')
      .map((resource) => print(resource) + noteText(resource))
      .join('\n');
    const telling = /\bHIV\b|viral|\bCD4\b|bictegravir|J05AR20|\b86406008\b|depress|sertraline|N06AB06|PHQ|grief|\b832007\b/i;
    expect(telling.exec(open)?.[0]).toBeUndefined();
  });
});

/** The plain text of a note. */
export function noteText(resource: Resource): string {
  if (resource.resourceType !== 'DocumentReference') return '';
  const [content] = resource.content as unknown as readonly [{ attachment: { data: string; size: number } }];
  const bytes = Buffer.from(content.attachment.data, 'base64');
  expect(bytes.length).toBe(content.attachment.size);
  return bytes.toString('utf8');
}
