/**
 * Grants a doctor, a carer or a team of a doctor's was given: signed by the chart's owner, with a letter that only they open.
 *
 * @module
 */
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { type Grant, hashOfLetter, readGrant } from '@carelet/crypto/pre/grant';
import type { Keyring } from '../keyring/keyring.ts';
import type { Cloud } from '../login.ts';
import type { Mathematics } from '../mathematics.ts';
import type { ChartRef } from '../records/reader.ts';
import type { BelievedCards } from '../records/reading/believed.ts';
import { type Letter, openLetter } from './letter.ts';
import type { Membership, Memberships } from './teams/member.ts';

/** With the card number of whoever gave it, and for a grant to a team what one is there. */
export type Received = { readonly grant: Grant; readonly letter: Letter; readonly owner: Bytes; readonly member: Membership | null };

/**
 * The grants to oneself that hold, of one chart or of all: those that do not fit are left out, as nobody could say more of them
 * than that they open nothing.
 */
export async function receivedGrants(
  {
    keyring,
    cloud,
    cards,
    now,
    memberships = async () => [],
  }: {
    keyring: Keyring;
    cloud: Cloud;
    cards: BelievedCards;
    now: () => number;
    /** For grants to teams one is a member of; without it these are left out. */
    memberships?: Memberships;
  },
  chart?: ChartRef,
): Promise<Received[]> {
  const offered = (await cloud.sharing.grants()).grants;
  await cards.learn(offered.map(({ owner }) => owner));
  const grantOf = (body: Bytes, owner: Bytes): Grant | null => {
    const patient = cards.of(owner);
    return patient?.kind === 'patient' ? readGrant(body, patient.edVk) : null;
  };
  const isOwn = ({ doctor }: Grant) => equalPublic(doctor, keyring.card.id);
  const toTeams = offered.flatMap(({ grant: body, owner }) => {
    const grant = grantOf(body, owner);
    const isMeant = grant && !isOwn(grant) && !equalPublic(owner, keyring.card.id) && (!chart || equalPublic(grant.pat, chart.pat));
    return isMeant ? [grant.doctor] : [];
  });
  const mine = await memberships(toTeams);
  return offered.flatMap(({ grant: body, letter: sealed, owner }): Received[] => {
    const grant = grantOf(body, owner);
    const member = (grant && mine.find(({ team }) => equalPublic(team, grant.doctor))) ?? null;
    if (!grant || !(member || isOwn(grant)) || grant.notAfter <= now()) return [];
    const meant = !chart || (equalPublic(grant.pat, chart.pat) && equalPublic(owner, chart.owner));
    if (!meant || !equalPublic(grant.letterHash, hashOfLetter(sealed))) return [];
    const letter = openLetter(member?.hybridSk ?? keyring.secrets.hybridSk, grant.grant, sealed);
    return letter ? [{ grant, letter, owner, member }] : [];
  });
}

/** Whoever makes herself ready. */
export type Offering = {
  readonly keyring: Keyring;
  readonly save: () => Promise<void>;
  readonly cloud: Cloud;
  readonly mathematics: Mathematics;
};

/** Makes a doctor or a carer ready to be shared with: her half, once, in her keyring and at the cloud. */
export async function offerHalf({ keyring, save, cloud, mathematics }: Offering): Promise<void> {
  const { id } = keyring.card;
  if (!keyring.sharing.half) {
    const { half, delegate } = await mathematics.newHalf({ id, edSk: keyring.secrets.edSk });
    keyring.sharing.half = { secret: half, delegate };
    await save();
  }
  const { delegate } = keyring.sharing.half;
  const laid = (await cloud.sharing.delegates({ doctors: [id] })).delegates;
  if (!laid.some((one) => equalPublic(one.delegate, delegate))) await cloud.sharing.delegate({ delegate });
}
