/**
 * A town for tests of the portal’s house: two patients of a hospital, and a doctor who may open laboratory results there.
 *
 * @module
 */
import { encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import { lock, newLock } from '@carelet/client/keyring/passphrase';
import { mathematicsHere } from '@carelet/client/mathematics';
import { hex } from '@carelet/crypto/algebra/bytes';
import { type House, memoryStore, openHouse, type Store, type Surroundings, type TownMap } from '@carelet/portal/house';
import { afterAll, beforeAll } from 'vitest';
import { daysBetween, hivTest, openStage, type Place, patient, pulse, result, type Stage } from './fixture.testing.ts';

export type HouseEvent = Parameters<Parameters<House['watch']>[0]>[0];

export let stage: Stage;
export let northgate: Place;
export let ada: Keyring;
export let ben: Keyring;
export let chen: Keyring;

export const passphrase = 'lantern steps';
const cheap = { passes: 1, memory: 8192 };
const opened: House[] = [];

/** A keyring as a file somebody brings. */
export const fileOf = async (keyring: Keyring) => lock(await newLock(passphrase, cheap), encodeKeyring(keyring));

export const map = (): TownMap => ({
  town: 'a town',
  manifest: stage.town.addresses.manifest,
  authority: stage.town.authority.fetch,
  cloud: stage.town.cloud.fetch,
  cloudlets: [{ organisation: 'harbour', where: stage.town.cloudlets.get('harbour')!.fetch }],
});

/** A house nobody is in yet. */
export function houseWith(store: Store = memoryStore(), more: Partial<Surroundings> = {}): House {
  const usual = { store, mathematics: mathematicsHere, clock: stage.clock, zone: 'Europe/London', effort: cheap };
  const house = openHouse({ map: async () => map(), ...usual, ...more });
  opened.push(house);
  return house;
}

/** A house somebody is in; nothing of hers is kept unless a store is given. */
export async function inside(keyring: Keyring, store?: Store, more?: Partial<Surroundings>): Promise<House> {
  const house = houseWith(store, more);
  await house.unlock(await fileOf(keyring), passphrase, store !== undefined);
  return house;
}

export const idOf = ({ card }: Keyring) => hex(card.id);
export const chartOf = ({ keyring }: Place, reference: string) => keyring.charts.find(({ references }) => references.includes(reference))!;
export const ids = async (house: House, who: string) =>
  (await Promise.all((await house.items(who, {})).map(async ({ id }) => (await house.item(who, id)).fhir)))
    .map((fhir) => (JSON.parse(fhir) as { id: string }).id)
    .sort();

/** Lets waiting promises and timers have their turn, until something is so. */
export async function until(what: () => boolean, patience: number): Promise<number> {
  const began = performance.now();
  while (!what()) {
    if (performance.now() - began > patience) throw new Error('it did not happen in time');
    await new Promise((done) => setTimeout(done, 20));
  }
  return performance.now() - began;
}

/** Opens the town before the tests of a file, and closes it after them. */
export function inTown(): void {
  beforeAll(async () => {
    stage = await openStage();
    northgate = await stage.place('northgate');
    ada = stage.patient('ada');
    ben = stage.patient('ben');
    await stage.take(northgate, [
      patient('p-ada'),
      ...daysBetween('2026-10-20', '2026-11-19').map((day) => pulse('p-ada', `pulse-${day}`, `${day}T11:00:00Z`)),
      result('p-ada', 'blood', '2026-11-18'),
      result('p-ada', 'hiv', '2026-11-18', hivTest),
      patient('p-ben', 'Okoro', 'Ben'),
      pulse('p-ben', 'bens-pulse', '2026-11-19T11:00:00Z'),
    ]);
    await stage.link(northgate, chartOf(northgate, 'urn:uuid:p-ada'), ada);
    await stage.link(northgate, chartOf(northgate, 'urn:uuid:p-ben'), ben);
    chen = await stage.doctor('Dr Chen', { at: northgate, kinds: ['laboratory'], parts: ['MI'] });
  }, 60_000);

  afterAll(async () => {
    await Promise.all(opened.map((house) => house.lock()));
    await stage?.[Symbol.asyncDispose]();
  });
}
