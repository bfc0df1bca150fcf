/**
 * What the services hand to a person is believed for what it is: a lying authority gets nobody to seal to its keys.
 */
import {
  claim,
  enrolOrganisation,
  firstManifest,
  register,
  renewManifest,
  takeDoctorKeys,
  takeWriterKeys,
} from '@carelet/client/enrolment';
import { newKeyring } from '@carelet/client/keyring/keyring';
import type { Authority } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { decodeManifest, encodeManifest, foundingHash, type Manifest, signManifest } from '@carelet/crypto/cards/manifest';
import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';
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
    expect(stage.town.manifest.serial).toBe(1);
    expect(hex(foundingHash(now))).toBe(hex(foundingHash(stage.town.manifest)));
    expect((await firstManifest(stage.authorityAs(null), stage.town.addresses.manifest)).serial).toBe(now.serial);
    expect(await refusal(firstManifest(stage.authorityAs(null), '00'.repeat(32)))).toBe('tampered');
  });
});

describe('an organisation’s writing keys', () => {
  const writerContext = () => cbor(['carelet/v1/enrolment/writer', northgate.keyring.card.id]);
  const handing = (sealed: Uint8Array): Authority => {
    const honest = stage.authorityAs(northgate.keyring);
    return { ...honest, keys: { ...honest.keys, writer: async () => ({ sealed }) } };
  };

  test('for a domain the manifest does not name are refused: nothing is sealed to somebody else’s key', async () => {
    const before = northgate.keyring.writer!;
    const { domain } = setup(await loadGroup('mcl'), 'Northgate');
    const sealed = sealTo(northgate.keyring.card.hybridPk, writerContext(), cbor([domain, before.orgKey, before.pq]));
    expect(await refusal(takeWriterKeys(handing(sealed), northgate.keyring))).toBe('tampered');
    expect(northgate.keyring.writer).toEqual(before);
  });

  test('sealed to another card do not open', async () => {
    const sealed = sealTo(stage.patient('ivy').card.hybridPk, writerContext(), systemRandom(100));
    expect(await refusal(takeWriterKeys(handing(sealed), northgate.keyring))).toBe('cannot-open');
  });
});

describe('a doctor’s keys', () => {
  test('that their domain did not issue are refused', async () => {
    const chen = await stage.doctor('Dr Chen', { at: northgate });
    const before = [...chen.doctorKeys];
    const honest = stage.authorityAs(chen);
    const [good] = (await honest.keys.issue()).keys;
    const context = cbor(['carelet/v1/enrolment/key', chen.card.id, northgate.keyring.card.id]);
    const [domain, , pq, notAfter] = uncbor(openWith(chen.secrets.hybridSk, context, good!.sealed)!) as [
      Uint8Array,
      Uint8Array,
      Uint8Array,
      number,
    ];
    const group = await loadGroup('mcl');
    const foreign = setup(group, 'Northgate');
    const handing = (content: Parameters<typeof cbor>[0]): Authority => ({
      ...honest,
      keys: { ...honest.keys, issue: async () => ({ keys: [{ ...good!, sealed: sealTo(chen.card.hybridPk, context, cbor(content)) }] }) },
    });
    const wrongKey = keygen(group, foreign.master, 'l:a and l:b');
    const take = (authority: Authority) => refusal(takeDoctorKeys(() => authority, chen, mathematicsHere));
    expect(await take(handing([domain, wrongKey, pq, notAfter]))).toBe('tampered');
    expect(await take(handing([foreign.domain, wrongKey, pq, notAfter]))).toBe('tampered');
    expect(chen.doctorKeys).toEqual(before);
    expect(await take(honest)).toBe('ok');
  });

  test('are waited for, and a refusal comes with its reason', async () => {
    const [sam] = await stage.administrators();
    const lind = newKeyring('doctor', 'Dr Lind', 'Dr Lind', stage.town.manifest, expiry());
    await register(stage.authorityAs(null), lind, { certificate: 'C 48 213', specialty: 'pulmonology', organisation: 'Harbour Clinic' });
    const take = () => takeDoctorKeys(() => stage.authorityAs(lind), lind, mathematicsHere);
    expect(await take()).toEqual({ kind: 'waiting' });
    await stage.authorityAs(sam).enrolment.reject({ doctor: lind.card.id, reason: 'the certificate cannot be read' });
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
    expect(await refusal(enrolOrganisation(lying, () => stage.authorityAs(fresh), fresh))).toBe('tampered');
    expect(fresh.card.vouchers).toEqual([]);
  }
  const joan = newKeyring('administrator', 'joan', 'Joan Pike', stage.town.manifest, expiry());
  expect(await refusal(claim(stage.authorityAs(null), joan, 'no-such-code', 'Harbour Clinic'))).toBe('denied');
});
