import type { PatientLine } from '../../house/patients.ts';

/** Letters as they are compared: without accents and case, so that `zoe` finds `Zoë`. */
const plain = (text: string): string => text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLocaleLowerCase();

/**
 * Patients whose name has every word that was typed, in any order. A name that is locked is found by its number.
 *
 * @example
 * ```ts no-run
 * byName(patients, 'marlow ad'); // Ada Marlow
 * ```
 */
export function byName(patients: readonly PatientLine[], typed: string): PatientLine[] {
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return patients.filter(({ id, identity }) => {
    const name = plain(identity.name ?? `${shortNumber(id)} ${id}`);
    return words.every((word) => name.includes(word));
  });
}

/** The beginning of a card's number, to be read aloud: `6f2a 91c0`. */
export const shortNumber = (id: string): string => `${id.slice(0, 4)} ${id.slice(4, 8)}`;
