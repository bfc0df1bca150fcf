/**
 * Grants one was given through the key servers: signed by the chart's owner, with a letter that only its reader opens.
 *
 * @module
 */
import { equalPublic } from '@carelet/crypto/algebra/bytes';
import { hashOfLetter, readGrant, type SharedGrant } from '@carelet/crypto/kdc/grant';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { ChartRef } from '../records/reader.ts';
import type { BelievedCards } from '../records/reading/believed.ts';
import { openLetter, type SharedLetter } from './letter.ts';

export type ReceivedShared = { readonly grant: SharedGrant; readonly letter: SharedLetter };

/** The grants to oneself that hold, of one chart or of all: those that do not fit are left out, as they open nothing. */
export async function receivedShared(
  { keyring, cloud, cards, now }: { keyring: Keyring; cloud: Cloud; cards: BelievedCards; now: () => number },
  chart?: ChartRef,
): Promise<ReceivedShared[]> {
  const offered = (await cloud.kdc.grants()).grants;
  await cards.learn(offered.map(({ owner }) => owner));
  return offered.flatMap(({ grant: body, letter: sealed, owner }): ReceivedShared[] => {
    const patient = cards.of(owner);
    const grant = patient?.kind === 'patient' ? readGrant(body, patient) : null;
    if (!grant || !equalPublic(grant.reader, keyring.card.id) || grant.notAfter <= now()) return [];
    const meant = !chart || (equalPublic(grant.pat, chart.pat) && equalPublic(grant.owner, chart.owner));
    if (!meant || !equalPublic(grant.letterHash, hashOfLetter(sealed))) return [];
    const letter = openLetter(keyring.secrets.hybridSk, grant, sealed);
    return letter ? [{ grant, letter }] : [];
  });
}
