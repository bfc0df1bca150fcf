import { describe, expect, test } from 'vitest';
import { type Bytes, type Cbor, cbor, hex, uncbor, utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { sign, signingKey } from '../algebra/sign.ts';
import { hybridPublic, openWith, sealTo } from '../ntru/hybrid.ts';
import { type Card, cardHash, cardStands, decodeCard, encodeCard, mayBeLetRead, organisationOf, vouch } from './card.ts';
import { signManifest } from './manifest.ts';
import { newCard, newTeamCard, teamSecrets } from './owner.ts';
import { makesMember, readNotice, signBond, signNotice, signTeamName, type TeamNotice, verifyBond, verifyTeamName } from './team.ts';

const random = seededRandom('teams');
const now = 1_800_000_000;
const later = now + 1000;
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
const body = { town: 'Test', serial: 1, issuers: issuers.map((key) => key.public), domains: [] };
const manifest = signManifest(body, issuers.slice(0, 2));
const organisation = () => {
  const { card, secrets } = newCard('organisation', later, random);
  return { card: [0, 1].reduce((one, i) => vouch(one, i, issuers[i]!.secret), card), secrets };
};
const [northgate, harbour] = [organisation(), organisation()];
const secret = random(32);
const { card, secrets } = newTeamCard(secret, later);
const ward = vouch(card, northgate.card.id, northgate.secrets.edSk);
const known =
  (...cards: Card[]) =>
  (id: Bytes) =>
    cards.find((one) => hex(one.id) === hex(id)) ?? null;

test('a team’s card stands by its organisation’s word, and by nobody else’s', () => {
  const stands = (one: Card, ...cards: Card[]) => cardStands(one, manifest, now, known(...cards));
  expect(stands(ward, northgate.card, harbour.card)).toBe(true);
  expect(decodeCard(encodeCard(ward))).toEqual(ward);
  expect(mayBeLetRead(ward)).toBe(true);
  expect(stands(ward)).toBe(false);
  expect(stands(ward, harbour.card)).toBe(false);
  expect(stands(card, northgate.card)).toBe(false);
  expect(stands(vouch(card, northgate.card.id, harbour.secrets.edSk), northgate.card)).toBe(false);
  // One word only: of two organisations nobody could say whose the team is.
  expect(stands(vouch(ward, harbour.card.id, harbour.secrets.edSk), northgate.card, harbour.card)).toBe(false);
  expect([organisationOf(ward), organisationOf(card), organisationOf(northgate.card)]).toEqual([northgate.card.id, null, null]);
  // Not another organisation’s card in the place of the one that is named, nor a person’s.
  expect(cardStands(ward, manifest, now, () => harbour.card)).toBe(false);
  expect(cardStands(ward, manifest, now, () => ({ ...northgate.card, id: harbour.card.id }))).toBe(false);
  for (const kind of ['patient', 'doctor', 'administrator'] as const) {
    const other = newCard(kind, later, random);
    expect(stands(vouch(card, other.card.id, other.secrets.edSk), other.card)).toBe(false);
  }
  const issued = [0, 1].reduce((one, i) => vouch(one, i, issuers[i]!.secret), card);
  expect(stands(issued, northgate.card)).toBe(false);
  expect(cardStands(ward, manifest, later, known(northgate.card))).toBe(false);
});

test('a team vouches for no device, and an organisation for none either', () => {
  const device = newCard('device', later, random).card;
  for (const { card: by, secrets: own } of [northgate, { card: ward, secrets }]) {
    expect(cardStands(vouch(device, by.id, own.edSk), manifest, now, known(by))).toBe(false);
  }
});

test('all secrets of a team come from one, always the same; another secret is none of its', () => {
  expect(newTeamCard(secret, later)).toEqual({ card, secrets });
  expect(teamSecrets(secret, ward)).toEqual(secrets);
  expect(openWith(secrets.hybridSk, utf8('here'), sealTo(ward.hybridPk, utf8('here'), utf8('a letter')))).toEqual(utf8('a letter'));
  expect(hybridPublic(secrets.hybridSk)).toEqual(ward.hybridPk);
  expect(hex(secrets.edSk)).not.toBe(hex(secret));
  expect(teamSecrets(random(32), ward)).toBeNull();
  expect(teamSecrets(secret.slice(1), ward)).toBeNull();
  expect(teamSecrets(secret, { ...ward, kind: 'patient' })).toBeNull();
  expect(teamSecrets(secret, newCard('doctor', later, random).card)).toBeNull();
  expect(() => newTeamCard(new Uint8Array(16), later)).toThrow(TypeError);
});

// Once members hold a secret, what it comes to may never change.
test('a secret comes to the card it came to before', () => {
  const of = newTeamCard(
    Uint8Array.from({ length: 32 }, (_, i) => i),
    2_000_000_000,
  );
  expect(hex(of.card.id)).toBe('491aaee3e4e107ca5702f630dfcd7e69');
  expect(hex(cardHash(of.card))).toBe('650a78e2cb339ac67e0ceead78acfcb77327d7beac397944db067b8d24ed4b4b');
});

describe('a notice', () => {
  const notice: TeamNotice = {
    team: ward.id,
    organisation: northgate.card.id,
    domain: random(16),
    follows: null,
    issued: now,
    labels: ['l:cardio', 'l:hospital'],
  };
  const signed = signNotice(northgate.secrets.edSk, notice);
  const read = (bytes: Bytes) => readNotice(bytes, northgate.card.edVk);

  test('is what its organisation signed, to the letter', () => {
    expect(read(signed)).toEqual(notice);
    expect(read(signNotice(northgate.secrets.edSk, { ...notice, labels: ['l:hospital', 'l:cardio', 'l:hospital'] }))).toEqual(notice);
    expect(readNotice(signed, harbour.card.edVk)).toBeNull();
    expect(read(signNotice(harbour.secrets.edSk, notice))).toBeNull();
    const items = uncbor(signed) as Cbor[];
    const strange = (at: number, value: Cbor) => cbor(items.map((item, i) => (i === at ? value : item)));
    for (const [at, value] of [
      [0, harbour.card.id],
      [1, harbour.card.id],
      [2, random(16)],
      [3, ward.id],
      [4, now + 1],
      [5, ['l:cardio', 'l:hospital', 'l:lungs']],
      [5, ['l:hospital']],
    ] as const) {
      expect(read(strange(at, value)), `${at}`).toBeNull();
    }
    for (let i = 0; i < signed.length; i += 11) expect(read(signed.slice(0, i))).toBeNull();
  });

  test('is of one shape, also where its organisation signed another', () => {
    const whole = [notice.team, notice.organisation, notice.domain, null, now, ['l:a', 'l:b']];
    const said = (parts: Cbor[]) => cbor([...parts, sign(northgate.secrets.edSk, 'carelet/v1/team/notice', parts)]);
    expect(read(said(whole))).not.toBeNull();
    for (const [at, value] of [
      [0, new Uint8Array(15)],
      [3, new Uint8Array(15)],
      [4, -1],
      [4, 1.5],
      [5, []],
      [5, ['l:b', 'l:a']],
      [5, ['l:a', 'l:a']],
      [5, ['l:a', 7]],
      [5, 'l:a'],
      [5, Array.from({ length: 257 }, (_, i) => `l:${1000 + i}`)],
      [5, [`l:${'a'.repeat(63)}`]],
    ] as const) {
      expect(read(said(whole.map((part, i) => (i === at ? value : part)))), `${at} ${value}`).toBeNull();
    }
    expect(read(said([...whole, 1]))).toBeNull();
  });

  test('makes members of those whose entitlement at its organisation its labels fulfil', () => {
    const at = (formula: string, where = northgate.card.id) => makesMember({ organisation: where, formula }, notice);
    expect(at('l:hospital')).toBe(true);
    expect(at('l:hospital and (l:cardio or l:lungs)')).toBe(true);
    expect(at('l:hospital', harbour.card.id)).toBe(false);
    expect(at('l:hospital and l:lungs')).toBe(false);
    expect(at('(l:hospital')).toBe(false);
    expect(at('')).toBe(false);
  });

  test('says whose the team is, and the team’s own key says that as well', () => {
    const bond = signBond(secrets.edSk, notice);
    expect(verifyBond(ward.edVk, notice, bond)).toBe(true);
    expect(verifyBond(ward.edVk, { ...notice, organisation: harbour.card.id }, bond)).toBe(false);
    expect(verifyBond(ward.edVk, { ...notice, team: random(16) }, bond)).toBe(false);
    expect(verifyBond(ward.edVk, notice, signBond(harbour.secrets.edSk, notice))).toBe(false);
  });

  test('says no name, and a name is signed apart, for one team of one organisation', () => {
    const named = { team: ward.id, organisation: northgate.card.id, name: 'Cardiology', whole: false };
    const word = signTeamName(northgate.secrets.edSk, named);
    const stands = (more: Partial<typeof named>, key = northgate.card.edVk) => verifyTeamName(key, { ...named, ...more }, word);
    expect(stands({})).toBe(true);
    expect(stands({}, harbour.card.edVk)).toBe(false);
    for (const other of [{ name: 'Psychiatry' }, { team: random(16) }, { organisation: harbour.card.id }, { whole: true }]) {
      expect(stands(other)).toBe(false);
    }
    expect(signed.includes('C'.charCodeAt(0)) && new TextDecoder('latin1').decode(signed).includes('Cardiology')).toBe(false);
  });
});
