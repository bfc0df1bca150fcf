/**
 * What the services hand to a person is believed for what it is: a lying authority gets nobody to seal to its keys.
 */
import {
  claim,
  enrolOrganisation,
  firstManifest,
  register,
  reject,
  renewManifest,
  takeDoctorKeys,
  takeWriterKeys,
} from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import type { Authority } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { cbor, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { encodeScalar, loadGroup } from '@carelet/crypto/algebra/group';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type Card, decodeCard, encodeCard } from '@carelet/crypto/cards/card';
import { decodeManifest, encodeManifest, foundingHash, type Manifest, signManifest } from '@carelet/crypto/cards/manifest';
import { keygen, setup } from '@carelet/crypto/kp-abe/authority';
import { decodeKey, decodeKeyShare, encodeKeyShare, encodeMaster } from '@carelet/crypto/kp-abe/encoding';
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
    return { ...honest, keys: { ...honest.keys, writer: async () => ({ sealed: [...sealed] }) } };
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

describe('a doctor’s keys', () => {
  test('of which a share is not its issuer’s, or somebody else’s, are refused', async () => {
    const [chen, diaz] = [await stage.doctor('Dr Chen', { at: northgate }), await stage.doctor('Dr Diaz', { at: northgate })];
    const before = [...chen.doctorKeys];
    const honest = stage.authorityAs(chen);
    const [good] = (await honest.keys.issue()).keys;
    const [hers] = (await stage.authorityAs(diaz).keys.issue()).keys;
    type Content = [Uint8Array, Uint8Array, Uint8Array, Uint8Array, number];
    const contextOf = (card: Card, issuer: number) => cbor(['carelet/v1/enrolment/key-share', card.id, northgate.keyring.card.id, issuer]);
    const opened = ({ card, secrets }: Keyring, { issuer, sealed }: { issuer: number; sealed: Uint8Array }) =>
      uncbor(openWith(secrets.hybridSk, contextOf(card, issuer), sealed)!) as Content;
    const [one, two] = good!.shares.map((share) => opened(chen, share)) as [Content, Content];
    const others = hers!.shares.map((share) => opened(diaz, share));
    const handing = (...contents: readonly Content[]): Authority => {
      const shares = contents.map((content, i) => {
        const { issuer } = good!.shares[i]!;
        return { issuer, sealed: sealTo(chen.card.hybridPk, contextOf(chen.card, issuer), cbor(content)) };
      });
      return { ...honest, keys: { ...honest.keys, issue: async () => ({ keys: [{ ...good!, shares, entitlement: new Uint8Array(1) }] }) } };
    };
    const take = (authority: Authority) => refusal(takeDoctorKeys(() => authority, chen, mathematicsHere));
    const sharing = ([domain, issuers, , pq, notAfter]: Content, share: Uint8Array): Content => [domain, issuers, share, pq, notAfter];

    // One share alone, or twice.
    expect(await take(handing(one))).toBe('tampered');
    expect(await take(handing(one, sharing(two, one[2])))).toBe('tampered');
    // A share of another doctor's key, and one under a secret the issuer made up.
    expect(await take(handing(one, sharing(two, others[1]![2])))).toBe('tampered');
    const group = await loadGroup('mcl');
    const { id, issuer, formula } = decodeKeyShare(two[2]);
    const made = decodeKey(keygen(group, encodeMaster({ id, alpha: encodeScalar(7n) }), formula));
    expect(await take(handing(one, sharing(two, encodeKeyShare({ ...made, issuer }))))).toBe('tampered');
    // Shares of a domain that the manifest does not name.
    const foreign = setup(group, 'Northgate').domain;
    expect(await take(handing([foreign, ...one.slice(1)] as Content, [foreign, ...two.slice(1)] as Content))).toBe('tampered');
    // Another K_pq from one of the two.
    expect(await take(handing(one, [two[0], two[1], two[2], systemRandom(32), two[4]]))).toBe('tampered');
    expect(chen.doctorKeys).toEqual(before);
    expect(await take(handing(one, two))).toBe('ok');
    expect(await take(honest)).toBe('ok');
  });

  test('are waited for, and a refusal comes with its reason', async () => {
    const [sam] = await stage.administrators();
    const lind = newKeyring('doctor', 'Dr Lind', 'Dr Lind', stage.town.manifest, expiry());
    await register(stage.authorityAs(null), lind, { certificate: 'C 48 213', specialty: 'pulmonology', organisation: 'Harbour Clinic' });
    const take = () => takeDoctorKeys(() => stage.authorityAs(lind), lind, mathematicsHere);
    expect(await take()).toEqual({ kind: 'waiting' });
    await reject({ authority: stage.authorityAs(sam), keyring: sam }, lind.card.id, 'the certificate cannot be read');
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
