/**
 * Three issuers who do not believe each other, nor whoever carries their words.
 */
import { type Bytes, cbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type NamedKey, signingKey } from '@carelet/crypto/algebra/sign';
import { encodeCard } from '@carelet/crypto/cards/card';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import { signEmergency } from '@carelet/crypto/cards/issuer';
import { decodeManifest, encodeManifest, type Manifest, signedBy } from '@carelet/crypto/cards/manifest';
import { signWitness, witnessName } from '@carelet/crypto/cards/witness';
import { idOfDomain, joinAuthorities } from '@carelet/crypto/ma-kp-abe/security-domain';
import { afterAll, describe, expect, test } from 'vitest';
import { type Administrator, openCast, type Person, refusal, type Word } from './issuer.testing.ts';
import type { IssuerRole } from './issuer.ts';
import * as mathematics from './mathematics.ts';

const cast = await openCast();
const { admitted, administrator, introductions, made, mara, person, roles, sam, signing, tables } = cast;
afterAll(() => cast[Symbol.asyncDispose]());

describe('a town', () => {
  test('is founded once, with three different issuers of whom this is one', async () => {
    const found = (issuers: Bytes[], town = 'a town') => refusal(roles[0]!.town.found({ town, issuers }));
    expect(await found(introductions)).toBe('ok');
    expect(await found(introductions, 'another town')).toBe('conflict');
    expect(await found([...introductions].reverse())).toBe('conflict');
    expect(await found([introductions[0]!, introductions[1]!, introductions[1]!])).toBe('invalid');
    expect(await found([introductions[1]!, introductions[2]!, new Uint8Array(20)])).toBe('invalid');
  });

  test('has a manifest that each signs only if it follows, and names no domain it did not make', async () => {
    const northgate = await admitted('Manifest Hospital');
    const domain = await made(northgate);
    const [role] = roles as [IssuerRole];
    const body = (serial: number, publicKey: Bytes, more = {}) => ({
      ...{ town: 'a town', serial, issuers: signing, domains: [{ organisation: northgate.card.id, name: 'Manifest Hospital', publicKey }] },
      ...more,
      signatures: [],
    });
    const sign = (manifest: ReturnType<typeof body>) =>
      refusal(role.town.sign({ manifest: encodeManifest(manifest), witnesses: [], emergencies: [] }));
    expect(await sign(body(2, cbor('another key')))).toBe('denied');
    expect(await sign(body(2, domain, { town: 'another town' }))).toBe('denied');
    expect(await sign(body(2, domain, { issuers: [signing[1]!, signing[0]!, signing[2]!] }))).toBe('denied');
    const { signature } = await role.town.sign({ manifest: encodeManifest(body(2, domain)), witnesses: [], emergencies: [] });
    expect(signedBy(body(2, domain), signing[0]!, signature)).toBe(true);
    // Never two of one serial, and none without what it signed before.
    expect(await sign(body(2, domain, { domains: [] }))).toBe('denied');
    expect(await sign(body(3, domain, { domains: [] }))).toBe('denied');
    expect(await sign(body(2, domain))).toBe('ok');
  });

  test('names emergencies only of the authorities that the first two issuers signed, each its own', async () => {
    const northgate = await admitted('Emergency Hospital');
    const { organisation } = { organisation: northgate.card.id };
    const [hospital, office, third] = roles as [IssuerRole, IssuerRole, IssuerRole];
    expect(await refusal(hospital.town.emergency({ organisation }))).toBe('denied');
    await made(northgate);
    expect(await refusal(third.town.emergency({ organisation }))).toBe('missing');
    const [one, two] = [await hospital.town.emergency({ organisation }), await office.town.emergency({ organisation })];
    expect(await hospital.town.emergency({ organisation })).toEqual(one);

    const { last } = await tables[2]!.selectFrom('town').select('last').executeTakeFirstOrThrow();
    const before = decodeManifest(last)!;
    const { public_key: publicKey } = await tables[2]!
      .selectFrom('domain')
      .select('public_key')
      .where('organisation', '=', organisation)
      .executeTakeFirstOrThrow();
    const rogue = await mathematics.newAuthority('a rogue’s');
    const joined = joinAuthorities('emergencies', [one.authority, two.authority]);
    const named = (domain: Bytes): Manifest => ({
      ...before,
      serial: before.serial + 1,
      domains: [...before.domains, { organisation, name: 'Emergency Hospital', publicKey, emergency: idOfDomain(domain)! }],
      signatures: [],
    });
    const sign = (domain: Bytes, words: Bytes[], offered = domain) =>
      refusal(
        third.town.sign({
          manifest: encodeManifest(named(domain)),
          witnesses: [],
          emergencies: [{ organisation, domain: offered, words }],
        }),
      );
    const words = [one.signature, two.signature];
    const withRogue = joinAuthorities('emergencies', [one.authority, rogue.authority]);
    expect(await sign(withRogue, words)).toBe('denied');
    expect(await sign(withRogue, [one.signature, signEmergency(signingKey().secret, organisation, rogue.authority)])).toBe('denied');
    expect(await sign(joinAuthorities('emergencies', [one.authority]), words)).toBe('denied');
    expect(await sign(joined, [two.signature, one.signature])).toBe('denied');
    expect(await sign(joined, words, withRogue)).toBe('denied');
    expect(await sign(joined, words)).toBe('ok');
  });

  test('names a log once, and a witness only where an organisation of the town signed for that key', async () => {
    const [role] = roles as [IssuerRole];
    const [northgate, harbour] = [await admitted('Watching Hospital'), await admitted('Watching Clinic')];
    const stranger = person('organisation');
    const [key, other, logSigning] = [systemRandom(32), systemRandom(32), systemRandom(32)];
    const { last } = await tables[0]!.selectFrom('town').select('last').executeTakeFirstOrThrow();
    const before = decodeManifest(last)!;
    const log = { name: 'cloud.example', key: logSigning };
    const named = (serial: number, ...witnesses: NamedKey[]): Manifest => ({ ...before, serial, receipts: { log, witnesses } });
    const wordOf = ({ card, secrets }: Person, of = key) => ({ card: encodeCard(card), signature: signWitness(secrets.edSk, card.id, of) });
    const sign = (manifest: Manifest, ...witnesses: ReturnType<typeof wordOf>[]) =>
      refusal(role.town.sign({ manifest: encodeManifest(manifest), witnesses, emergencies: [] }));
    const first = before.serial + 1;
    expect(await sign(named(first))).toBe('ok');
    const rogue = { ...named(first + 1), receipts: { log: { ...log, key: other }, witnesses: [] } };
    expect(await sign(rogue)).toBe('denied');

    const own = { name: witnessName(northgate.card.id, key), key };
    expect(await sign(named(first + 1, own))).toBe('denied');
    expect(await sign(named(first + 1, own), wordOf(northgate, other))).toBe('denied');
    expect(await sign(named(first + 1, own), wordOf(harbour))).toBe('denied');
    const strange = { name: witnessName(stranger.card.id, key), key };
    expect(await sign(named(first + 1, strange), wordOf(stranger))).toBe('denied');
    expect(await sign(named(first + 1, { ...own, key: other }), wordOf(northgate))).toBe('denied');
    expect(await sign(named(first + 1, own), wordOf(northgate))).toBe('ok');
    // It stays without being asked for again.
    expect(await sign(named(first + 2, own))).toBe('ok');
  });
});

describe('an administrator', () => {
  test('is the first one, or somebody whom one invited', async () => {
    const ivy = person('administrator');
    const { public: key, secret } = invitationKey(newCode());
    const ask = (by: Word[], acceptance = signAcceptance(secret, ivy.card, 'Harbour Clinic'), card = ivy.card) =>
      refusal(
        roles[0]!.enrolment.administrator({ card: encodeCard(card), organisation: 'Harbour Clinic', invitation: { key, acceptance, by } }),
      );
    expect(await ask([])).toBe('denied');
    expect(await ask([sam.word(signInvitation(ivy.secrets.edSk, key))])).toBe('denied');
    const invited = [sam.word(signInvitation(sam.secrets.edSk, key))];
    // Whoever carries the invitation does not have the code.
    expect(await ask(invited, signAcceptance(ivy.secrets.edSk, ivy.card, 'Harbour Clinic'))).toBe('denied');
    expect(await ask(invited)).toBe('ok');
    expect(await ask(invited)).toBe('ok');
    const second = person('administrator');
    expect(await ask(invited, signAcceptance(secret, second.card, 'Harbour Clinic'), second.card)).toBe('denied');
  });

  test('is not invited under another organisation’s name, nor under one that somebody invents alone', async () => {
    const ask = (organisation: string, by: readonly Administrator[]) => refusal(administrator(organisation, by));
    expect(await ask('Medical Board', [sam])).toBe('denied');
    expect(await ask('Medical Board', [mara])).toBe('ok');
    expect(await ask('Ivy’s Board', [sam])).toBe('denied');
    expect(await ask('Ivy’s Board', [sam, await administrator('Harbour Clinic', [sam])])).toBe('denied');
    expect(await ask('Northgate Hospital', [sam, mara])).toBe('ok');
  });
});
