import { expect, test } from 'vitest';
import { type Bytes, type Cbor, cbor, equal, uncbor, utf8 } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import {
  signAdmission,
  signApproval,
  signRejection,
  signRetirement,
  verifyAdmission,
  verifyApproval,
  verifyRejection,
  verifyRetirement,
} from './approval.ts';
import { type Card, cardHash, cardStands, decodeCard, encodeCard, selfSigned, vouch } from './card.ts';
import { issueEntitlement, readEntitlement } from './entitlement.ts';
import { fingerprint } from './fingerprint.ts';
import { invitationKey, newCode, signAcceptance, signInvitation, verifyAcceptance, verifyInvitation } from './invitation.ts';
import { encodeIssuerKeys, officeStands, readIssuerKeys, signOffice } from './issuer.ts';
import { labelOf, sensitiveLabel } from './label.ts';
import {
  type Domain,
  decodeManifest,
  encodeManifest,
  foundingHash,
  type Manifest,
  manifestHash,
  signedByTwo,
  signManifest,
  successor,
  withNewKey,
} from './manifest.ts';
import { newCard } from './owner.ts';
import { openDomain, sealDomain } from './service.ts';

const random = seededRandom('cards');
const now = 1_800_000_000;
const later = now + 1000;
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
const body = { town: 'Test', serial: 1, issuers: issuers.map((key) => key.public), domains: [] };
const manifest = signManifest(body, issuers.slice(0, 2));
const vouchedBy = (card: Card, ...numbers: number[]) => numbers.reduce((vouched, i) => vouch(vouched, i, issuers[i]!.secret), card);

test('a card comes back from its bytes, and other bytes are no card', () => {
  const { card } = newCard('doctor', later, random);
  const whole = vouchedBy(card, 0, 1);
  expect(decodeCard(encodeCard(whole))).toEqual(whole);
  const bytes = encodeCard(whole);
  for (let i = 0; i < bytes.length; i += 97) expect(decodeCard(bytes.slice(0, i))).toBeNull();
  expect(decodeCard(utf8('card'))).toBeNull();
  expect(fingerprint(card)).toMatch(/^([a-z]+ ){7}[a-z]+$/);
});

test("a patient's card stands by itself, a doctor's by two issuers", () => {
  expect(cardStands(newCard('patient', later, random).card, manifest, now)).toBe(true);
  const { card } = newCard('doctor', later, random);
  expect(cardStands(card, manifest, now)).toBe(false);
  expect(cardStands(vouchedBy(card, 0), manifest, now)).toBe(false);
  expect(cardStands(vouchedBy(card, 1, 1), manifest, now)).toBe(false);
  expect(cardStands(vouchedBy(card, 0, 2), manifest, now)).toBe(true);
});

test('an expired card, a card with a key exchanged, and vouchers of another card do not stand', () => {
  const { card } = newCard('organisation', later, random);
  const good = vouchedBy(card, 0, 1);
  const other = newCard('organisation', later, random).card;
  expect(cardStands(good, manifest, later)).toBe(false);
  expect(cardStands({ ...good, hybridPk: other.hybridPk }, manifest, now)).toBe(false);
  expect(cardStands({ ...good, edVk: other.edVk }, manifest, now)).toBe(false);
  expect(cardStands({ ...good, kind: 'patient' }, manifest, now)).toBe(false);
  expect(cardStands({ ...other, vouchers: good.vouchers }, manifest, now)).toBe(false);
  expect(selfSigned(card, now)).toBe(true);
  expect(selfSigned({ ...card, serial: 2 }, now)).toBe(false);
});

test('a device stands by the patient who paired it, and by nobody else', () => {
  const ada = newCard('patient', later, random);
  const chen = newCard('doctor', later, random);
  const { card } = newCard('device', later, random);
  const watch = vouch(card, ada.card.id, ada.secrets.edSk);
  const known = (people: Card[]) => (id: Bytes) => people.find((person) => equal(person.id, id)) ?? null;
  expect(cardStands(watch, manifest, now, known([ada.card]))).toBe(true);
  expect(cardStands(watch, manifest, now, known([]))).toBe(false);
  expect(cardStands(vouch(card, chen.card.id, chen.secrets.edSk), manifest, now, known([chen.card]))).toBe(false);
  expect(cardStands(vouchedBy(card, 0, 1), manifest, now)).toBe(false);
});

test('a manifest wants two issuers, and a successor the issuers of the pinned one', () => {
  expect(signedByTwo(manifest)).toBe(true);
  expect(signedByTwo(signManifest(body, issuers.slice(0, 1)))).toBe(false);
  expect(signedByTwo({ ...manifest, town: 'Other' })).toBe(false);
  expect(decodeManifest(encodeManifest(manifest))).toEqual(manifest);
  const domain = { organisation: random(16), name: 'Northgate', publicKey: random(100) };
  const grown = signManifest({ ...body, serial: 2, domains: [domain] }, issuers.slice(1));
  expect(successor(manifest, grown)).toBe(true);
  expect(successor(manifest, manifest)).toBe(true);
  expect(successor(grown, manifest)).toBe(false);
  const strangers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
  const foreign: Manifest = signManifest({ ...body, serial: 3, issuers: strangers.map((key) => key.public) }, strangers);
  expect(signedByTwo(foreign)).toBe(true);
  expect(successor(manifest, foreign)).toBe(false);
  const swapped = signManifest({ ...body, serial: 3, domains: [{ ...domain, publicKey: random(100) }] }, issuers);
  expect(successor(grown, swapped)).toBe(false);
  expect(successor(grown, signManifest({ ...body, serial: 3, domains: [] }, issuers))).toBe(false);
  expect(manifestHash(grown)).not.toEqual(manifestHash(manifest));
});

test('a manifest names an organisation’s emergencies once they are founded, and no successor changes them', () => {
  const domain = { organisation: random(16), name: 'Northgate', publicKey: random(40) };
  const signed = (serial: number, emergency?: Bytes) =>
    signManifest({ ...body, serial, domains: [{ ...domain, ...(emergency && { emergency }) }] }, issuers.slice(0, 2));
  const [one, other] = [random(16), random(16)];
  const plain = signed(2);
  const founded = signed(3, one);
  expect(decodeManifest(encodeManifest(plain))).toEqual(plain);
  expect(decodeManifest(encodeManifest(founded))).toEqual(founded);
  expect(successor(plain, founded)).toBe(true);
  expect(successor(founded, signed(4, one))).toBe(true);
  expect(successor(founded, signed(4, other))).toBe(false);
  expect(successor(founded, signed(4))).toBe(false);
  expect(decodeManifest(encodeManifest(signed(3, random(15))))).toBeNull();
});

test('a domain gets another key only in a manifest that says so, and never one it had before', () => {
  const domain: Domain = { organisation: random(16), name: 'Northgate', publicKey: random(600) };
  const told = (serial: number, of: Domain) => signManifest({ ...body, serial, domains: [of] }, issuers);
  const [first, second] = [told(2, domain), told(3, withNewKey(domain, random(600)))];
  expect(decodeManifest(encodeManifest(second))).toEqual(second);
  expect(successor(first, second)).toBe(true);
  expect(successor(second, first)).toBe(false);
  const [now] = second.domains as [Domain];
  const third = told(4, withNewKey(now, random(600)));
  expect(successor(second, third)).toBe(true);
  expect(successor(first, third)).toBe(true);
  // Another key that retires nothing; the key of before, alone and behind the later one; a past that is another.
  for (const wrong of [
    { ...domain, publicKey: random(600) },
    domain,
    { ...now, publicKey: domain.publicKey },
    { ...now, retired: [random(32)] },
    { ...now, retired: [] },
  ]) {
    expect(successor(second, told(5, wrong))).toBe(false);
  }
  expect(signedByTwo({ ...second, domains: [{ ...now, retired: [random(32)] }] })).toBe(false);
  const fields = uncbor(encodeManifest(second)) as Cbor[];
  const { organisation, name, publicKey } = now;
  for (const retired of [[], [new Uint8Array(31)], 'none', null]) {
    expect(decodeManifest(cbor(fields.with(3, [[organisation, name, publicKey, retired]])))).toBeNull();
  }
});

test('a manifest names who keeps the receipts and who watches, and no successor changes the log', () => {
  const named = (name: string) => ({ name, key: signingKey(random).public });
  const receipts = { log: named('test.example/log'), witnesses: [named('north.example'), named('south.example')] };
  const watched = signManifest({ ...body, serial: 2, receipts }, issuers);
  expect(decodeManifest(encodeManifest(watched))).toEqual(watched);
  expect(signedByTwo({ ...watched, receipts: { ...receipts, log: named('test.example/log') } })).toBe(false);
  expect(foundingHash(watched)).toEqual(manifestHash(manifest));
  const later = (other: Manifest['receipts']) => successor(watched, signManifest({ ...body, serial: 3, receipts: other }, issuers));
  expect(successor(manifest, watched)).toBe(true);
  expect(later({ ...receipts, witnesses: [named('east.example')] })).toBe(true);
  expect(later({ ...receipts, log: named('test.example/log') })).toBe(false);
  expect(later(undefined)).toBe(false);
  const fields = uncbor(encodeManifest(watched)) as Cbor[];
  for (const wrong of [
    [],
    [['a', receipts.log.key, 0]],
    [['', receipts.log.key]],
    [['a', new Uint8Array(31)]],
    [
      ['a', receipts.log.key],
      ['a', receipts.log.key],
    ],
  ])
    expect(decodeManifest(cbor(fields.with(4, wrong)))).toBeNull();
  expect(decodeManifest(cbor([...fields, 0]))).toBeNull();
});

test('a manifest names the key servers once for good, with receipts and without', () => {
  const [keyServers, others] = [random(450), random(450)];
  const receipts = { log: { name: 'test.example/log', key: signingKey(random).public }, witnesses: [] };
  for (const more of [{}, { receipts }]) {
    const named = signManifest({ ...body, serial: 2, ...more, keyServers }, issuers);
    expect(decodeManifest(encodeManifest(named))).toEqual(named);
    expect(foundingHash(named)).toEqual(manifestHash(manifest));
    expect(signedByTwo({ ...named, keyServers: others })).toBe(false);
    const later = (next: Bytes | undefined) => successor(named, signManifest({ ...body, serial: 3, ...more, keyServers: next }, issuers));
    expect(successor(manifest, named)).toBe(true);
    expect([keyServers, others, undefined].map(later)).toEqual([true, false, false]);
    const fields = uncbor(encodeManifest(named)) as Cbor[];
    for (const wrong of [new Uint8Array(), 'none', null, []]) expect(decodeManifest(cbor(fields.with(5, wrong)))).toBeNull();
    expect(decodeManifest(cbor(fields.toSpliced(6, 0, keyServers)))).toBeNull();
  }
});

test('an entitlement is what two issuers signed, to the letter', () => {
  const entitlement = { doctor: random(16), organisation: random(16), formula: 'l:a and l:b', issued: now, notAfter: later };
  const bytes = issueEntitlement(entitlement, issuers.slice(0, 2));
  expect(readEntitlement(bytes, manifest)).toEqual(entitlement);
  expect(readEntitlement(issueEntitlement(entitlement, issuers.slice(0, 1)), manifest)).toBeNull();
  for (let i = 0; i < bytes.length; i += 7) {
    const changed = bytes.map((byte, j) => (i === j ? byte ^ 1 : byte));
    expect(readEntitlement(changed, manifest)).toBeNull();
  }
});

test('an approval is for one policy, one set of keys and one moment', () => {
  const mara = signingKey(random);
  const { card } = newCard('doctor', later, random);
  const approval = { doctor: card, policy: '{"parts":["MI"]}', time: 1_763_631_660 };
  const signature = signApproval(mara.secret, approval);
  expect(verifyApproval(mara.public, approval, signature)).toBe(true);
  expect(verifyApproval(mara.public, { ...approval, policy: '{"parts":["EID"]}' }, signature)).toBe(false);
  expect(verifyApproval(mara.public, { ...approval, doctor: newCard('doctor', later, random).card }, signature)).toBe(false);
  for (const time of [0, approval.time + 1]) expect(verifyApproval(mara.public, { ...approval, time }, signature)).toBe(false);
});

test('labels differ by organisation, name and value, and a rare group does not gather patients', () => {
  const [one, two, ada, ben] = [random(32), random(32), random(16), random(16)];
  const labels = [
    labelOf(one, 'kind', 'laboratory'),
    labelOf(two, 'kind', 'laboratory'),
    labelOf(one, 'part', 'laboratory'),
    labelOf(one, 'kind', 'notes'),
    sensitiveLabel(one, ada, 'HIV'),
    sensitiveLabel(one, ben, 'HIV'),
  ];
  expect(new Set(labels).size).toBe(labels.length);
  for (const label of labels) expect(label).toMatch(/^l:[0-9a-f]{32}$/);
});

test('a card hash covers the keys and not the vouchers', () => {
  const { card } = newCard('doctor', later, random);
  expect(cardHash(vouchedBy(card, 0, 1))).toEqual(cardHash(card));
});

test('an invitation is for whoever has its code, by whoever signed it, and for one card', () => {
  const [inviter, invited, thief] = [0, 1, 2].map(() => newCard('administrator', later, random)) as ReturnType<typeof newCard>[];
  const code = newCode(random);
  expect(code).toMatch(/^([0-9a-f]{4}-){7}[0-9a-f]{4}$/);
  const { public: key, secret } = invitationKey(code);
  expect(invitationKey(` ${code.toUpperCase()} `).public).toEqual(key);
  const word = signInvitation(inviter!.secrets.edSk, key);
  expect(verifyInvitation(inviter!.card.edVk, key, word)).toBe(true);
  expect(verifyInvitation(thief!.card.edVk, key, word)).toBe(false);
  expect(verifyInvitation(inviter!.card.edVk, invitationKey(newCode(random)).public, word)).toBe(false);
  const acceptance = signAcceptance(secret, invited!.card, 'Medical Board');
  expect(verifyAcceptance(key, invited!.card, 'Medical Board', acceptance)).toBe(true);
  expect(verifyAcceptance(key, thief!.card, 'Medical Board', acceptance)).toBe(false);
  expect(verifyAcceptance(key, invited!.card, 'Harbour Clinic', acceptance)).toBe(false);
});

test('an office wants two different issuers, and is of one card and one organisation', () => {
  const [{ card }, other] = [newCard('administrator', later, random), newCard('administrator', later, random)];
  const words = issuers.map(({ issuer, secret }) => ({ issuer, signature: signOffice(secret, card, 'Medical Board') }));
  const stands = (of: typeof words, who: Card = card, organisation = 'Medical Board') => officeStands(body.issuers, who, organisation, of);
  expect(stands(words.slice(1))).toBe(true);
  expect(stands(words.slice(0, 1))).toBe(false);
  expect(stands([words[0]!, words[0]!])).toBe(false);
  expect(stands([words[0]!, { ...words[0]!, issuer: 1 }])).toBe(false);
  expect(stands([words[0]!, { ...words[1]!, issuer: 7 }])).toBe(false);
  expect(stands(words, other.card)).toBe(false);
  expect(stands(words, card, 'Harbour Clinic')).toBe(false);
});

test("an issuer's signing key vouches for what is sealed to it", () => {
  const [one, two] = issuers as [(typeof issuers)[number], (typeof issuers)[number]];
  const { hybridPk } = newCard('patient', later, random).card;
  const bytes = encodeIssuerKeys({ edVk: one.public, hybridPk }, one.secret);
  expect(readIssuerKeys(bytes)).toEqual({ edVk: one.public, hybridPk });
  expect(readIssuerKeys(encodeIssuerKeys({ edVk: one.public, hybridPk }, two.secret))).toBeNull();
  for (let i = 0; i < bytes.length; i += 61) expect(readIssuerKeys(bytes.map((byte, at) => (at === i ? byte ^ 1 : byte)))).toBeNull();
});

test('what a clinic hands its cloudlet opens for that cloudlet, of that clinic, and is of this shape', () => {
  const [{ card, secrets }, other] = [newCard('organisation', later, random), newCard('organisation', later, random)];
  const keys = { domain: random(600), orgKey: random(32), pq: random(32), emergency: random(1800) };
  const sealed = sealDomain(card.hybridPk, card.id, keys);
  expect(openDomain(secrets.hybridSk, card.id, sealed)).toEqual(keys);
  const young = { ...keys, emergency: null };
  expect(openDomain(secrets.hybridSk, card.id, sealDomain(card.hybridPk, card.id, young))).toEqual(young);
  expect(openDomain(secrets.hybridSk, other.card.id, sealed)).toBeNull();
  expect(openDomain(other.secrets.hybridSk, card.id, sealed)).toBeNull();
  expect(openDomain(secrets.hybridSk, card.id, new Uint8Array(10))).toBeNull();
  expect(openDomain(secrets.hybridSk, card.id, sealDomain(card.hybridPk, card.id, { ...keys, pq: random(31) }))).toBeNull();
});

test('what an administrator signs for one thing does not pass for another', () => {
  const [{ secrets, card: by }, { card: doctor }] = [newCard('administrator', later, random), newCard('doctor', later, random)];
  const rejection = signRejection(secrets.edSk, doctor.id, 'no licence');
  expect(verifyRejection(by.edVk, doctor.id, 'no licence', rejection)).toBe(true);
  expect(verifyRejection(by.edVk, doctor.id, 'another reason', rejection)).toBe(false);
  const admission = signAdmission(secrets.edSk, doctor, 'Northgate');
  expect(verifyAdmission(by.edVk, doctor, 'Northgate', admission)).toBe(true);
  expect(verifyAdmission(by.edVk, doctor, 'Southgate', admission)).toBe(false);
  expect(verifyApproval(by.edVk, { doctor, policy: 'Northgate', time: 0 }, admission)).toBe(false);
  const [here, there, key] = [random(16), random(16), random(600)];
  const retirement = signRetirement(secrets.edSk, here, key);
  expect(verifyRetirement(by.edVk, here, key, retirement)).toBe(true);
  expect(verifyRetirement(by.edVk, there, key, retirement)).toBe(false);
  expect(verifyRetirement(by.edVk, here, random(600), retirement)).toBe(false);
});
