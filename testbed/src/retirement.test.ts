/**
 * An organisation's domain ends and another takes its place: two administrators of two organisations, three issuers, and nobody
 * can bring the old one back.
 */
import { connect } from '@carelet/care/wire';
import { issuerContract } from '@carelet/care/wire/contract/issuer';
import { claim, holdsDomain, invite, renewManifest, retireDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { type Keyring, newKeyring } from '@carelet/client/keyring/keyring';
import { type Bytes, cbor, equalPublic, hex, plain, uncbor } from '@carelet/crypto/algebra/bytes';
import { loadGroup } from '@carelet/crypto/algebra/group';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { signRetirement } from '@carelet/crypto/cards/approval';
import { encodeCard } from '@carelet/crypto/cards/card';
import { encodeManifest, type Manifest, successor } from '@carelet/crypto/cards/manifest';
import { inspect } from '@carelet/crypto/kp-abe/cloud';
import { seal } from '@carelet/crypto/kp-abe/owner';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, refusal, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let sam: Keyring;
let mara: Keyring;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  [sam, mara] = await stage.administrators();
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const office = (keyring: Keyring) => ({ authority: stage.authorityAs(keyring), keyring });
const retire = (by: Keyring, of = northgate.keyring.card.id) =>
  retireDomain(office(by), { cloud: stage.cloudAs(by), cloudlets: [stage.cloudletAs(by)] }, of);
const domainIn = ({ domains }: Manifest) => domains.find(({ organisation }) => equalPublic(organisation, northgate.keyring.card.id))!;
/** An administrator's word as the authority hands it on. */
async function wordOf({ card }: Keyring, signature: Bytes) {
  const [row] = await stage.sql<{ organisation: string; office: Uint8Array }>(
    'select organisation, office from authority.administrator where administrator = $1',
    [card.id],
  );
  const words = uncbor(plain(row!.office)) as [number, Bytes][];
  const office = words.map(([place, word]) => ({ issuer: place, signature: word }));
  return { card: encodeCard(card), organisation: row!.organisation, office, signature };
}
async function latest(): Promise<Manifest> {
  await renewManifest(stage.authorityAs(null), northgate.keyring);
  return northgate.keyring.manifest;
}

test('one organisation’s administrators end no domain, however many they are, nor does anybody else', async () => {
  const joan = newKeyring('administrator', 'joan', 'joan', sam.manifest, sam.card.expiry);
  await claim(stage.authorityAs(null), joan, (await invite(stage.authorityAs(sam), sam)).code, 'Harbour Clinic');
  const before = await latest();
  for (const by of [sam, sam, joan]) expect(await retire(by)).toEqual({ approvals: 1, needed: 2, retired: null });
  expect(await refusal(retire(northgate.keyring))).toBe('denied');
  expect(await refusal(retire(sam, sam.card.id))).toBe('missing');
  // Signed by somebody else, for another organisation, for another key of it.
  const { publicKey, organisation } = domainIn(before);
  const other = publicKey.map((byte, i) => (i === publicKey.length - 1 ? byte ^ 1 : byte));
  for (const signature of [
    signRetirement(sam.secrets.edSk, organisation, publicKey),
    signRetirement(mara.secrets.edSk, mara.card.id, publicKey),
    signRetirement(mara.secrets.edSk, organisation, other),
  ]) {
    expect(await refusal(stage.authorityAs(mara).enrolment.retire({ organisation, publicKey, signature }))).toBe('invalid');
  }
  const signature = signRetirement(mara.secrets.edSk, organisation, other);
  expect(await refusal(stage.authorityAs(mara).enrolment.retire({ organisation, publicKey: other, signature }))).toBe('conflict');
  expect(await latest()).toEqual(before);
});

test('an issuer counts for itself who says so, and hands nothing out while another domain is made', async () => {
  const issuer = connect(issuerContract, { fetch: stage.town.issuers[2]!.fetch });
  const { organisation, publicKey } = domainIn(await latest());
  const card = encodeCard(northgate.keyring.card);
  expect(await refusal(issuer.generation.promise({ organisation, attempt: 2 }))).toBe('conflict');
  const [one, two] = await Promise.all([sam, mara].map((by) => wordOf(by, signRetirement(by.secrets.edSk, organisation, publicKey))));
  const forged = await wordOf(mara, signRetirement(sam.secrets.edSk, organisation, publicKey));
  const elsewhere = await wordOf(mara, signRetirement(mara.secrets.edSk, sam.card.id, publicKey));
  for (const by of [[], [one!], [one!, one!], [one!, { ...one!, organisation: 'Medical Board' }], [one!, forged], [one!, elsewhere]]) {
    expect(await refusal(issuer.enrolment.retire({ organisation, publicKey, by }))).toBe('denied');
  }
  expect(await refusal(issuer.generation.promise({ organisation, attempt: 2 }))).toBe('conflict');
  expect(await refusal(issuer.keys.writer({ card }))).toBe('ok');
  await issuer.enrolment.retire({ organisation, publicKey, by: [one!, two!] });
  expect(await refusal(issuer.keys.writer({ card }))).toBe('unavailable');
});

test('two of two end it: the manifest names another that opens nothing of before, and the organisation takes what it seals with', async () => {
  const before = await latest();
  const old = northgate.keyring.writer!;
  expect(await retire(mara)).toEqual({ approvals: 2, needed: 2, retired: { cloud: true, cloudlets: 1 } });
  const after = await latest();
  expect(after.serial).toBe(before.serial + 1);
  const [was, is] = [domainIn(before), domainIn(after)];
  expect(is.publicKey).not.toEqual(was.publicKey);
  expect(is.retired).toEqual([sha256(was.publicKey)]);
  expect(holdsDomain(northgate.keyring)).toBe(false);
  await takeWriterKeys(stage.authorityAs(northgate.keyring), northgate.keyring);
  expect(holdsDomain(northgate.keyring)).toBe(true);
  const now = northgate.keyring.writer!;
  // A new label key and a new K_pq with it: what was learned of the old labels is of no use.
  for (const key of ['domain', 'orgKey', 'pq'] as const) expect(now[key]).not.toEqual(old[key]);
  const group = await loadGroup('mcl');
  const idOf = ({ domain, pq }: typeof now) => inspect(seal(group, [{ domain, pq }], ['l:0'], cbor('here'), cbor('a key'))).domains;
  expect(idOf(now)).not.toEqual(idOf(old));
});

test('what was signed for a domain that ended ends no later one', async () => {
  const before = await latest();
  const [was] = domainIn(before).retired!;
  expect(was).toBeDefined();
  const rows = await stage.sql<{ publicKey: Uint8Array }>(
    `select public_key as "publicKey" from authority.retirement where public_key != $1 limit 1`,
    [domainIn(before).publicKey],
  );
  const publicKey = plain(rows[0]!.publicKey);
  const { organisation } = domainIn(before);
  for (const by of [sam, mara]) {
    const signature = signRetirement(by.secrets.edSk, organisation, publicKey);
    expect(await stage.authorityAs(by).enrolment.retire({ organisation, publicKey, signature })).toMatchObject({ retired: true });
  }
  expect(await latest()).toEqual(before);
});

test('a manifest of before is refused by whoever saw the later one, also where its issuers sign it under a later number', async () => {
  const { manifest: bytes } = await stage.authorityAs(null).town.manifest();
  const newest = await latest();
  expect(encodeManifest(newest)).toEqual(bytes);
  const replaying = (said: Manifest) => {
    const authority = stage.authorityAs(null);
    return { ...authority, town: { ...authority.town, manifest: async () => ({ manifest: encodeManifest(said) }) } };
  };
  const first = stage.town.manifest;
  expect(await refusal(renewManifest(replaying(first), northgate.keyring))).toBe('tampered');
  const unretired = { ...newest, serial: newest.serial + 1, domains: newest.domains.map(({ retired: _, ...domain }) => domain) };
  expect(successor(newest, unretired)).toBe(false);
  expect(await refusal(renewManifest(replaying(unretired), northgate.keyring))).toBe('tampered');
  expect(northgate.keyring.manifest).toEqual(newest);
  // Nor do cloud and cloudlet take it from anybody.
  for (const said of [first, unretired]) {
    const manifest = encodeManifest(said);
    for (const holder of [stage.cloudAs(null), stage.cloudletAs(null)]) {
      expect(await refusal(holder.sharing.retired({ manifest }))).toBe('tampered');
    }
  }
});

test('a second domain ends as the first did', async () => {
  const before = domainIn(await latest());
  expect(await retire(mara)).toMatchObject({ approvals: 1, retired: null });
  expect(await retire(sam)).toMatchObject({ approvals: 2, retired: { cloud: true } });
  const after = domainIn(await latest());
  expect(after.retired!.map((key: Bytes) => hex(key))).toEqual([...before.retired!, sha256(before.publicKey)].map((key) => hex(key)));
});
