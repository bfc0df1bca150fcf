/**
 * Finding a doctor or a team by what one knows of them.
 *
 * @module
 */
import type { Doctor } from '../../house/limits.ts';
import type { ShareDoctor, ShareTeam } from '../../house/sharing.ts';

/** Letters as they are compared: without accents and case, so that `novak` finds `Novák`. */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

/**
 * Doctors of whom every word that was typed is in name, specialty or house, in any order.
 *
 * @param said a specialty as people say it
 * @example
 * ```ts no-run
 * found(doctors, 'harbour liver', said); // Dr Rafael Diaz
 * ```
 */
export function found(doctors: readonly ShareDoctor[], typed: string, said: (specialty: string) => string): ShareDoctor[] {
  return doctors.filter(({ name, specialty, organisation }) => holdsAll(`${name} ${specialty} ${said(specialty)} ${organisation}`, typed));
}

/** The same of doctors who may work at several places: found by one of them, she is meant with all. */
export const foundPeople = (doctors: readonly Doctor[], typed: string, said: (specialty: string) => string): Doctor[] =>
  doctors.filter(({ name, specialty, places }) => holdsAll(`${name} ${specialty} ${said(specialty)} ${places.join(' ')}`, typed));

/** Teams of whom every word that was typed is in the name or that of the place. */
export const foundTeams = (teams: readonly ShareTeam[], typed: string): ShareTeam[] =>
  teams.filter(({ name, place }) => holdsAll(`${name} ${place}`, typed));

function holdsAll(text: string, typed: string): boolean {
  const known = plain(text);
  return plain(typed)
    .split(/\s+/)
    .filter(Boolean)
    .every((word) => known.includes(word));
}
