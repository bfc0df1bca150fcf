/**
 * Finding a doctor by what one knows of her.
 *
 * @module
 */
import type { ShareDoctor } from '../../house/sharing.ts';

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
  const words = plain(typed).split(/\s+/).filter(Boolean);
  return doctors.filter(({ name, specialty, organisation }) => {
    const known = plain(`${name} ${specialty} ${said(specialty)} ${organisation}`);
    return words.every((word) => known.includes(word));
  });
}
