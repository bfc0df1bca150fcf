/**
 * Whose doors may be tried in the demo town: patients, doctors and administrators, as the portal shows them.
 *
 * @module
 */
import type { Resident } from '@carelet/portal/service';
import { type Doctor, doctors, fullName, type Official, officials, organisationOf, patients } from './cast.ts';

/** Everybody of the cast who has a keyring of her own, in the order of the doors. */
export const residents: readonly Resident[] = [
  ...patients.map(({ slug, name, story }) => ({ slug, title: fullName(name), door: 'patient' as const, about: story, standing: null })),
  ...doctors.map((doctor) => ({
    slug: doctor.slug,
    title: fullName(doctor.name),
    door: 'doctor' as const,
    about: practice(doctor),
    standing: doctor.standing,
  })),
  ...officials.map((official) => ({
    slug: official.slug,
    title: fullName(official.name),
    door: 'administrator' as const,
    about: duty(official),
    standing: null,
  })),
];

function practice({ specialty, organisation, standing }: Doctor): string {
  const place = `${specialty.display} at ${organisationOf(organisation).name}`;
  return standing === 'approved' ? `${place}.` : `${place}; waits for two people to agree.`;
}

function duty({ office, title }: Official): string {
  const place = office === 'medical-board' ? '' : ` at ${organisationOf(office).name}`;
  return `${title[0]!.toUpperCase()}${title.slice(1)}${place}; says yes or no to doctors.`;
}
