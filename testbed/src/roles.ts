/**
 * What each doctor of the demo town may open, and where: plain policies, compiled by the authority.
 *
 * @module
 */
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { templates } from '@carelet/care/rules/sharing/templates';
import type { DoctorSlug, OrganisationSlug, PatientSlug } from './cast.ts';

export type Role = {
  readonly organisation: OrganisationSlug;
  readonly patients: 'everyone' | readonly PatientSlug[];
  readonly policy: Pick<Policy, 'parts' | 'kinds' | 'confidentiality' | 'sensitivity' | 'breakGlass'>;
};

/** What every doctor begins with. */
const clinical = templates.general.kinds;

/** Ordinary content of a kind, nothing restricted, nothing sensitive. */
const ordinary = (kinds: Policy['kinds'], parts: Policy['parts'] = ['EID', 'QID', 'MI']): Role['policy'] => ({
  parts,
  kinds,
  confidentiality: ['N'],
  sensitivity: ['none'],
});

const roles: Partial<Record<DoctorSlug, readonly Role[]>> = {
  // The cardiologist treats Ada and Layla, at the hospital and through the clinics that watch them at home.
  'dr-chen': [
    { organisation: 'northgate', patients: ['ada', 'layla'], policy: ordinary(clinical) },
    { organisation: 'harbour', patients: ['ada'], policy: ordinary(clinical) },
    { organisation: 'millbrook', patients: ['layla'], policy: ordinary(clinical) },
  ],
  // The hepatologist sees Ben's blood tests at the clinic: nothing of Ada's, nothing but content. In an emergency he may break the glass.
  'dr-diaz': [{ organisation: 'harbour', patients: ['ben'], policy: { ...ordinary(['laboratory'], ['MI']), breakGlass: true } }],
  'dr-osei': [{ organisation: 'larkfield', patients: 'everyone', policy: ordinary(clinical) }],
  'dr-walsh': [{ organisation: 'st-brigids', patients: ['zoe'], policy: ordinary([...clinical, 'immunizations', 'plans']) }],
  'dr-novak': [
    {
      organisation: 'millbrook',
      patients: ['zoe', 'layla', 'maria'],
      policy: ordinary([...clinical, 'immunizations', 'plans', 'procedures']),
    },
  ],
};

export const rolesOf = (doctor: DoctorSlug): readonly Role[] => roles[doctor] ?? [];
