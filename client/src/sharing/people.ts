/**
 * Doctors as people: the town's directory has an entry for each number, and a doctor goes by another at each place. All entries of one name
 * are one doctor; whoever stands there under another spelling is another.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Authority } from '../login.ts';

/** An entry of the directory. */
export type Listed = {
  /** The card's number in hex. */
  readonly id: string;
  readonly name: string;
  /** Where she works by it. */
  readonly organisation: string;
};

/** A doctor, and every number she goes by, in the order of the places. */
export type Doctor<L extends Listed = Listed> = { readonly name: string; readonly numbers: readonly L[] };

/** Names that differ in case and spaces alone are one. */
const plain = (name: string): string => name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();

/**
 * Each doctor once, in the order of the directory.
 *
 * @example
 * ```ts
 * import { doctorsIn } from '@carelet/client/sharing/people';
 * const chen = { name: 'Dr Mei Chen' };
 * doctorsIn([{ ...chen, id: '01', organisation: 'Northgate' }, { ...chen, id: '02', organisation: 'Harbour' }]).length; // 1
 * ```
 */
export function doctorsIn<L extends Listed>(directory: readonly L[]): Doctor<L>[] {
  const found = new Map<string, L[]>();
  for (const entry of directory) {
    const name = plain(entry.name);
    found.set(name, [...(found.get(name) ?? []), entry]);
  }
  const byPlace = (a: Listed, b: Listed) =>
    a.organisation < b.organisation ? -1 : a.organisation > b.organisation ? 1 : a.id < b.id ? -1 : 1;
  return [...found.values()].map((numbers) => ({ name: numbers[0]!.name, numbers: numbers.toSorted(byPlace) }));
}

/** A doctor who is denied something. */
export type DeniedOne<L extends Listed = Listed> = {
  /** `null` for a number that the town does not list any more. */
  readonly name: string | null;
  readonly numbers: readonly L[];
  /** Every number of hers, in hex. */
  readonly ids: readonly string[];
  /** Those of them by which she is denied nothing: a place that was added since, or was overlooked. */
  readonly free: readonly L[];
  /** Whether she is denied every chart by every number. */
  readonly everywhere: boolean;
};

/**
 * Whoever is denied anything, each doctor once.
 *
 * @param denied of each chart, the numbers that are denied it, in hex
 */
export function deniedOnes<L extends Listed>(directory: readonly L[], denied: readonly (readonly string[])[]): DeniedOne<L>[] {
  const any = new Set(denied.flat());
  const listed = doctorsIn(directory).filter(({ numbers }) => numbers.some(({ id }) => any.has(id)));
  const known = new Set(listed.flatMap(({ numbers }) => numbers.map(({ id }) => id)));
  const strange = [...any].filter((id) => !known.has(id)).map((id) => ({ name: null, numbers: [], ids: [id] }));
  return [...listed.map((one) => ({ ...one, ids: one.numbers.map(({ id }) => id) })), ...strange].map((one) => ({
    ...one,
    free: one.numbers.filter(({ id }) => !any.has(id)),
    everywhere: one.ids.every((id) => denied.every((numbers) => numbers.includes(id))),
  }));
}

/** Whether two numbers are one doctor's. */
export const areOne = (directory: readonly Listed[], one: string, other: string): boolean =>
  one === other || doctorsIn(directory).some(({ numbers }) => [one, other].every((wanted) => numbers.some(({ id }) => id === wanted)));

/** The doctors of the town as its authority lists them; none while it does not answer. */
export const listedBy = (authority: Pick<Authority, 'enrolment'>) => async (): Promise<Listed[]> => {
  try {
    const { doctors } = await authority.enrolment.directory();
    return doctors.map(({ doctor, name, organisation }) => ({ id: hex(doctor), name, organisation }));
  } catch (thrown) {
    if (!(thrown instanceof CareletError)) throw thrown;
    return [];
  }
};
