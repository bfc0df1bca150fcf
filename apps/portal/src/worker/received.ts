/**
 * What patients let a doctor or a carer read by their consent, as her pages tell it.
 *
 * @module
 */
import type { Category } from '@carelet/care/model';
import { type Consent, fromFhirConsent, isMeant, type Recipient, recipientOf } from '@carelet/care/rules/sharing/consent';
import { receivedShared } from '@carelet/client/kdc/received';
import type { Keyring } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { believedCards } from '@carelet/client/records/reading/believed';
import { receivedGrants } from '@carelet/client/sharing/received';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Received } from '../house/sharing.ts';
import type { Shown } from './view.ts';
import { kindsInWords } from './withheld.ts';

/** A grant to this doctor or carer. */
export type ReceivedGrant = {
  /** Chart, and the patient's card, hex. */
  readonly pat: string;
  readonly patient: string;
  readonly name: string;
  readonly consent: Consent;
  /** UTC seconds. */
  readonly notAfter: number;
};

export type ReceivedGrants = {
  /** Asks the cloud for them anew. */
  look(): Promise<void>;
  /** Those that hold now, of one patient. */
  of(patient: string): readonly ReceivedGrant[];
  /** Whether one that held when they were asked for has ended. */
  ended(): boolean;
};

export function receivedOf(keyring: Keyring, cloud: Cloud, clock: () => number): ReceivedGrants {
  const now = () => Math.floor(clock() / 1000);
  const cards = believedCards(keyring, cloud, now);
  let grants: readonly ReceivedGrant[] = [];
  return {
    async look() {
      // Nothing that is shared opens to somebody without a half.
      if (!keyring.sharing.half) return;
      cards.review();
      const around = { keyring, cloud, cards, now };
      const mediated = await receivedGrants(around);
      const served = await receivedShared(around);
      const received = [...mediated, ...served.map(({ grant, letter }) => ({ grant, letter, owner: grant.owner }))];
      grants = received.flatMap(({ grant: { pat, notAfter }, letter, owner }): ReceivedGrant[] => {
        const consent = readConsent(letter.consent);
        return consent ? [{ pat: hex(pat), patient: hex(owner), name: letter.patient, consent, notAfter }] : [];
      });
    },
    of: (patient) => grants.filter((one) => one.patient === patient && one.notAfter > now()),
    ended: () => grants.some(({ notAfter }) => notAfter <= now()),
  };
}

/** Reads the JSON of a FHIR Consent; `null` for what says something else. */
export function readConsent(text: string): Consent | null {
  try {
    return fromFhirConsent(JSON.parse(text));
  } catch {
    return null;
  }
}

/** As what a FHIR Consent in JSON lets somebody read; `null` for what does not say so. */
export function recipientIn(text: string): Recipient | null {
  try {
    return recipientOf(JSON.parse(text));
  } catch {
    return null;
  }
}

/** What a consent is about, in nouns for pages. */
export const whatOf = ({ kinds, sensitivity, from, until }: Consent) => ({
  kinds,
  sensitive: sensitivity.flatMap((group) => (group === 'none' ? [] : [group])),
  from,
  until,
});

/** Grants as pages tell them: those of several charts that say the same are one. */
export function toldGrants(grants: readonly ReceivedGrant[]): Received[] {
  const told = new Map<string, Received>();
  for (const { name, consent } of grants) {
    const one = { name, ...whatOf(consent) };
    told.set(JSON.stringify(one), one);
  }
  return [...told.values()];
}

/**
 * Until when a record opens by consent, `YYYY-MM-DD`, the longest; `null` for one that opens by her own keys, whoever else
 * allows it.
 *
 * @param now UTC seconds
 */
export function sharedUntil(
  { chart: { chart }, parts: { grant } }: Shown,
  received: readonly ReceivedGrant[],
  keyring: Keyring,
  now: number,
) {
  const [kind, conf, sens] = grant.category;
  const category = { kind, conf, sens } as Category;
  const byRole = keyring.doctorKeys.some(
    ({ organisation, notAfter, words }) =>
      notAfter > now && equalPublic(organisation, chart.writer) && kindsInWords(words).includes(category.kind),
  );
  if (byRole) return null;
  const ends = received.filter(({ pat, consent }) => pat === hex(chart.pat) && isMeant(consent, 'MI', category));
  return (
    ends
      .map(({ consent }) => consent.until)
      .sort()
      .at(-1) ?? null
  );
}
