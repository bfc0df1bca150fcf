/**
 * Until when a doctor's keys open something. An authority hands out no key that has ended, so that one ended is
 * remembered here: who finds nothing open any more is told why.
 *
 * @module
 */
import type { DoctorKey } from '@carelet/client/keyring/keyring';
import { hex } from '@carelet/crypto/algebra/bytes';
import type { Ending } from '../house/patients.ts';

/** Last second of a key, UTC seconds, by its organisation's card in hex. */
export type Endings = ReadonlyMap<string, number>;

/**
 * When the keys somebody has end, and those that ended since. One that was taken from her before its time is not
 * among them.
 *
 * @param known what was remembered
 * @param now UTC milliseconds
 */
export function endingsOf(keys: readonly DoctorKey[], known: Endings, now: number): Endings {
  const over = [...known].filter(([, notAfter]) => notAfter * 1000 < now);
  return new Map([...over, ...keys.map(({ organisation, notAfter }): [string, number] => [hex(organisation), notAfter])]);
}

/** Endings with the names of places, the soonest first. */
export const endingLines = (endings: Endings, nameOf: (organisation: string) => string | undefined): Ending[] =>
  [...endings]
    .map(
      ([organisation, notAfter]): Ending => ({
        place: { id: organisation, name: nameOf(organisation) ?? organisation },
        at: (notAfter + 1) * 1000,
        // As it was approved: a day of no time zone.
        lastDay: new Date(notAfter * 1000).toISOString().slice(0, 10),
      }),
    )
    .sort((a, b) => a.at - b.at || (a.place.name < b.place.name ? -1 : 1));
