/**
 * The cloud, assembled: three shelves, wraps, and who may fetch what. It holds no key that opens anything.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import type { KeyEnd } from '@carelet/crypto/cards/approval';
import { encodeCard } from '@carelet/crypto/cards/card';
import { domainsIn } from '@carelet/ground/domains';
import { endedKeysIn } from '@carelet/ground/ended-keys';
import { type Cards, cards as cardsIn, type KnownCaller } from '@carelet/ground/login';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql } from 'kysely';
import { breakGlass } from './break-glass.ts';
import { type Changes, openChanges } from './changes.ts';
import { consent, sealRekeys } from './consent.ts';
import { devices } from './devices.ts';
import { noteOldEnds, replayEnds } from './ends.ts';
import { kdc } from './kdc/kdc.ts';
import type { CloudKeys } from './keys.ts';
import { limits } from './limits/limits.ts';
import { type CloudMath, mathematicsHere } from './mathematics.ts';
import { receipts } from './receipts/answers.ts';
import { bookOf } from './receipts/book.ts';
import { leaveCard } from './receipts/cards.ts';
import { records } from './records.ts';
import { requests } from './requests.ts';
import { forgetKeys, forgetKeysOfOthers, roles } from './roles.ts';
import { type CloudTables, shelves } from './schema.ts';
import { teams } from './teams.ts';
import { addWraps, forgetRetired } from './wraps.ts';

export type CloudRole = RoleOf<typeof cloudContract>;

export type Cloud = {
  readonly cards: Cards;
  /** The cloud as one caller may use it; `null` is a stranger. */
  as(caller: KnownCaller | null): CloudRole;
  /** Writes the receipts that wait into the log: within a minute of an act, or a promise is broken. */
  writeReceipts(): Promise<void>;
  /** Makes what lies in the tables as it has to be before anybody is served: grants that were taken back since they came from a backup end again. */
  ready(): Promise<void>;
  /** Asks the authority whose keys were ended, and which domains; nothing of a role is served before it was asked once. */
  hearEndedKeys(): Promise<void>;
};

export { cloudContract };

/**
 * @param town where the manifest comes from
 * @param watched the same, for what cannot wait; it may be asked at any moment
 * @param told whose keys administrators ended, from the authority
 * @param clock UTC milliseconds
 * @param changes what is heard of by those who listen
 * @param mathematics its pairings, in this thread unless told
 */
export function cloud({
  db,
  town,
  watched = town,
  keys,
  told,
  clock = Date.now,
  changes = openChanges(),
  mathematics = mathematicsHere,
}: {
  db: Kysely<CloudTables>;
  town: Town;
  watched?: Town;
  keys: CloudKeys;
  told: Parameters<typeof endedKeysIn>[0]['told'];
  clock?: () => number;
  changes?: Changes;
  mathematics?: CloudMath;
}): Cloud {
  const now = () => Math.floor(clock() / 1000);
  const cards = cardsIn(db, town, 'cloud', clock, (within, card) => leaveCard(within, card, now()));
  const book = bookOf(db, keys.log, now);
  const forget = (end: KeyEnd) => forgetKeys(db, end);
  const endedKeys = endedKeysIn({ db, town, told, forget, clock });
  const domains = domainsIn(watched, (today) => forgetKeysOfOthers(db, today));

  const openToAll: Pick<CloudRole['sharing'], 'endKeys' | 'retired'> = {
    endKeys: (said) => endedKeys.take(said),
    retired: ({ manifest }) => domains.take(manifest),
  };

  const as = (caller: KnownCaller | null): CloudRole => {
    const known = (): KnownCaller => {
      if (!caller) throw new CareletError('denied', 'answer', { because: 'the request is not signed' });
      return caller;
    };
    return {
      login: {
        present: async ({ card, with: others }) => {
          await cards.present(card, others);
        },
        cards: async ({ ids }) => {
          known();
          return { cards: (await cards.byId(ids)).map(encodeCard) };
        },
      },
      records: caller ? records({ db, cards, now, changes, book, domains }, caller) : strangersTo<CloudRole['records']>(),
      sharing: caller
        ? {
            ...consent({ db, cards, mathematics, endedKeys, domains, now, changes, book, keys }, caller),
            ...roles({ db, town, keys, endedKeys, domains, mathematics, now, book }, caller),
            ...openToAll,
            wrap: async (input) => ({ promise: await addWraps(db, known(), input, { changes, book, domains, now }) }),
            forgetRetired: async ({ sealedFor }) => ({
              forgotten: await forgetRetired(db, known(), { domains, town: watched }, sealedFor),
            }),
          }
        : strangersTo<CloudRole['sharing']>(openToAll),
      kdc: caller ? kdc({ db, now, changes, book, ends: keys.ends }, caller) : strangersTo<CloudRole['kdc']>(),
      teams: caller ? teams({ db, cards, keys, endedKeys, domains, mathematics, now }, caller) : strangersTo<CloudRole['teams']>(),
      requests: caller ? requests({ db, cards, now, changes }, caller) : strangersTo<CloudRole['requests']>(),
      limits: caller ? limits({ db, now, changes, book }, caller) : strangersTo<CloudRole['limits']>(),
      devices: caller ? devices({ db, now }, caller) : strangersTo<CloudRole['devices']>(),
      breakGlass: caller ? breakGlass({ db, town, keys, endedKeys, now, changes, book }, caller) : strangersTo<CloudRole['breakGlass']>(),
      receipts: caller ? receipts({ db, book, town, log: keys.log, now }, caller) : strangersTo<CloudRole['receipts']>(),
      town: {
        state: async () => {
          const count = async (table: keyof CloudTables) =>
            Number(
              (
                await db
                  .selectFrom(table)
                  .select((select) => select.fn.countAll().as('n'))
                  .executeTakeFirstOrThrow()
              ).n,
            );
          const size = await sql<{ bytes: string }>`select ${sql.join(
            Object.values(shelves).map((shelf) => sql`pg_total_relation_size(${sql.lit(shelf)}::regclass)`),
            sql` + `,
          )} as bytes`.execute(db);
          return {
            shelves: { EID: await count('shelf_eid'), QID: await count('shelf_qid'), MI: await count('shelf_mi') },
            charts: await count('chart'),
            postings: await count('posting'),
            bytes: Number(size.rows[0]?.bytes ?? 0),
          };
        },
      },
    };
  };
  const hearEndedKeys = async () => {
    await endedKeys.hear();
    await domains.hear();
  };
  const ready = async () => {
    await sealRekeys(db, keys);
    await noteOldEnds(db, keys.ends, now());
    await replayEnds(db, keys.ends, now());
  };
  return { cards, as, writeReceipts: book.write, hearEndedKeys, ready };
}

/** A room of which every operation wants a signed request, but for those that are open. */
const strangersTo = <Room extends object>(open: Partial<Room> = {}): Room =>
  new Proxy({} as Room, {
    get:
      (_, name) =>
      async (...input: unknown[]) => {
        const known = Reflect.get(open, name) as ((...given: unknown[]) => Promise<unknown>) | undefined;
        if (known) return known(...input);
        throw new CareletError('denied', 'answer', { because: 'the request is not signed' });
      },
  });
