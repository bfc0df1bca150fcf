/**
 * The doctors of a town, each once, however many places she works at: whoever is to read nothing reads nothing anywhere.
 *
 * @module
 */
import type { ShareDoctor } from '../../house/sharing.ts';

export type Doctor = {
  /** Of her cards, hex. */
  readonly ids: readonly string[];
  readonly name: string;
  readonly specialty: string;
  readonly places: readonly string[];
};

/**
 * One for each name, as the directory has them: who works at two places is one person.
 *
 * @example
 * ```ts no-run
 * people(directory); // Dr Mei Chen, of Northgate Hospital and Harbour Clinic
 * ```
 */
export function people(directory: readonly ShareDoctor[]): Doctor[] {
  const found = new Map<string, Doctor>();
  for (const { id, name, specialty, organisation } of directory) {
    const before = found.get(name);
    found.set(name, {
      ids: [...(before?.ids ?? []), id],
      name,
      specialty: before?.specialty ?? specialty,
      places: [...(before?.places ?? []), organisation].sort(),
    });
  }
  return [...found.values()];
}
