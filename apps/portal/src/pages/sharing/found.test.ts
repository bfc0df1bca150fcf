import { expect, test } from 'vitest';
import type { ShareDoctor } from '../../house/sharing.ts';
import { found, foundPeople } from './found.ts';

const doctor = (name: string, specialty: string, organisation: string): ShareDoctor => ({
  id: name,
  name,
  specialty,
  organisation,
  fingerprint: null,
});
const doctors = [doctor('Dr Petra Novák', 'family-medicine', 'Millbrook Clinic'), doctor('Dr Rafael Diaz', 'hepatology', 'Harbour Clinic')];
const said = (specialty: string) => (specialty === 'hepatology' ? 'Liver' : 'Family doctor');
const names = (typed: string) => found(doctors, typed, said).map(({ name }) => name);

test('a doctor is found by name, place and specialty, in any order', () => {
  expect(names('diaz')).toEqual(['Dr Rafael Diaz']);
  expect(names('clinic novak')).toEqual(['Dr Petra Novák']);
  expect(names('liver harbour')).toEqual(['Dr Rafael Diaz']);
  expect(names('HEPATO')).toEqual(['Dr Rafael Diaz']);
  expect(names('')).toHaveLength(2);
  expect(names('diaz millbrook')).toEqual([]);
});

test('who works at several places is found by one of them, and is meant with all', () => {
  const novak = { ids: ['01', '02'], name: 'Dr Petra Novák', specialty: 'hepatology', places: ['Harbour Clinic', 'Millbrook Clinic'] };
  for (const typed of ['harbour', 'millbrook', 'novak harbour', 'liver']) expect(foundPeople([novak], typed, said)).toEqual([novak]);
  expect(foundPeople([novak], 'northgate', said)).toEqual([]);
});
