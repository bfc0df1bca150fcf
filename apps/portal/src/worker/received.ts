/**
 * What patients let a doctor, a team of hers or a carer read by their consent, as her pages tell it.
 *
 * @module
 */
import type { Category } from '@carelet/care/model';
import { type Consent, fromFhirConsent, isMeant, type Recipient, recipientOf } from '@carelet/care/rules/sharing/consent';
import { kindsInWords } from '@carelet/care/rules/sharing/policy';
import { receivedShared } from '@carelet/client/kdc/received';
import type { DoctorKey } from '@carelet/client/keyring/keyring';
import type { Mathematics } from '@carelet/client/mathematics';
import { believedCards } from '@carelet/client/records/reading/believed';
import { receivedGrants } from '@carelet/client/sharing/received';
import { roleLogins } from '@carelet/client/sharing/roles';
import { membershipsOf } from '@carelet/client/sharing/teams/member';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import type { Received } from '../house/sharing.ts';
import type { Acting, Person } from './person.ts';
import type { Shown } from './view.ts';

/** A grant to this doctor or carer. */
export type ReceivedGrant = {
  /** Chart, and the patient's card, hex. */
  readonly pat: string;
  readonly patient: string;
  readonly name: string;
  readonly consent: Consent;
  /** The team it was given to, by name; `null` where it was given to her herself. */
  readonly team: string | null;
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

export type ReceivedAround = {
  readonly person: Pick<Person, 'byAll'>;
  readonly mathematics: Mathematics;
  readonly clock: () => number;
};

/** What was given to any of somebody's numbers. */
export function receivedOf({ person, mathematics, clock }: ReceivedAround): ReceivedGrants {
  const each = new Map<Acting, ReceivedGrants>();
  const all = () =>
    person.byAll().map((acting) => {
      const one = each.get(acting) ?? receivedBy(acting, mathematics, clock);
      each.set(acting, one);
      return one;
    });
  return {
    async look() {
      await Promise.all(all().map((one) => one.look()));
    },
    of: (patient) => [...each.values()].flatMap((one) => one.of(patient)),
    ended: () => [...each.values()].some((one) => one.ended()),
  };
}

function receivedBy({ keyring, cloud, cloudletOf }: Acting, mathematics: Mathematics, clock: () => number): ReceivedGrants {
  const now = () => Math.floor(clock() / 1000);
  const cards = believedCards(keyring, cloud, now);
  const logins = roleLogins(keyring, cloudletOf);
  const memberships = membershipsOf({ keyring, cloud, logins, mathematics, cards, now });
  let grants: readonly ReceivedGrant[] = [];
  return {
    async look() {
      // Nothing that is shared opens to somebody without a half.
      if (!keyring.sharing.half) return;
      cards.review();
      const around = { keyring, cloud, cards, now };
      const mediated = await receivedGrants({ ...around, memberships });
      // Logged in only where the secret of a team was to be opened; then it rests in the keyring.
      await logins.leave();
      const served = await receivedShared(around);
      const received = [...mediated, ...served.map(({ grant, letter }) => ({ grant, letter, owner: grant.owner, member: null }))];
      grants = received.flatMap(({ grant: { pat, notAfter }, letter, owner, member }): ReceivedGrant[] => {
        const consent = readConsent(letter.consent);
        const team = member && calledIn(letter.consent);
        return consent ? [{ pat: hex(pat), patient: hex(owner), name: letter.patient, consent, team, notAfter }] : [];
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

/** What a FHIR Consent in JSON calls whom it lets read; nothing where it says no name. */
function calledIn(text: string): string {
  try {
    const name: unknown = JSON.parse(text).provision.actor[0].reference.display;
    return typeof name === 'string' ? name : '';
  } catch {
    return '';
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
export const whatOf = ({ kinds, confidentiality, sensitivity, from, until }: Consent) => ({
  kinds,
  sensitive: [
    ...sensitivity.flatMap((group) => (group === 'none' ? [] : [group])),
    ...confidentiality.flatMap((level) => (level === 'N' ? [] : [level])),
  ],
  from,
  until,
});

/** Grants as pages tell them: those of several charts that say the same are one. */
export function toldGrants(grants: readonly ReceivedGrant[]): Received[] {
  const told = new Map<string, Received>();
  for (const { name, consent, team } of grants) {
    const one = { name, team, ...whatOf(consent) };
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
  keys: readonly DoctorKey[],
  now: number,
) {
  const [kind, conf, sens] = grant.category;
  const category = { kind, conf, sens } as Category;
  const byRole = keys.some(
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
