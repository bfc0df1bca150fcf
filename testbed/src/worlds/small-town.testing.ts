/**
 * One town for many small worlds: each begins at the same instant on tables without a patient, so that nothing of one world is left in
 * the next.
 *
 * Client, cloud and mediator are the real ones. Who asks is known, as if a request had been signed and judged; everything else
 * goes as it does over the wire.
 *
 * @module
 */
import { join } from 'node:path';
import { addDays } from '@carelet/care/rules/records/calendar';
import { cloud as assemble } from '@carelet/cloud/cloud';
import { cloudKeys } from '@carelet/cloud/keys';
import { type CloudTables, migrations, shelves } from '@carelet/cloud/schema';
import { applyFactor, newFactor } from '@carelet/cloudlet/mathematics';
import { factorsIn, mediator } from '@carelet/cloudlet/mediator';
import { cloudletSecrets } from '@carelet/cloudlet/organisation';
import { equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { openDatabase } from '@carelet/ground/database';
import { townAt } from '@carelet/ground/service';
import { freshDatabase } from '@carelet/ground/test-database';
import type fc from 'fast-check';
import type { Kysely } from 'kysely';
import { backTo, openStage, type Stage } from '../fixture.testing.ts';
import { byConsent, play, type Scene, sceneOn } from './play.testing.ts';
import { type Event, type Role, type Times, worldsOf } from './world.testing.ts';

/**
 * When the worlds begin. From the beginning of all times to the first days of a decade few periods are named, so most do there; before a
 * decade ends, days, a month, a year and the decade close while the world goes on. The role is of eleven days around it.
 */
const eras: readonly { readonly today: string; readonly of: number; readonly times: Times }[] = [
  { today: '2029-12-30', of: 2, times: { ago: [null, 500, 31, 5, 3, 1, 0], since: [2, 1, 0], days: [0, 1, 3] } },
  { today: '2030-01-03', of: 7, times: { ago: [null, 4_500, 400, 5, 3, 2, 1, 0], since: [null, 400, 4, 2, 0, 0], days: [0, 0, 1, 3] } },
  { today: '2030-03-30', of: 1, times: { ago: [null, 500, 88, 31, 3, 1, 0], since: [29, 2, 1, 0], days: [0, 1, 3] } },
];

export type SmallTown = AsyncDisposable & {
  /** The world of a seed, and how it is played; told the same seed, it is the same world. A test tells the sentence of another role. */
  of(seed: number): {
    readonly world: fc.Arbitrary<Event[]>;
    readonly play: (events: readonly Event[], told?: Partial<Role>) => Promise<number>;
  };
};

export async function openSmallTown(): Promise<SmallTown> {
  const database = await freshDatabase();
  const stage = await openStage({ today: beginningOf(eras[0]!.today), databaseUrl: database.url });
  const db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
  const doors = await doorsOf(stage, db);
  // In their order: a key is made in the days it is for, and nobody has seen the future by then.
  const others = await byConsent(stage);
  const scenes: Scene[] = [];
  for (const { today } of eras) {
    stage.clock.to(beginningOf(today));
    scenes.push({ ...(await sceneOn(stage, { from: addDays(today, -5), until: addDays(today, 5) }, others)), ...doors });
  }
  const turns = eras.flatMap(({ of }, i) => Array.from({ length: of }, () => i));
  let played = 0;
  return {
    of(seed) {
      const era = turns[seed % turns.length]!;
      const playOnce = async (events: readonly Event[], told: Partial<Role> = {}) => {
        await clear(scenes[era]!, eras[era]!.today);
        const scene = scenes[era]!;
        return await play(scene, `world-${++played}`, events, told);
      };
      return { world: worldsOf(eras[era]!.times, 3, 6), play: playOnce };
    },
    async [Symbol.asyncDispose]() {
      await db.destroy();
      await stage[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}

/** Cloud and mediator as those who are known to them use them. */
async function doorsOf(stage: Stage, db: Kysely<CloudTables>): Promise<Pick<Scene, 'cloudAs' | 'cloudletOf'>> {
  const keysOf = (of: string) => join(stage.town.folder, 'keys', of);
  const { clock } = stage;
  const keys = await cloudKeys(keysOf('cloud'), clock);
  const told = stage.authorityAs(null).enrolment.endedKeys;
  const cloud = assemble({ db, town: townAt(stage.town.authority.fetch), keys, told, clock });
  await cloud.hearEndedKeys();
  const { keyring } = await stage.place('harbour');
  const factors = await factorsIn(join(keysOf('harbour'), 'factors'), await cloudletSecrets(keysOf('harbour')));
  const organisation = async () => ({ card: keyring.card, edSk: keyring.secrets.edSk, ...keyring.writer! });
  // Whoever writes every chart here.
  const { keyring: writer } = await stage.place('northgate');
  const unused = () => Promise.reject(new Error('no world shares with a team'));
  const mediating = {
    ...{ factors, organisation, mathematics: { newFactor, applyFactor }, town: townAt(stage.town.authority.fetch) },
    cards: { present: async () => {}, byId: async () => [writer.card] },
    // What a mediator writes down is told in receipts-mediator.slow.test.ts.
    receipts: { leave: async () => {} },
    given: { take: () => {} },
    // What mediators are told of limits is for those of a team.
    denied: { take: async () => {}, denies: async () => false },
    endedKeys: { refuse: unused, take: unused, hear: unused },
    domains: { isToday: unused, kindOf: unused, take: unused, ready: unused, hear: unused },
    now: () => Math.floor(stage.clock() / 1000),
  };
  /** Shown by whoever comes the first time. */
  const shown = new Set<string>();
  return {
    async cloudAs({ card }) {
      const id = hex(card.id);
      if (!shown.has(id)) await cloud.cards.present(encodeCard(card), []);
      shown.add(id);
      return cloud.as({ id: card.id, kind: card.kind, card });
    },
    cloudletOf(who, of) {
      if (!equalPublic(of, keyring.card.id)) return null;
      const over = stage.cloudletAs(who);
      const sharing = mediator(mediating, who && { id: who.card.id, kind: who.card.kind, card: who.card });
      return { ...over, sharing: { ...over.sharing, ...sharing } };
    },
  };
}

const beginningOf = (today: string): string => `${today}T09:41:00Z`;

/** Everything the cloud keeps of charts. Its log goes on: it is of all worlds. */
const ofCharts = [
  ...Object.values(shelves),
  ...['chart', 'node', 'wrap', 'posting', 'posting_node', 'scope_state', 'writer_letter', 'consent', 'rekey', 'receipt', 'unmapped'],
  ...['limits', 'denied', 'device_word'],
];

/** Takes a town back to before there was a patient. */
async function clear({ stage, clinic, doctors }: Scene, today: string): Promise<void> {
  await stage.sql(ofCharts.map((table) => `delete from ${table}`).join(';'));
  clinic.keyring.charts = [];
  const all = [clinic.keyring, ...Object.values(doctors)];
  await backTo(stage, Date.parse(beginningOf(today)), ...all);
  for (const { receipts } of all) receipts.due = [];
}
