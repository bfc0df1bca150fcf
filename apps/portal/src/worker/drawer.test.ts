import { type DoctorKey, newKeyring, nothingSeen } from '@carelet/client/keyring/keyring';
import { type Bytes, cbor, hex, uncbor, utf8 } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type Domain, type Manifest, signManifest } from '@carelet/crypto/cards/manifest';
import { signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { expect, test } from 'vitest';
import { type Drawer, fillFrom, openDrawer, sealDrawer } from './drawer.ts';

const random = seededRandom('drawers');
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
const manifestOf = (serial: number, domains: readonly Domain[] = []): Manifest =>
  signManifest({ town: 'a town', serial, issuers: issuers.map((key) => key.public), domains }, issuers.slice(0, 2));
const domain = { organisation: random(16), name: 'Northgate Hospital', publicKey: random(100) };
const person = (name: string) => newKeyring('doctor', name, name, manifestOf(1), 2_000_000_000);

const logKeys = signingKey(random);
const log = { name: 'a-town/log', key: logKeys.public, secret: logKeys.secret };
const checkpointOf = (size: number, time = size) => signCheckpoint(log, { size, root: random(32), map: random(32), time });

const keyAt = (organisation: Bytes): DoctorKey => ({
  organisation,
  domain: domain.publicKey,
  factors: [random(80), random(80)],
  mediator: random(16),
  pq: random(32),
  notAfter: 1_900_000_000,
  entitlement: random(50),
  words: 'laboratory of everyone there; medical content',
});

const [chen, diaz] = [person('dr-chen'), person('dr-diaz')];
const content: Drawer = {
  manifest: manifestOf(3, [domain]),
  doctorKeys: [keyAt(domain.organisation)],
  emergencyKeys: [keyAt(random(16))],
  opened: { aa: random(64) },
  looks: {
    [hex(random(16))]: { noted: 1_795_000_000_000, look: { at: 1_795_000_000_000, seen: random(12) } },
    [hex(random(16))]: { noted: 1_795_000_000_001, look: null },
  },
  endings: { [hex(domain.organisation)]: 1_900_000_000 },
  kept: true,
  sharing: {
    patient: { root: random(32), pq: random(32) },
    half: { secret: random(32), delegate: random(60) },
    heads: { 'aa/vital-signs|N|none': { gen: 0, hash: random(32) } },
    grants: [],
  },
  receipts: {
    seen: checkpointOf(12),
    due: [random(120)],
    owners: { aa: 7, bb: 9 },
    mediators: { cc: checkpointOf(4) },
    reviews: { aa: 5 },
  },
  elsewhere: [{ ...person('dr-chen'), at: domain.organisation, doctorKeys: [keyAt(domain.organisation)] }],
};

test('a drawer opens to what was put in, for its owner', () => {
  expect(openDrawer(chen, sealDrawer(chen, content))).toEqual(content);
});

test('a drawer opens for nobody else, nor for its owner under another card', () => {
  const sealed = sealDrawer(chen, content);
  expect(openDrawer(diaz, sealed)).toBeNull();
  expect(openDrawer({ card: diaz.card, secrets: chen.secrets }, sealed)).toBeNull();
  expect(openDrawer({ card: chen.card, secrets: diaz.secrets }, sealed)).toBeNull();
});

test('a drawer of which any byte was changed or cut off does not open', () => {
  const sealed = sealDrawer(chen, content);
  for (let i = 0; i < sealed.length; i += 13) {
    expect(
      openDrawer(
        chen,
        sealed.map((byte, at) => (at === i ? byte ^ 1 : byte)),
      ),
    ).toBeNull();
    expect(openDrawer(chen, sealed.slice(0, i))).toBeNull();
  }
  const [label, nonce, body] = uncbor(sealed) as [string, Uint8Array, Uint8Array];
  for (const strange of [utf8('drawer'), cbor([label, nonce]), cbor([label, nonce, body, 1]), cbor(['other', nonce, body]), cbor(null)]) {
    expect(openDrawer(chen, strange)).toBeNull();
  }
});

test('nothing of a drawer can be read where it lies, and two of the same content are not alike', () => {
  const [one, other] = [sealDrawer(chen, content), sealDrawer(chen, content)].map((sealed) => Buffer.from(sealed));
  const [key] = content.doctorKeys;
  for (const secret of [
    ...key!.factors,
    key!.pq,
    utf8(key!.words),
    utf8(domain.name),
    content.opened.aa!,
    utf8(Object.keys(content.looks)[0]!),
    Object.values(content.looks)[0]!.look!.seen,
  ]) {
    expect(one!.includes(Buffer.from(secret))).toBe(false);
  }
  expect(one!.subarray(40).equals(other!.subarray(40))).toBe(false);
});

test('a drawer brings a later manifest and keys that are missing, and takes nothing back', () => {
  const fresh = person('dr-osei');
  fillFrom(fresh, content);
  expect(fresh.manifest.serial).toBe(3);
  expect(fresh.doctorKeys).toEqual(content.doctorKeys);
  expect(fresh.opened).toEqual(content.opened);

  const ahead = { ...person('dr-walsh'), manifest: manifestOf(5, [domain]), opened: { aa: utf8('mine') } };
  ahead.doctorKeys = [{ ...content.doctorKeys[0]!, words: 'mine' }];
  fillFrom(ahead, content);
  expect(ahead.manifest.serial).toBe(5);
  expect(ahead.doctorKeys.map(({ words }) => words)).toEqual(['mine']);
  expect(ahead.opened.aa).toEqual(utf8('mine'));

  const strangers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
  const foreign = signManifest({ town: 'a town', serial: 9, issuers: strangers.map((one) => one.public), domains: [] }, strangers);
  const careful = person('dr-novak');
  fillFrom(careful, { ...content, manifest: foreign });
  expect(careful.manifest.serial).toBe(1);
});

test('a drawer brings the later of two checkpoints that were seen, every promise that is due, and the newest of all else that was seen', () => {
  const [fresh, behind, ahead] = [person('dr-a'), person('dr-b'), person('dr-c')];
  const [theirs, own] = [random(120), checkpointOf(30)];
  behind.receipts = {
    seen: checkpointOf(11),
    due: [theirs, content.receipts.due[0]!],
    owners: { aa: 8 },
    mediators: { cc: checkpointOf(3) },
    reviews: { aa: 7, bb: 3 },
  };
  ahead.receipts = { ...nothingSeen(), seen: own };
  for (const keyring of [fresh, behind, ahead]) fillFrom(keyring, content);
  expect(fresh.receipts).toEqual(content.receipts);
  expect(behind.receipts).toEqual({
    seen: content.receipts.seen,
    due: [theirs, ...content.receipts.due],
    owners: { aa: 8, bb: 9 },
    mediators: content.receipts.mediators,
    reviews: { aa: 7, bb: 3 },
  });
  expect(ahead.receipts.reviews).toEqual({ aa: 5 });
  expect(ahead.receipts.seen).toBe(own);

  const later = person('dr-d');
  const sameLength = checkpointOf(12, 13);
  later.receipts = { ...nothingSeen(), seen: sameLength };
  fillFrom(later, content);
  expect(later.receipts.seen).toBe(sameLength);
});

test('a drawer brings the numbers a keyring of before has not, and the keys of those it has', () => {
  const [number] = content.elsewhere;
  const before = person('dr-d');
  fillFrom(before, content);
  expect(before.elsewhere).toEqual([number]);

  const bare = { ...number!, doctorKeys: [], opened: { bb: utf8('mine') } };
  const has = { ...person('dr-e'), elsewhere: [bare] };
  fillFrom(has, content);
  expect(has.elsewhere).toEqual([{ ...bare, doctorKeys: number!.doctorKeys, opened: { bb: utf8('mine') } }]);
});
