/**
 * An issuer makes its part of a doctor’s key for whom two administrators of two organisations approved, and for nobody else.
 */
import { addDays, longestKey } from '@carelet/care/rules/records/calendar';
import { type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { type Bytes, cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { signApproval, signRejection } from '@carelet/crypto/cards/approval';
import { type Card, encodeCard } from '@carelet/crypto/cards/card';
import { entitlementSignedBy } from '@carelet/crypto/cards/entitlement';
import { openForCloud, openForDoctor, openForMediator } from '@carelet/crypto/cards/issued';
import { encodeManifest, type Manifest, signManifest } from '@carelet/crypto/cards/manifest';
import { encodeServiceKey } from '@carelet/crypto/cards/service';
import { readTransform, transform } from '@carelet/crypto/kp-abe/cloud';
import { mediate } from '@carelet/crypto/kp-abe/mediator';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { factorCheck, finish, open as openWhole } from '@carelet/crypto/kp-abe/reader';
import { hybridKeygen } from '@carelet/crypto/ntru/hybrid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Administrator, flipped, openCast, type Person, refusal, today, type Word } from './issuer.testing.ts';
import type { IssuerRole } from './issuer.ts';
import * as mathematics from './mathematics.ts';

const cast = await openCast();
const { admitted, administrator, clock, keyFiles, made, mara, person, roles, sam, signing, tables } = cast;
afterAll(() => cast[Symbol.asyncDispose]());

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
      return (uncbor(keyFiles[i]!.open('issuer/identity', secret)) as [Bytes])[0];
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
  const approvalOf = (by: Administrator, doctor: Card, policy: Policy, time = clock.now) => ({
    ...by.word(signApproval(by.secrets.edSk, { doctor, policy: policyText(policy), time })),
    time,
  });
  const request = (doctor: Card, policy = policyAt(), approvals = [sam, mara].map((by) => approvalOf(by, doctor, policy))) => ({
    card: encodeCard(doctor),
    policy: wire(policy),
    approvals,
    issued: clock.now,
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
    const [share] = uncbor(keyFiles[0]!.open(`issuer/domain/${hex(northgate.card.id)}`, secret)) as [Bytes];
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
    const forged = {
      ...board,
      card: encodeCard(ivy.card),
      signature: signApproval(ivy.secrets.edSk, { doctor, policy: policyText(policy), time: board.time }),
    };
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
      // Of another moment than was signed, and of one that has not come.
      [good, { ...board, time: board.time - 1 }],
      [good, approvalOf(mara, doctor, policy, clock.now + 400)],
    ]) {
      expect(await refusal(issue(0, request(doctor, policy, approvals)))).toBe('denied');
      expect(await refusal(roles[0]!.enrolment.doctor({ card: encodeCard(doctor), policy: wire(policy), approvals }))).toBe('denied');
    }
    expect(await refusal(issue(0, request(doctor, policy, [good, board])))).toBe('ok');
  });

  test('issues nothing any more by a policy that another one replaced, whoever shows what was signed for it', async () => {
    const doctor = person('doctor').card;
    const [wide, narrow] = [policyAt({ kinds: ['laboratory', 'notes'] }), policyAt()];
    const signed = (policy: Policy, time: number) => [sam, mara].map((by) => approvalOf(by, doctor, policy, time));
    const [before, after] = [signed(wide, clock.now - 20), signed(narrow, clock.now - 10)];
    for (const place of [0, 1]) await issue(place, request(doctor, wide, before));
    // One of the two hears of it as she vouches, the other as she issues.
    await roles[0]!.enrolment.doctor({ card: encodeCard(doctor), policy: wire(narrow), approvals: after });
    await issue(1, request(doctor, narrow, after));
    const [sams, maras] = before;
    const anew = approvalOf(sam, doctor, wide, clock.now);
    for (const place of [0, 1]) {
      for (const old of [before, [anew, maras!], [sams!, approvalOf(mara, doctor, wide, clock.now - 11)]]) {
        expect(await refusal(issue(place, request(doctor, wide, old)))).toBe('denied');
      }
      // Signed again by both it counts again, and the narrower one does not.
      await issue(place, request(doctor, wide, signed(wide, clock.now)));
      expect(await refusal(issue(place, request(doctor, narrow, after)))).toBe('denied');
    }
  });

  test('takes a policy that was begun before a third signed the one it replaces, which counted already', async () => {
    const doctor = person('doctor').card;
    const [wide, narrow] = [policyAt({ kinds: ['laboratory', 'notes'] }), policyAt()];
    const joan = await administrator('Millbrook', [sam, mara]);
    const said = (policy: Policy, ...words: readonly (readonly [Administrator, number])[]) =>
      words.map(([by, ago]) => approvalOf(by, doctor, policy, clock.now - ago));
    await issue(0, request(doctor, wide, said(wide, [sam, 20], [mara, 19], [joan, 1])));
    await issue(0, request(doctor, narrow, said(narrow, [sam, 10], [mara, 0])));
    expect(await refusal(issue(0, request(doctor, wide, said(wide, [sam, 20], [mara, 19], [joan, 1]))))).toBe('denied');
  });

  test('issues nothing that has ended, lasts longer than a quarter, or is of another day', async () => {
    const doctor = person('doctor').card;
    expect(await refusal(issue(0, request(doctor, policyAt({ until: addDays(today, -1) }))))).toBe('denied');
    expect(await refusal(issue(0, request(doctor, policyAt({ until: addDays(today, longestKey + 1) }))))).toBe('denied');
    expect(await refusal(issue(0, { ...request(doctor), issued: clock.now - 86_400 }))).toBe('denied');
    const asked = request(doctor, policyAt({ until: today }));
    expect(await refusal(issue(0, asked))).toBe('ok');
    const before = clock.now;
    try {
      clock.now += 86_400;
      expect(await refusal(issue(0, { ...asked, issued: clock.now }))).toBe('denied');
    } finally {
      clock.now = before;
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
