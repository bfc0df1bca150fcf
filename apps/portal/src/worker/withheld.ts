/**
 * What a doctor's keys do not reach, by her own policies.
 *
 * [Note: Nothing is said of what is not shown]
 * Which kinds are withheld follows from the words of one's own keys, never from what the cloud holds or hands over:
 * a chart with a thousand psychiatric notes and one with none give the same list.
 *
 * @module
 */
import { type Kind, kinds } from '@carelet/care/model';
import { kindsInWords } from '@carelet/care/rules/sharing/policy';
import type { DoctorKey } from '@carelet/client/keyring/keyring';
import { equalPublic, unhex } from '@carelet/crypto/algebra/bytes';

/**
 * The kinds that none of somebody's keys reaches at any of these organisations.
 *
 * @param places card numbers in hex
 * @param now UTC seconds: keys that have ended reach nothing
 */
export function withheldKinds(keys: readonly DoctorKey[], places: readonly string[], now: number): Kind[] {
  const reached = new Set<Kind>();
  for (const { organisation, notAfter, words } of keys) {
    if (notAfter <= now || !places.some((place) => equalPublic(unhex(place), organisation))) continue;
    for (const kind of kindsInWords(words)) reached.add(kind);
  }
  return kinds.filter((kind) => !reached.has(kind));
}
