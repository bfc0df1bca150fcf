import { encodeKeyring, newKeyring } from '@carelet/client/keyring/keyring';
import { lock, newLock } from '@carelet/client/keyring/passphrase';
import { mathematicsHere } from '@carelet/client/mathematics';
import { hex } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { signManifest } from '@carelet/crypto/cards/manifest';
import { expect, test } from 'vitest';
import { openHouse } from './house.ts';
import { memoryStore } from './store.ts';

const random = seededRandom('persons');
const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey(random) }));
const manifest = signManifest({ town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [] }, issuers.slice(0, 2));
const effort = { passes: 1, memory: 8192 };
const passphrase = 'lantern steps';

/** Somebody's locked keyring; two people may have given theirs the same name. */
async function keyringOf(name: string, title: string) {
  const keyring = newKeyring('patient', name, title, manifest, 2_000_000_000);
  return { card: hex(keyring.card.id), locked: lock(await newLock(passphrase, effort), encodeKeyring(keyring)) };
}

function houseWith(store = memoryStore()) {
  const silent = async (): Promise<Response> => new Response(null, { status: 503 });
  const map = async () => ({ town: 'a town', manifest: '', authority: silent, cloud: silent, cloudlets: [] });
  return { store, house: openHouse({ map, store, mathematics: mathematicsHere, clock: Date.now, zone: 'UTC', effort }) };
}

test('whoever is not to be kept leaves nothing behind, and takes nobody else’s keyring of the same name with her', async () => {
  const { house, store } = houseWith();
  const [resident, guest] = [await keyringOf('ada', 'Ada Marlow'), await keyringOf('ada', 'Ada Quinn')];
  await house.unlock(resident.locked, passphrase, true);
  await house.lock();
  const someone = await house.unlock(guest.locked, passphrase, false);
  await house.forget(someone.name);
  await house.lock();
  expect(await house.resting()).toEqual([{ name: 'ada', title: 'Ada Marlow', door: 'patient' }]);
  expect(await store.drawer(resident.card)).not.toBeNull();
  expect(await store.drawer(guest.card)).toBeNull();
});

test('whoever takes her keyring out while she is in leaves neither it nor her drawer', async () => {
  const { house, store } = houseWith();
  const { card, locked } = await keyringOf('ada', 'Ada Marlow');
  const { name } = await house.unlock(locked, passphrase, true);
  await house.forget(name);
  await house.lock();
  expect(await house.resting()).toEqual([]);
  expect(await store.drawer(card)).toBeNull();
});
