import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { newKeyring } from '@carelet/client/keyring/keyring';
import type { Authority } from '@carelet/client/login';
import { hex } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { sign, signingKey } from '@carelet/crypto/algebra/sign';
import { verifyApproval } from '@carelet/crypto/cards/approval';
import { type Card, cardLabel, cardParts, encodeCard } from '@carelet/crypto/cards/card';
import { fingerprint } from '@carelet/crypto/cards/fingerprint';
import { type Domain, signManifest } from '@carelet/crypto/cards/manifest';
import { describe, expect, test } from 'vitest';
import type { PolicyChoice } from '../house/admin.ts';
import { approveChoice, choiceInWords, doctorLines, policyOf } from './admin.ts';
import type { Person } from './person.ts';

const now = Date.UTC(2026, 10, 20, 9);
const random = seededRandom('administrators');
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
const [hospital, clinic] = ['Northgate Hospital', 'Harbour Clinic'].map((name) => ({
  organisation: random(16),
  name,
  publicKey: random(100),
})) as [Domain, Domain];
const manifest = signManifest(
  { town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [hospital, clinic] },
  issuers.slice(0, 2),
);
const [sam, chen, ivy] = (['administrator', 'doctor', 'doctor'] as const).map((kind) =>
  newKeyring(kind, kind, kind, manifest, 2_000_000_000),
);
const choice: PolicyChoice = {
  organisation: hospital.name,
  kinds: ['laboratory'],
  identity: false,
  until: '2026-12-31',
  breakGlass: false,
};

/** Sam before an authority that shows these cards under these numbers, another list at each question. */
function authorityWith(...lists: { readonly doctor: Uint8Array; readonly card: Card }[][]) {
  const signed: Uint8Array[] = [];
  const enrolment = {
    async doctors() {
      const list = lists.length > 1 ? lists.shift()! : lists[0]!;
      const doctors = list.map(({ doctor, card }) => ({
        doctor,
        card: encodeCard(card),
        name: 'Dr Mei Chen',
        certificate: 'NG-4471',
        specialty: 'cardiology',
        organisation: hospital.name,
        state: 'pending',
        registered: new Date(now).toISOString(),
        reason: null,
        policies: [],
        asked: [],
      }));
      return { doctors, needed: 2, offices: [null, null, null] };
    },
    async approve({ signature, time }: { signature: Uint8Array; time: number }) {
      expect(time).toBe(Math.floor(now / 1000));
      signed.push(signature);
      return { state: 'pending', approvals: 1, needed: 2, replaces: null };
    },
  };
  const person = { keyring: sam!, authority: { enrolment } as unknown as Authority } as Person;
  return { person, signed };
}

/** Ivy's keys on a card that says it is another's, under her own signature. */
function passingAs(id: Uint8Array, serial: number): Card {
  const { card, secrets } = ivy!;
  const body = { ...card, id, serial };
  return { ...body, selfSignature: sign(secrets.edSk, cardLabel, cardParts(body)) };
}

test('whoever compares a fingerprint signs for the keys it is of', async () => {
  const { person, signed } = authorityWith([{ doctor: chen!.card.id, card: chen!.card }]);
  const [line] = await doctorLines(person, now);
  expect(line!.fingerprint).toBe(fingerprint(chen!.card));
  expect(await approveChoice(person, line!.id, choice, () => now)).toEqual({ state: 'pending', approvals: 1, needed: 2 });
  const text = policyText(policyOf(manifest, choice, now));
  const approval = { doctor: chen!.card, policy: text, time: Math.floor(now / 1000) };
  expect(verifyApproval(sam!.card.edVk, approval, signed[0]!)).toBe(true);
  expect(verifyApproval(sam!.card.edVk, { ...approval, doctor: ivy!.card }, signed[0]!)).toBe(false);
});

test('an authority that shows another card once the fingerprint was compared gets no signature', async () => {
  const honest = { doctor: chen!.card.id, card: chen!.card };
  for (const card of [ivy!.card, passingAs(chen!.card.id, 1), passingAs(chen!.card.id, 2)]) {
    const { person, signed } = authorityWith([honest], [{ doctor: chen!.card.id, card }]);
    const [line] = await doctorLines(person, now);
    await expect(approveChoice(person, line!.id, choice, () => now)).rejects.toMatchObject({ kind: 'tampered' });
    expect(signed).toEqual([]);
  }
});

test('nobody’s fingerprint is shown beside the number of another’s keys', async () => {
  const { person, signed } = authorityWith([{ doctor: ivy!.card.id, card: chen!.card }], [{ doctor: ivy!.card.id, card: ivy!.card }]);
  const [line] = await doctorLines(person, now);
  expect(line).toMatchObject({ id: hex(ivy!.card.id), fingerprint: '' });
  expect(signed).toEqual([]);
});

describe('how a choice differs from a rule that was signed', () => {
  const before = policyOf(manifest, choice, now);
  const told = (choice_: PolicyChoice, rule = before, specialty = 'Cardiology') =>
    choiceInWords(manifest, { choice: choice_, specialty, beside: [{ policy: rule }] }, now);
  const change = (now_: PolicyChoice, rule = before) => told(now_, rule).changes[0]!;
  const nothing = { said: [], whom: { patients: 0, teams: 0 }, named: 0, breakGlass: false };

  test('is told of everything a form asks, and of nothing when only the order does', () => {
    expect(change({ ...choice, kinds: ['laboratory'] })).toEqual({ same: true, more: nothing, less: nothing });
    expect(change({ ...choice, kinds: ['notes'], identity: true, breakGlass: true, until: '2027-01-31' })).toEqual({
      same: false,
      more: { ...nothing, said: ['notes', 'names and contact data', 'birth date, sex and town'], breakGlass: true },
      less: { ...nothing, said: ['laboratory'] },
      until: { before: '2026-12-31', now: '2027-01-31' },
    });
    expect(change({ ...choice, organisation: clinic.name })).toMatchObject({
      same: false,
      place: { before: 'Northgate Hospital', now: 'Harbour Clinic' },
    });
  });

  test('is told of what no form asks, which stays where a choice began with it', () => {
    const rare: Policy = {
      ...{ ...before, parts: ['QID', 'MI'], confidentiality: ['N', 'V'], sensitivity: ['none', 'PSY'] },
      ...{ patients: ['a'.repeat(32)], unit: `${before.unit}/cardio`, from: '2026-01-01', named: ['b'.repeat(32)] },
    };
    expect(change(choice, rare)).toEqual({
      same: false,
      more: nothing,
      less: { ...nothing, said: ['birth date, sex and town', 'very restricted records', 'PSY'], named: 1 },
      whom: { before: { patients: 1, teams: 0 }, now: 'everyone' },
      unit: { before: 'cardio', now: '' },
      from: { before: '2026-01-01', now: 'beginning' },
    });
    const begun = { ...choice, as: rare };
    expect(policyText(policyOf(manifest, begun, now))).toBe(policyText(rare));
    expect(change(begun, rare)).toEqual({ same: true, more: nothing, less: nothing });
    expect(change({ ...begun, identity: true }, rare).more.said).toEqual(['names and contact data']);
    expect(() => policyOf(manifest, { ...begun, organisation: clinic.name }, now)).toThrow('another organisation');
  });

  test('is told of the template of a specialty, line by line', async () => {
    const { person } = authorityWith([{ doctor: chen!.card.id, card: chen!.card }]);
    const [line] = await doctorLines(person, now);
    const usual: PolicyChoice = { ...choice, ...line!.usual };
    expect(line!.usual.kinds).toContain('imaging');
    expect(told(usual).template).toEqual({ specialty: 'Cardiology', lines: 0 });
    expect(told({ ...usual, identity: false, breakGlass: true }).template.lines).toBe(2);
    expect(told({ ...usual, until: '2027-01-31' }, before, 'astrology').template).toEqual({ specialty: null, lines: 1 });
  });
});
