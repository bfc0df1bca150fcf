import { policyText } from '@carelet/care/rules/sharing/policy';
import { newKeyring } from '@carelet/client/keyring/keyring';
import type { Authority } from '@carelet/client/login';
import { hex } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { sign, signingKey } from '@carelet/crypto/algebra/sign';
import { verifyApproval } from '@carelet/crypto/cards/approval';
import { type Card, cardLabel, cardParts, encodeCard, fingerprint } from '@carelet/crypto/cards/card';
import { signManifest } from '@carelet/crypto/cards/manifest';
import { expect, test } from 'vitest';
import type { PolicyChoice } from '../house/admin.ts';
import { approveChoice, doctorLines, policyOf } from './admin.ts';
import type { Person } from './person.ts';

const now = Date.UTC(2026, 10, 20, 9);
const random = seededRandom('administrators');
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
const hospital = { organisation: random(16), name: 'Northgate Hospital', publicKey: random(100) };
const manifest = signManifest(
  { town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [hospital] },
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
function before(...lists: { readonly doctor: Uint8Array; readonly card: Card }[][]) {
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
  const { person, signed } = before([{ doctor: chen!.card.id, card: chen!.card }]);
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
    const { person, signed } = before([honest], [{ doctor: chen!.card.id, card }]);
    const [line] = await doctorLines(person, now);
    await expect(approveChoice(person, line!.id, choice, () => now)).rejects.toMatchObject({ kind: 'tampered' });
    expect(signed).toEqual([]);
  }
});

test('nobody’s fingerprint is shown beside the number of another’s keys', async () => {
  const { person, signed } = before([{ doctor: ivy!.card.id, card: chen!.card }], [{ doctor: ivy!.card.id, card: ivy!.card }]);
  const [line] = await doctorLines(person, now);
  expect(line).toMatchObject({ id: hex(ivy!.card.id), fingerprint: '' });
  expect(signed).toEqual([]);
});
