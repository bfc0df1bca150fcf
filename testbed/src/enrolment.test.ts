/**
 * What the services hand to a person is believed for what it is: a lying authority gets nobody to seal to its keys.
 */
import { CareletError } from '@carelet/care/model';
import { claim, enrolOrganisation, firstManifest, register, reject, renewManifest, takeWriterKeys } from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import type { Authority } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { type Issuing, takeDoctorKeys } from '@carelet/client/sharing/roles';
import type { TakingStep } from '@carelet/client/sharing/taking';
import { type Bytes, cbor, hex } from '@carelet/crypto/algebra/bytes';
import { decodeScalar, encodeScalar, loadGroup, reduce } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { type ForDoctor, openForDoctor, sealForDoctor } from '@carelet/crypto/cards/issued';
import { decodeManifest, encodeManifest, foundingHash, type Manifest, signManifest } from '@carelet/crypto/cards/manifest';
import { setup } from '@carelet/crypto/kp-abe/authority';
import { decodeFactor, decodeIssuers, encodeFactor, encodeIssuers } from '@carelet/crypto/kp-abe/encoding';
import { sealTo } from '@carelet/crypto/ntru/hybrid';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openStage, type Place, refusal, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const expiry = () => Math.floor(stage.clock() / 1000) + 86_400;
const manifest = async (): Promise<Manifest> => decodeManifest((await stage.authorityAs(null).town.manifest()).manifest)!;

/** The authority, but it serves another manifest. */
const serving = (other: Manifest): Authority => {
  const honest = stage.authorityAs(null);
  return { ...honest, town: { ...honest.town, manifest: async () => ({ manifest: encodeManifest(other) }) } };
};

describe('a town manifest', () => {
  const foreign = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));

  test('of another authority is refused by whoever knows the town', async () => {
    const { signatures: _, ...body } = await manifest();
    const forged = [
      signManifest({ ...body, serial: body.serial + 1, issuers: foreign.map((key) => key.public) }, foreign),
      signManifest({ ...body, serial: body.serial + 1 }, foreign),
      { ...body, serial: body.serial + 1, signatures: (await manifest()).signatures },
    ];
    for (const one of forged) {
      expect(await refusal(renewManifest(serving(one), stage.patient('ada')))).toBe('tampered');
      expect(await refusal(firstManifest(serving(one), hex(foundingHash(await manifest()))))).toBe('tampered');
    }
  });

  test('is not exchanged for an earlier one', async () => {
    const ada = stage.patient('ada');
    await renewManifest(stage.authorityAs(null), ada);
    expect(ada.manifest.serial).toBeGreaterThan(1);
    expect(await refusal(renewManifest(serving(stage.town.manifest), ada))).toBe('tampered');
  });

  test('is pinned by the town’s founding, which is the same after organisations have joined', async () => {
    const now = await manifest();
    expect(stage.town.manifest.domains).toEqual([]);
    expect(hex(foundingHash(now))).toBe(hex(foundingHash(stage.town.manifest)));
    expect((await firstManifest(stage.authorityAs(null), stage.town.addresses.manifest)).serial).toBe(now.serial);
    expect(await refusal(firstManifest(stage.authorityAs(null), '00'.repeat(32)))).toBe('tampered');
  });
});

describe('an organisation’s writing keys', () => {
  const contextOf = (issuer: number) => cbor(['carelet/v1/enrolment/writer', northgate.keyring.card.id, issuer]);
  const handing = (...sealed: readonly { readonly issuer: number; readonly sealed: Uint8Array }[]): Authority => {
    const honest = stage.authorityAs(northgate.keyring);
    return { ...honest, keys: { ...honest.keys, writer: async () => ({ sealed: [...sealed], emergency: null }) } };
  };
  const saying = (issuer: number, ...content: readonly Uint8Array[]) => ({
    issuer,
    sealed: sealTo(northgate.keyring.card.hybridPk, contextOf(issuer), cbor([...content])),
  });
  const take = (authority: Authority) => refusal(takeWriterKeys(authority, northgate.keyring));

  test('for a domain the manifest does not name are refused: nothing is sealed to somebody else’s key', async () => {
    const before = northgate.keyring.writer!;
    const { domain } = setup(await loadGroup('mcl'), 'Northgate');
    expect(await take(handing(saying(0, domain, before.orgKey, before.pq), saying(1, domain, before.orgKey, before.pq)))).toBe('tampered');
    expect(northgate.keyring.writer).toEqual(before);
  });

  test('of which two issuers do not say the same are refused', async () => {
    const { domain, orgKey, pq } = northgate.keyring.writer!;
    const good = saying(0, domain, orgKey, pq);
    const twice = handing(good, good);
    for (const authority of [handing(good, saying(1, domain, orgKey, systemRandom(32))), handing(good), twice]) {
      expect(await take(authority)).toBe('tampered');
    }
    expect(await take(handing(good, saying(2, domain, orgKey, pq)))).toBe('ok');
  });

  test('sealed to another card do not open', async () => {
    const sealed = sealTo(stage.patient('ivy').card.hybridPk, contextOf(0), systemRandom(100));
    expect(await take(handing({ issuer: 0, sealed }, { issuer: 1, sealed }))).toBe('cannot-open');
  });
});

/** The clinic that mediates, as it says so. */
const harbourMediates = async (who: Keyring) => stage.cloudletAs(who).sharing.mediator();

describe('a doctor’s keys', () => {
  type Taken = { readonly issuer: number; readonly doctor: Bytes; readonly cloud: Bytes; readonly mediator: Bytes };

  test('of which a part is not its issuer’s, or somebody else’s, are refused', async () => {
    const [chen, diaz] = [await stage.doctor('Dr Chen', { at: northgate }), await stage.doctor('Dr Diaz', { at: northgate })];
    const services = { cloud: (await stage.cloudAs(chen).sharing.service()).key, mediator: await harbourMediates(chen) };
    const issued = async (who: Keyring) => (await stage.authorityAs(who).keys.issue({ ...services, anew: [] })).keys[0]!;
    const [good, hers] = [await issued(chen), await issued(diaz)];
    const placeOf = ({ issuer }: Taken, { card }: Keyring) => ({ doctor: card.id, organisation: northgate.keyring.card.id, issuer });
    const opened = (part: Taken, who = chen): ForDoctor => openForDoctor(who.secrets.hybridSk, placeOf(part, who), part.doctor)!;
    const saying = (part: Taken, more: Partial<ForDoctor>): Taken => ({
      ...part,
      doctor: sealForDoctor(chen.card.hybridPk, placeOf(part, chen), { ...opened(part), ...more }),
    });
    const [one, two] = good.parts as [Taken, Taken];
    const others = hers.parts as [Taken, Taken];

    /** What becomes of an authority that hands over these parts, to a doctor who has none yet. */
    const take = async (...parts: readonly Taken[]): Promise<string> => {
      const honest = stage.authorityAs(chen);
      const authority = { ...honest, keys: { ...honest.keys, issue: async () => ({ keys: [{ ...good, parts: [...parts] }] }) } };
      const fresh = { ...chen, doctorKeys: [] };
      const came = await refusal(takeDoctorKeys({ ...stage.issuing(chen), authority }, fresh, mathematicsHere));
      expect(fresh.doctorKeys.length).toBe(came === 'ok' ? 1 : 0);
      return came;
    };
    expect(await take(one, two)).toBe('ok');
    expect(await take(two, one)).toBe('ok');
    // One issuer's alone, or twice.
    expect(await take(one)).toBe('tampered');
    expect(await take(one, one)).toBe('tampered');
    // Another doctor's, and another issuer's.
    expect(await take(one, others[1])).toBe('cannot-open');
    expect(await take(one, { ...two, doctor: one.doctor })).toBe('cannot-open');
    // A factor that another doctor was given, and one that is one off.
    expect(await take(one, saying(two, { factor: opened(others[1], diaz).factor }))).toBe('tampered');
    const { z, ...factor } = decodeFactor(opened(two).factor, 'doctor');
    const moved = encodeFactor({ ...factor, z: encodeScalar(reduce(decodeScalar(z) + 1n)) });
    expect(await take(one, saying(two, { factor: moved }))).toBe('tampered');
    // Of a domain that the manifest does not name, of other issuers of it, or with another K_pq from one of the two.
    const foreign = setup(await loadGroup('mcl'), 'Northgate').domain;
    expect(await take(saying(one, { domain: foreign }), saying(two, { domain: foreign }))).toBe('tampered');
    const { a, ...publics } = decodeIssuers(opened(one).issuers);
    const issuers = encodeIssuers({ ...publics, a: a.toReversed() });
    expect(await take(saying(one, { issuers }), saying(two, { issuers }))).toBe('tampered');
    expect(await take(one, saying(two, { pq: systemRandom(32) }))).toBe('tampered');
  });

  test('are refused where cloud or mediator have other parts than were issued', async () => {
    const osei = await stage.doctor('Dr Osei', { at: northgate });
    const honest = stage.issuing(osei);
    const cloudlet = stage.cloudletAs(osei);
    const take = (more: Partial<Issuing>) => refusal(takeDoctorKeys({ ...honest, ...more }, { ...osei, doctorKeys: [] }, mathematicsHere));
    const cloudWith = (change: (bases: Bytes[]) => Bytes[]): Partial<Issuing> => ({
      cloud: {
        sharing: {
          ...honest.cloud.sharing,
          enter: async (asked) => ({ bases: change((await honest.cloud.sharing.enter(asked)).bases) }),
        },
      },
    });
    const mediatorWith = (more: Partial<typeof cloudlet.sharing>): Partial<Issuing> => ({
      cloudletOf: () => ({ sharing: { ...cloudlet.sharing, ...more } }),
    });
    expect(await take({})).toBe('ok');
    expect(await take(cloudWith((bases) => bases.toReversed()))).toBe('tampered');
    expect(await take(cloudWith(([first]) => [first!, first!]))).toBe('tampered');
    expect(await take(cloudWith(() => [new Uint8Array(576), new Uint8Array(576)]))).toBe('tampered');
    const answer: Partial<typeof cloudlet.sharing> = { answer: async () => ({ answers: [] }) };
    expect(await take(mediatorWith(answer))).toBe('tampered');
    expect(
      await take(mediatorWith({ enter: async (asked) => ({ ...(await cloudlet.sharing.enter(asked)), login: systemRandom(16) }) })),
    ).toBe('tampered');
  });

  test('are taken from nobody where no clinic mediates', async () => {
    const walsh = await stage.doctor('Dr Walsh', { at: northgate });
    const alone = { ...stage.issuing(walsh), cloudletOf: () => null };
    expect(await takeDoctorKeys(alone, walsh, mathematicsHere)).toEqual({ kind: 'unmediated' });
    expect(walsh.doctorKeys.length).toBe(1);
  });

  test('are made anew where cloud and mediator have lost theirs', async () => {
    const tan = await stage.doctor('Dr Tan', { at: northgate });
    const [before] = tan.doctorKeys;
    // What was sealed to them was sealed to keys of that day.
    const now = new Date(stage.clock()).toISOString();
    stage.clock.to('2026-11-24T10:00:00Z');
    await stage.sql('delete from transform_key where doctor = $1', [tan.card.id]);
    expect((await stage.open(tan)).charts).toEqual([]);
    expect(tan.doctorKeys).toEqual([]);
    expect(await takeDoctorKeys(stage.issuing(tan), tan, mathematicsHere)).toEqual({ kind: 'taken', keys: 1, fresh: 1 });
    expect(tan.doctorKeys[0]!.entitlement).not.toEqual(before!.entitlement);
    stage.clock.to(now);
  });

  test('are told step by step while they are taken, and on whom they wait', async () => {
    const ito = await stage.doctor('Dr Ito', { at: northgate });
    const honest = stage.issuing(ito);
    const number = hex(northgate.keyring.card.id);
    const steps: TakingStep[] = [];
    const take = (more: Partial<Issuing> = {}) => {
      steps.length = 0;
      const told = { tell: (step: TakingStep) => void steps.push(step), clock: stage.clock };
      const fresh = { ...ito, doctorKeys: [] };
      return refusal(takeDoctorKeys({ ...honest, ...more }, fresh, mathematicsHere, told));
    };
    const said = () => steps.map((step) => ('organisation' in step ? `${step.kind} ${hex(step.organisation) === number}` : step.kind));
    const stoppedAt = () => steps.findLast((step) => step.kind === 'stopped')?.at;

    // Made before: nobody is asked for it again.
    expect(await take()).toBe('ok');
    expect(said()).toEqual(['asking', 'issued true', 'cloud true', 'clinic true', 'checked true']);
    // Made anew: each of two answers.
    const before = stage.clock();
    stage.clock.to(new Date(before + 10_000).toISOString());
    await stage.sql('delete from authority.issued where doctor = $1', [ito.card.id]);
    await stage.sql('delete from authority.answer where doctor = $1', [ito.card.id]);
    expect(await take()).toBe('ok');
    expect(said().sort()).toEqual(['asking', 'checked true', 'clinic true', 'cloud true', 'issued true', 'issuer true', 'issuer true']);
    expect(steps.flatMap((step) => (step.kind === 'issuer' ? [[step.issuer, step.said, step.office]] : [])).sort()).toEqual([
      [0, 'made', 'North Harbour Hospitals'],
      [1, 'made', 'Medical Board'],
    ]);

    const away = async (): Promise<never> => {
      throw new CareletError('unavailable', 'ask', { because: 'away' });
    };
    const enrolment = { ...honest.authority.enrolment, roles: away };
    expect(await take({ authority: { ...honest.authority, enrolment, keys: { ...honest.authority.keys, issue: away } } })).toBe(
      'unavailable',
    );
    expect(stoppedAt()).toBe('authority');
    expect(await take({ authority: { ...honest.authority, keys: { ...honest.authority.keys, issue: away } } })).toBe('unavailable');
    expect(stoppedAt()).toBe('issuers');
    expect(await take({ cloud: { sharing: { ...honest.cloud.sharing, enter: away } } })).toBe('unavailable');
    expect(stoppedAt()).toBe('cloud');
    const cloudlet = stage.cloudletAs(ito);
    expect(await take({ cloudletOf: () => ({ sharing: { ...cloudlet.sharing, enter: away } }) })).toBe('unavailable');
    expect(stoppedAt()).toBe('clinic');
    const nothing: Partial<typeof cloudlet.sharing> = { answer: async () => ({ answers: [] }) };
    expect(await take({ cloudletOf: () => ({ sharing: { ...cloudlet.sharing, ...nothing } }) })).toBe('tampered');
    expect(stoppedAt()).toBe('check');
    expect(await take({ cloudletOf: () => null })).toBe('ok');
    expect(stoppedAt()).toBe('clinic');
    stage.clock.to(new Date(before).toISOString());
  });

  test('are waited for, and a refusal comes with its reason', async () => {
    const [sam] = await stage.administrators();
    const lind = newKeyring('doctor', 'Dr Lind', 'Dr Lind', stage.town.manifest, expiry());
    await register(stage.authorityAs(null), lind, { certificate: 'C 48 213', specialty: 'pulmonology', organisation: 'Harbour Clinic' });
    const take = () => takeDoctorKeys(stage.issuing(lind), lind, mathematicsHere);
    expect(await take()).toEqual({ kind: 'waiting' });
    const holders = { cloud: stage.cloudAs(sam), cloudlets: [stage.cloudletAs(sam)] };
    const told = await reject({ authority: stage.authorityAs(sam), keyring: sam }, holders, lind.card.id, 'the certificate cannot be read');
    expect(told).toEqual({ cloud: true, cloudlets: 1 });
    expect(await take()).toEqual({ kind: 'rejected', reason: 'the certificate cannot be read' });
    expect(lind.doctorKeys).toEqual([]);
  });
});

test('a card that comes back changed, or with fewer words than two, is refused', async () => {
  const [sam] = await stage.administrators();
  const honest = stage.authorityAs(sam);
  const answers = [
    (card: Uint8Array) => encodeCard({ ...decodeCard(card)!, vouchers: [] }),
    (card: Uint8Array) => encodeCard({ ...decodeCard(card)!, vouchers: decodeCard(card)!.vouchers.slice(0, 1) }),
    () => encodeCard(northgate.keyring.card),
    () => systemRandom(50),
  ];
  for (const [i, change] of answers.entries()) {
    const fresh = newKeyring('organisation', 'new', `New Hospital ${i}`, stage.town.manifest, expiry());
    const organisation: Authority['enrolment']['organisation'] = async (input) => ({
      card: change((await honest.enrolment.organisation(input)).card),
    });
    const lying = { ...honest, enrolment: { ...honest.enrolment, organisation } };
    expect(await refusal(enrolOrganisation({ authority: lying, keyring: sam }, () => stage.authorityAs(fresh), fresh))).toBe('tampered');
    expect(fresh.card.vouchers).toEqual([]);
  }
  const joan = newKeyring('administrator', 'joan', 'Joan Pike', stage.town.manifest, expiry());
  expect(await refusal(claim(stage.authorityAs(null), joan, 'no-such-code', 'Harbour Clinic'))).toBe('denied');
});
