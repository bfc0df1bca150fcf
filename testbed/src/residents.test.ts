import { expect, test } from 'vitest';
import { doctors, officials, patients } from './cast.ts';
import { residents } from './residents.ts';

test('every patient, doctor and administrator has a door, and no place or colleague has', () => {
  const slugs = [...patients, ...doctors, ...officials].map(({ slug }) => slug);
  expect(residents.map(({ slug }) => slug)).toEqual(slugs);
  const who = (slug: string) => residents.find((resident) => resident.slug === slug);
  expect(who('ada')).toMatchObject({ title: 'Ada Marlow', door: 'patient', standing: null });
  expect(who('dr-chen')).toEqual({
    slug: 'dr-chen',
    title: 'Dr Mei Chen',
    door: 'doctor',
    about: 'Cardiology at Northgate Hospital.',
    standing: 'approved',
  });
  expect(who('dr-lind')).toMatchObject({
    about: 'Pulmonary medicine at Harbour Clinic; waits for two people to agree.',
    standing: 'waiting',
  });
  expect(who('sam')).toMatchObject({
    door: 'administrator',
    about: 'Looks after the cloudlet at Harbour Clinic; says yes or no to doctors.',
  });
  expect(who('mara')).toMatchObject({ about: 'Medical board; says yes or no to doctors.' });
});
