/**
 * Three issuers who do not believe each other, nor whoever carries their words.
 */
import { CareletError } from '@carelet/care/model';
import { addDays, longestKey } from '@carelet/care/rules/records/calendar';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { type NamedKey, signingKey } from '@carelet/crypto/algebra/sign';
import { signAdmission, signApproval, signRejection } from '@carelet/crypto/cards/approval';
import { type Card, type CardKind, encodeCard } from '@carelet/crypto/cards/card';
import { entitlementSignedBy } from '@carelet/crypto/cards/entitlement';
import { invitationKey, newCode, signAcceptance, signInvitation } from '@carelet/crypto/cards/invitation';
import { openForCloud, openForDoctor, openForMediator } from '@carelet/crypto/cards/issued';
import { readIssuerKeys, signEmergency } from '@carelet/crypto/cards/issuer';
import { decodeManifest, encodeManifest, type Manifest, signedBy, signManifest } from '@carelet/crypto/cards/manifest';
import { type CardSecrets, newCard } from '@carelet/crypto/cards/owner';
import { encodeServiceKey } from '@carelet/crypto/cards/service';
import { signWitness, witnessName } from '@carelet/crypto/cards/witness';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { mediate } from '@carelet/crypto/kp-abe/mediator';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { factorCheck, finish, open as openWhole } from '@carelet/crypto/kp-abe/reader';
import { idOfDomain, joinAuthorities } from '@carelet/crypto/ma-kp-abe/security-domain';
import { hybridKeygen } from '@carelet/crypto/ntru/hybrid';
import { openDatabase } from '@carelet/ground/database';
import { secrets as secretsUnder } from '@carelet/ground/secrets';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import type { Kysely } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type IssuerRole, issuer } from './issuer.ts';
import { grantsIn } from './kdc.ts';
import type { IssuerMath } from './mathematics.ts';
import * as mathematics from './mathematics.ts';
import { type IssuerTables, migrations } from './schema.ts';

type Person = { card: Card; readonly secrets: CardSecrets };
type Word = Parameters<IssuerRole['enrolment']['organisation']>[0]['by'];

let database: TestDatabase;
const tables: Kysely<IssuerTables>[] = [];
const keyFiles = [0, 1, 2].map(() => systemRandom(32));
let roles: IssuerRole[];
let introductions: Bytes[];
let signing: Bytes[];
let now = Date.parse('2026-11-20T09:41:00Z');
const today = '2026-11-20';
const seconds = () => Math.floor(now / 1000);

let sam: Person & { word: (signature: Bytes) => Word };
let mara: typeof sam;

/** An issuer as it is after a restart: with nothing but its tables and its key file. */
const started = async (place: number, math: IssuerMath = mathematics): Promise<IssuerRole> =>
  issuer({
    db: tables[place]!,
    secrets: secretsUnder(keyFiles[place]!),
    grants: await grantsIn(temporaryFolder(), secretsUnder(keyFiles[place]!)),
    mathematics: math,
    title: `issuer ${place + 1}`,
    clock: () => now,
  });

const person = (kind: CardKind): Person => newCard(kind, seconds() + 10 * 365 * 86_400);

beforeAll(async () => {
  database = await freshDatabase();
  for (const name of ['one', 'two', 'three']) {
    tables.push(await openDatabase<IssuerTables>({ url: database.url, schema: `issuer_${name}`, migrations, connections: 2 }));
  }
  roles = await Promise.all([0, 1, 2].map((place) => started(place)));
  introductions = await Promise.all(roles.map(async (role) => (await role.town.keys()).keys));
  signing = introductions.map((bytes) => readIssuerKeys(bytes)!.edVk);
  for (const role of roles) await role.town.found({ town: 'a town', issuers: introductions });
  sam = await administrator('Harbour Clinic', []);
  mara = await administrator('Medical Board', [sam]);
}, 60_000);

afterAll(async () => {
  for (const db of tables) await db.destroy();
  await database?.[Symbol.asyncDispose]();
});

/** Somebody with a code becomes an administrator, at all three or at some. */
async function administrator(organisation: string, by: readonly (typeof sam)[], at = roles): Promise<typeof sam> {
  const who = person('administrator');
  const { public: key, secret } = invitationKey(newCode());
  const invitation = {
    key,
    acceptance: signAcceptance(secret, who.card, organisation),
    by: by.map((one) => one.word(signInvitation(one.secrets.edSk, key))),
  };
  const said = await Promise.all(at.map((role) => role.enrolment.administrator({ card: encodeCard(who.card), organisation, invitation })));
  const card = { ...who.card, vouchers: said.map(({ voucher: signature }, place) => ({ by: place, signature })) };
  const office = said.map(({ office: signature }, place) => ({ issuer: place, signature }));
  return { card, secrets: who.secrets, word: (signature) => ({ card: encodeCard(card), organisation, office, signature }) };
}

async function refusal(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'ok';
  } catch (thrown) {
    return thrown instanceof CareletError ? thrown.kind : String(thrown);
  }
}

/** An organisation that all three know, without a domain yet. */
async function admitted(name: string, at = roles): Promise<Person> {
  const place = person('organisation');
  const by = sam.word(signAdmission(sam.secrets.edSk, place.card, name));
  const said = await Promise.all(at.map((role) => role.enrolment.organisation({ card: encodeCard(place.card), name, by })));
  place.card = { ...place.card, vouchers: said.map(({ voucher: signature }, i) => ({ by: i, signature })) };
  return place;
}

type Said = {
  promises: Bytes[];
  shown: { opening: Bytes; shares: Bytes[] }[];
};

/** The first two steps of a generation. */
async function said(asked: { organisation: Bytes; attempt: number }, at = roles): Promise<Said> {
  const promises = (await Promise.all(at.map((role) => role.generation.promise(asked)))).map(({ promise }) => promise);
  return { promises, shown: await Promise.all(at.map((role) => role.generation.reveal({ ...asked, promises }))) };
}

const concluded = (asked: { organisation: Bytes; attempt: number }, { shown }: Said, at = roles) =>
  Promise.all(
    at.map((role, to) =>
      role.generation.conclude({ ...asked, openings: shown.map(({ opening }) => opening), shares: shown.map(({ shares }) => shares[to]!) }),
    ),
  );

/** A whole generation. */
async function made({ card }: Person, at = roles): Promise<Bytes> {
  const asked = { organisation: card.id, attempt: 1 };
  const outcomes = await concluded(asked, await said(asked, at), at);
  const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
  const confirmed = await Promise.all(at.map((role) => role.generation.confirm({ ...asked, signatures })));
  return confirmed[0]!.domain;
}

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
    const ask = (organisation: string, by: readonly (typeof sam)[]) => refusal(administrator(organisation, by));
    expect(await ask('Medical Board', [sam])).toBe('denied');
    expect(await ask('Medical Board', [mara])).toBe('ok');
    expect(await ask('Ivy’s Board', [sam])).toBe('denied');
    expect(await ask('Ivy’s Board', [sam, await administrator('Harbour Clinic', [sam])])).toBe('denied');
    expect(await ask('Northgate Hospital', [sam, mara])).toBe('ok');
  });
});

describe('a generation', () => {
  test('goes on where it was when an issuer has fallen, and says the same again', async () => {
    const { card } = await admitted('Fallen Hospital');
    const asked = { organisation: card.id, attempt: 1 };
    const first = await said(asked);
    const again = await Promise.all([0, 1, 2].map((place) => started(place)));
    expect(await said(asked, again)).toEqual(first);
    const outcomes = await concluded(asked, first, again);
    expect(await concluded(asked, first)).toEqual(outcomes);
    const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
    for (const role of [...roles, ...roles]) expect(await refusal(role.generation.confirm({ ...asked, signatures }))).toBe('ok');
    expect(await refusal(roles[0]!.generation.promise({ ...asked, attempt: 2 }))).toBe('conflict');
    const rows = await tables[0]!.selectFrom('generation').selectAll().where('organisation', '=', card.id).execute();
    expect(rows.map(({ dealt, made }) => [dealt, made])).toEqual([[null, null]]);
  });

  test('names an issuer that lies: a share that does not fit, an opening it did not promise', async () => {
    const lies: IssuerMath[] = [
      { ...mathematics, deal: async (...given) => withShare(await mathematics.deal(...given), 0) },
      {
        ...mathematics,
        deal: async (context, place) => ({ ...(await mathematics.deal(context, place)), promise: systemRandom(32) }),
      },
      {
        ...mathematics,
        deal: async (context, place) => {
          const [one, two] = [await mathematics.deal(context, place), await mathematics.deal(context, place)];
          return { ...one, shares: two.shares };
        },
      },
    ];
    for (const [i, lie] of lies.entries()) {
      const { card } = await admitted(`Lied To Hospital ${i}`);
      const at = [roles[0]!, await started(1, lie), roles[2]!];
      const asked = { organisation: card.id, attempt: 1 };
      const outcomes = await concluded(asked, await said(asked, at));
      expect(outcomes[0]).toMatchObject({ kind: 'blame', issuer: 1 });
      // It ends there for all: nobody confirms what one of them did not sign.
      const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
      for (const role of roles) expect(await refusal(role.generation.confirm({ ...asked, signatures }))).not.toBe('ok');
      expect(await tables[2]!.selectFrom('domain').selectAll().where('organisation', '=', card.id).execute()).toEqual([]);
    }
  });

  test('is not changed by whoever carries it', async () => {
    const { card } = await admitted('Carried Hospital');
    const asked = { organisation: card.id, attempt: 1 };
    const [role] = roles as [IssuerRole];
    const { promises } = await said(asked);
    // Other promises after this issuer has shown its opening, even well signed ones of another attempt.
    const { card: other } = await admitted('Another Carried Hospital');
    const foreign = await said({ organisation: other.id, attempt: 1 });
    const swapped = [promises[0]!, foreign.promises[1]!, promises[2]!];
    expect(await refusal(role.generation.reveal({ ...asked, promises: swapped }))).toBe('invalid');
    const { shown } = await said(asked);
    for (const [openings, shares] of [
      [[shown[0]!.opening, foreign.shown[1]!.opening, shown[2]!.opening], shown.map((one) => one.shares[0]!)],
      [shown.map(({ opening }) => opening), [shown[0]!.shares[0]!, shown[1]!.shares[1]!, shown[2]!.shares[0]!]],
      [shown.map(({ opening }) => opening), [shown[0]!.shares[0]!, flipped(shown[1]!.shares[0]!), shown[2]!.shares[0]!]],
    ] as [Bytes[], Bytes[]][]) {
      expect(await refusal(role.generation.conclude({ ...asked, openings, shares }))).toBe('invalid');
    }
    const outcomes = await concluded(asked, { promises, shown });
    const signatures = outcomes.map((outcome) => (outcome.kind === 'made' ? outcome.signature : new Uint8Array(64)));
    expect(await refusal(role.generation.confirm({ ...asked, signatures: [signatures[1]!, signatures[0]!, signatures[2]!] }))).toBe(
      'tampered',
    );
    expect(await refusal(role.generation.confirm({ ...asked, signatures }))).toBe('ok');
  });

  test('is not begun for an organisation that nobody admitted', async () => {
    expect(await refusal(roles[0]!.generation.promise({ organisation: new Uint8Array(16), attempt: 1 }))).toBe('denied');
    const place = person('organisation');
    const card = encodeCard(place.card);
    const by = sam.word(signAdmission(person('administrator').secrets.edSk, place.card, 'Ivy’s Hospital'));
    expect(await refusal(roles[0]!.enrolment.organisation({ card, name: 'Ivy’s Hospital', by }))).toBe('denied');
  });

  test('gives each a share of a secret that nobody has, and one label key and K_pq to all', async () => {
    const place = await admitted('Shared Hospital');
    await made(place);
    const contents = await Promise.all(
      tables.map(async (db, i) => {
        const { secret } = await db
          .selectFrom('domain')
          .select('secret')
          .where('organisation', '=', place.card.id)
          .executeTakeFirstOrThrow();
        return uncbor(secretsUnder(keyFiles[i]!).open(`issuer/domain/${hex(place.card.id)}`, secret)) as Bytes[];
      }),
    );
    expect(new Set(contents.map(([share]) => hex(share!))).size).toBe(3);
    expect(new Set(contents.map(([, orgKey, pq]) => hex(orgKey!) + hex(pq!))).size).toBe(1);
  });
});

describe('an issuer', () => {
  /** Whose keys an issuer seals its parts for: the manifest names the log. */
  const log = { name: 'a.log', ...signingKey() };
  const [cloudPair, mediatorPair] = [hybridKeygen(), hybridKeygen()];
  let manifest: Manifest;
  let northgate: Person;
  let domain: Bytes;
  beforeAll(async () => {
    northgate = await admitted('Northgate Hospital');
    domain = await made(northgate);
    const receipts = { log: { name: log.name, key: log.public }, witnesses: [] };
    const body = { town: 'a town', serial: 9, issuers: signing, domains: [], receipts };
    const secretOf = async (i: number) => {
      const { secret } = await tables[i]!.selectFrom('identity').select('secret').executeTakeFirstOrThrow();
      return (uncbor(secretsUnder(keyFiles[i]!).open('issuer/identity', secret)) as [Bytes])[0];
    };
    manifest = signManifest(body, [
      { issuer: 0, secret: await secretOf(0) },
      { issuer: 1, secret: await secretOf(1) },
    ]);
  });

  const policyAt = (more: Partial<Policy> = {}): Policy => ({
    parts: ['MI'],
    kinds: ['laboratory'],
    confidentiality: ['N'],
    sensitivity: ['none'],
    patients: 'everyone',
    unit: hex(northgate.card.id),
    from: 'beginning',
    until: addDays(today, 60),
    ...more,
  });

  const wire = (policy: Policy) => JSON.parse(policyText(policy)) as Parameters<IssuerRole['keys']['issue']>[0]['policy'];
  const approvalOf = (by: typeof sam, doctor: Card, policy: Policy) => by.word(signApproval(by.secrets.edSk, doctor, policyText(policy)));
  const request = (doctor: Card, policy = policyAt(), approvals = [sam, mara].map((by) => approvalOf(by, doctor, policy))) => ({
    card: encodeCard(doctor),
    policy: wire(policy),
    approvals,
    issued: seconds(),
    manifest: encodeManifest(manifest),
    cloud: encodeServiceKey('cloud', cloudPair.publicKey, log.secret),
    mediator: {
      organisation: encodeCard(northgate.card),
      key: encodeServiceKey('mediator', mediatorPair.publicKey, northgate.secrets.edSk),
    },
  });
  const issue = (place: number, asked: ReturnType<typeof request>) => roles[place]!.keys.issue(asked);

  /** What an issuer made, as cloud, mediator and doctor open it. */
  const opened = (doctor: Person, place: number, said: Awaited<ReturnType<typeof issue>>) => {
    const at = { doctor: doctor.card.id, organisation: northgate.card.id, issuer: place };
    return {
      own: openForDoctor(doctor.secrets.hybridSk, at, said.doctor)!,
      cloud: openForCloud(cloudPair.secretKey, at, said.cloud)!,
      mediator: openForMediator(mediatorPair.secretKey, at, said.mediator)!,
    };
  };
  type Opened = ReturnType<typeof opened>;
  /** What all three make of a text, by these issuers' parts. */
  const finished = async (parts: readonly Opened[], sealed: Bytes): Promise<Bytes | null> => {
    const group = await loadGroup('mcl');
    const answers = parts.map(({ cloud, mediator }) =>
      mediate(group, mediator.factor, transform(group, readTransform(group, cloud.transform)!, sealed)!),
    );
    const factors = parts.map(({ own }) => own.factor);
    return finish(group, domain, factors, answers as Bytes[], cbor('a place'), sealed, {});
  };

  test('makes parts that open with another’s, and alone do not', async () => {
    const doctor = person('doctor');
    const asked = request(doctor.card);
    const said = await Promise.all([0, 2].map((place) => issue(place, asked)));
    expect(said[0]!.formula).toBe(said[1]!.formula);
    const entitlement = {
      doctor: doctor.card.id,
      organisation: northgate.card.id,
      formula: said[0]!.formula,
      issued: asked.issued,
      notAfter: said[0]!.notAfter,
    };
    expect(entitlementSignedBy(entitlement, signing[0]!, said[0]!.signature)).toBe(true);
    const group = await loadGroup('mcl');
    const parts = [opened(doctor, 0, said[0]!), opened(doctor, 2, said[1]!)];
    for (const { own, cloud, mediator } of parts) {
      const base = readTransform(group, cloud.transform)!.base;
      expect(factorCheck(group, domain, own.issuers, own.factor, mediate(group, mediator.factor, base)!)).toBe(true);
      expect([cloud.issued, mediator.issued, mediator.notAfter]).toEqual([asked.issued, asked.issued, said[0]!.notAfter]);
    }
    const labels = [...new Set(said[0]!.formula.match(/l:[0-9a-f]+/g)!)];
    const sealed = seal(group, [{ domain }], labels, cbor('a place'), cbor('a node key'));
    expect(await finished(parts, sealed)).toEqual(cbor('a node key'));
    for (const part of parts) expect(await finished([part], sealed)).toBeNull();
    // With a part of another doctor's key, under another formula.
    const diaz = person('doctor');
    const hers = opened(diaz, 2, await issue(2, request(diaz.card, policyAt({ kinds: ['notes'] }))));
    expect(await finished([parts[0]!, { ...parts[1]!, own: hers.own }], sealed)).toBeNull();
    expect(await finished([parts[0]!, { ...parts[1]!, mediator: hers.mediator }], sealed)).toBeNull();
    // What it sealed to one opens for nobody else, nor as another's part.
    const at = { doctor: doctor.card.id, organisation: northgate.card.id, issuer: 0 };
    expect(openForDoctor(diaz.secrets.hybridSk, at, said[0]!.doctor)).toBeNull();
    expect(openForDoctor(doctor.secrets.hybridSk, { ...at, issuer: 2 }, said[0]!.doctor)).toBeNull();
    expect(openForMediator(cloudPair.secretKey, at, said[0]!.cloud)).toBeNull();
    expect(openForCloud(mediatorPair.secretKey, at, said[0]!.mediator)).toBeNull();
  });

  test('seals to no cloud and no mediator that the town does not know', async () => {
    const doctor = person('doctor');
    const asked = request(doctor.card);
    const stranger = person('organisation');
    const { publicKey } = hybridKeygen();
    // A manifest that is signed, by other issuers.
    const others = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
    const theirs = signManifest(
      {
        ...{ town: 'a town', serial: 9, issuers: others.map((one) => one.public), domains: [] },
        receipts: { log: { name: 'c.log', key: others[0]!.public }, witnesses: [] },
      },
      others,
    );
    const [own, house] = [asked.mediator.organisation, northgate.secrets.edSk];
    for (const wrong of [
      { manifest: encodeManifest({ ...manifest, signatures: manifest.signatures.slice(0, 1) }) },
      { manifest: encodeManifest({ ...manifest, receipts: { log: { name: 'b.log', key: signingKey().public }, witnesses: [] } }) },
      { manifest: encodeManifest(theirs), cloud: encodeServiceKey('cloud', publicKey, others[0]!.secret) },
      { cloud: encodeServiceKey('cloud', publicKey, signingKey().secret) },
      { cloud: encodeServiceKey('mediator', publicKey, log.secret) },
      { cloud: asked.mediator.key },
      { mediator: { organisation: encodeCard(stranger.card), key: encodeServiceKey('mediator', publicKey, stranger.secrets.edSk) } },
      { mediator: { organisation: own, key: encodeServiceKey('mediator', publicKey, stranger.secrets.edSk) } },
      { mediator: { organisation: own, key: encodeServiceKey('cloud', publicKey, house) } },
      { mediator: { organisation: encodeCard(doctor.card), key: encodeServiceKey('mediator', publicKey, doctor.secrets.edSk) } },
    ]) {
      expect(await refusal(issue(0, { ...asked, ...wrong }))).toBe('denied');
    }
  });

  test('with the whole of its own tables and the other’s words makes no key: a share is not the secret', async () => {
    const { secret, issuers: keys } = await tables[0]!
      .selectFrom('domain')
      .select(['secret', 'issuers'])
      .where('organisation', '=', northgate.card.id)
      .executeTakeFirstOrThrow();
    const [share] = uncbor(secretsUnder(keyFiles[0]!).open(`issuer/domain/${hex(northgate.card.id)}`, secret)) as [Bytes];
    const group = await loadGroup('mcl');
    const made = await mathematics.issue(share, 'l:a');
    const sealed = seal(group, [{ domain }], ['l:a'], cbor('a place'), cbor('a node key'));
    // It has all three parts that it made itself, and knows what they come to.
    const base = readTransform(group, made.transform)!.base;
    expect(factorCheck(group, domain, keys, made.doctor, mediate(group, made.mediator, base)!)).toBe(true);
    const answer = mediate(group, made.mediator, transform(group, readTransform(group, made.transform)!, sealed)!)!;
    const open = (factors: readonly Bytes[]) =>
      finish(
        group,
        domain,
        factors,
        factors.map(() => answer),
        cbor('a place'),
        sealed,
        {},
      );
    expect(open([made.doctor])).toBeNull();
    expect(open([made.doctor, made.doctor])).toBeNull();
    // Its own part under another's number does not pass for the other's.
    const fields = uncbor(made.doctor) as [string, number, Bytes, number, string, Bytes];
    const posing = cbor([...fields.slice(0, 3), 2, ...fields.slice(4)]);
    expect(open([made.doctor, posing])).toBeNull();
    // Nor does a whole key under its share open by itself.
    const parts = uncbor(made.transform) as [string, number, Bytes, number, string, Bytes[], Bytes[]];
    const key = cbor(['carelet/v1/sharing/key', 1, parts[2], ...parts.slice(4)]);
    expect(openWhole(group, domain, key, cbor('a place'), sealed)).toBeNull();
  });

  test('issues nothing without administrators of two organisations, whoever asks', async () => {
    const doctor = person('doctor').card;
    const policy = policyAt();
    const [good, board] = [approvalOf(sam, doctor, policy), approvalOf(mara, doctor, policy)];
    const joan = await administrator('Harbour Clinic', [sam]);
    const lone = await administrator('Larkfield', [sam, mara], roles.slice(0, 1));
    const ivy = person('administrator');
    const forged = { ...board, card: encodeCard(ivy.card), signature: signApproval(ivy.secrets.edSk, doctor, policyText(policy)) };
    for (const approvals of [
      [],
      [good],
      [good, good],
      // Another of the same organisation, and one who says she is of another.
      [good, approvalOf(joan, doctor, policy)],
      [good, { ...approvalOf(joan, doctor, policy), organisation: 'Medical Board' }],
      // One for whom a single issuer speaks, and one for whom nobody does.
      [good, approvalOf(lone, doctor, policy)],
      [good, forged],
      // For another policy, another doctor, or changed.
      [good, approvalOf(mara, doctor, policyAt({ kinds: ['notes'] }))],
      [good, approvalOf(mara, person('doctor').card, policy)],
      [good, { ...board, signature: flipped(board.signature) }],
    ]) {
      expect(await refusal(issue(0, request(doctor, policy, approvals)))).toBe('denied');
      expect(await refusal(roles[0]!.enrolment.doctor({ card: encodeCard(doctor), policy: wire(policy), approvals }))).toBe('denied');
    }
    expect(await refusal(issue(0, request(doctor, policy, [good, board])))).toBe('ok');
  });

  test('issues nothing that has ended, lasts longer than a quarter, or is of another day', async () => {
    const doctor = person('doctor').card;
    expect(await refusal(issue(0, request(doctor, policyAt({ until: addDays(today, -1) }))))).toBe('denied');
    expect(await refusal(issue(0, request(doctor, policyAt({ until: addDays(today, longestKey + 1) }))))).toBe('denied');
    expect(await refusal(issue(0, { ...request(doctor), issued: seconds() - 86_400 }))).toBe('denied');
    const asked = request(doctor, policyAt({ until: today }));
    expect(await refusal(issue(0, asked))).toBe('ok');
    const before = now;
    try {
      now += 86_400_000;
      expect(await refusal(issue(0, { ...asked, issued: seconds() }))).toBe('denied');
    } finally {
      now = before;
    }
  });

  test('issues nothing for a domain it has no part in', async () => {
    const doctor = person('doctor').card;
    expect(await refusal(issue(0, request(doctor, policyAt({ unit: '0'.repeat(32) }))))).toBe('missing');
  });

  test('issues nothing to whom an administrator turned down, and takes nobody else’s word for that', async () => {
    const doctor = person('doctor').card;
    const reject = (by: Word) => refusal(roles[1]!.enrolment.reject({ doctor: doctor.id, reason: 'no licence', by }));
    expect(await reject(sam.word(signRejection(person('doctor').secrets.edSk, doctor.id, 'no licence')))).toBe('denied');
    expect(await refusal(issue(1, request(doctor)))).toBe('ok');
    expect(await reject(sam.word(signRejection(sam.secrets.edSk, doctor.id, 'no licence')))).toBe('ok');
    expect(await refusal(issue(1, request(doctor)))).toBe('denied');
  });

  test('keeps what it issued: policy, to whom, until when', async () => {
    const doctor = person('doctor').card;
    await issue(2, request(doctor));
    const rows = await tables[2]!.selectFrom('issued').selectAll().where('doctor', '=', doctor.id).execute();
    expect(rows.map(({ organisation, not_after }) => [hex(organisation), not_after])).toEqual([
      [hex(northgate.card.id), Date.parse(`${policyAt().until}T23:59:59Z`) / 1000],
    ]);
  });
});

const flipped = (bytes: Bytes): Bytes => bytes.map((byte, i) => (i === bytes.length >> 1 ? byte ^ 1 : byte));

/** A dealing whose share for one of them is another's. */
const withShare = (dealt: mathematics.Dealt, to: number): mathematics.Dealt => ({
  ...dealt,
  shares: dealt.shares.map((share, i) => (i === to ? dealt.shares[(i + 1) % 3]! : share)),
});
