import { describe, expect, test } from 'vitest';
import {
  clinicianOf,
  colleagues,
  doctorOf,
  doctors,
  fullName,
  officials,
  organisationOf,
  organisations,
  patientOf,
  patients,
  people,
} from './cast.ts';

describe('the cast', () => {
  test('nobody shares a slug, a record number, a certificate, a phone or a national id with another', () => {
    const unique = (values: readonly (string | undefined)[]): void => {
      const given = values.filter((value) => value !== undefined);
      expect(new Set(given).size).toBe(given.length);
    };
    unique([...people, ...organisations].map(({ slug }) => slug));
    unique(patients.flatMap(({ records }) => Object.values(records)));
    unique([...doctors, ...colleagues].map(({ certificate }) => certificate.number));
    unique([...patients.flatMap(({ phone, contact }) => [phone, contact.phone]), ...organisations.map(({ phone }) => phone)]);
    unique(patients.map(({ nationalId }) => nationalId));
    unique(patients.map(({ insurance }) => insurance));
    unique(patients.map(({ email }) => email));
  });

  test('three hospitals, and two clinics with a cloudlet each', () => {
    expect(organisations.filter(({ kind }) => kind === 'hospital')).toHaveLength(3);
    expect(organisations.filter(({ kind, cloudlet }) => kind === 'clinic' && cloudlet !== undefined)).toHaveLength(2);
    expect(organisations.filter(({ kind, cloudlet }) => kind === 'hospital' && cloudlet !== undefined)).toHaveLength(0);
  });

  test('doctors of different specialties, one of them still waiting', () => {
    expect(new Set(doctors.map(({ specialty }) => specialty.word)).size).toBe(doctors.length);
    expect(doctors.filter(({ standing }) => standing === 'waiting').map(({ slug }) => slug)).toEqual(['dr-lind']);
    expect(doctorOf('dr-chen')).toMatchObject({ organisation: 'northgate', unit: 'cardio', specialty: { word: 'cardiology' } });
    expect(doctorOf('dr-diaz').specialty.word).not.toBe('cardiology');
  });

  test('every clinician and every official works somewhere that exists', () => {
    for (const { organisation } of [...doctors, ...colleagues]) expect(organisationOf(organisation).slug).toBe(organisation);
    for (const { office } of officials) if (office !== 'medical-board') expect(organisationOf(office).slug).toBe(office);
  });

  test('names come with accents, apostrophes, length and another direction of writing', () => {
    const names = patients.map(({ name }) => fullName(name));
    expect(names.some((name) => /\p{Script=Arabic}/u.test(name))).toBe(true);
    expect(names.some((name) => name.includes("'"))).toBe(true);
    expect(names.some((name) => name.normalize('NFD') !== name)).toBe(true);
    expect(names.some((name) => name.length > 60)).toBe(true);
    for (const name of names) expect(name).toBe(name.normalize('NFC'));
  });

  test('who does not live here is missing, and said so', () => {
    expect(patientOf('ada').name.family).toBe('Marlow');
    expect(clinicianOf('dr-tan').organisation).toBe('harbour');
    for (const find of [patientOf, organisationOf, doctorOf, clinicianOf]) {
      expect(() => find('ivy')).toThrow(expect.objectContaining({ name: 'CareletError', kind: 'missing' }));
    }
  });
});
