/**
 * The cloud, assembled: three shelves, wraps, and who may fetch what. It holds no key that opens anything.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { equal } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { readEntitlement } from '@carelet/crypto/cards/entitlement';
import { parse } from '@carelet/crypto/kp-abe/formula';
import type { Signer } from '@carelet/crypto/receipts/note';
import { type Cards, cards as cardsIn, type KnownCaller } from '@carelet/ground/login';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql } from 'kysely';
import { type Changes, openChanges } from './changes.ts';
import { consent } from './consent.ts';
import { mathematicsHere, type TurningMath } from './mathematics.ts';
import { receipts } from './receipts/answers.ts';
import { bookOf } from './receipts/book.ts';
import { records } from './records.ts';
import { type CloudTables, shelves } from './schema.ts';
import { addWraps } from './wraps.ts';

export type CloudRole = RoleOf<typeof cloudContract>;

export type Cloud = {
  readonly cards: Cards;
  /** The cloud as one caller may use it; `null` is a stranger. */
  as(caller: KnownCaller | null): CloudRole;
  /** Writes the receipts that wait into the log: within a minute of an act, or a promise is broken. */
  writeReceipts(): Promise<void>;
};

export { cloudContract };

/**
 * @param town where the manifest comes from
 * @param log what the receipts log is signed with
 * @param clock UTC milliseconds
 * @param changes what is heard of by those who listen
 * @param mathematics its pairings, in this thread unless told
 */
export function cloud(
  db: Kysely<CloudTables>,
  town: Town,
  log: Signer,
  clock: () => number = Date.now,
  changes: Changes = openChanges(),
  mathematics: TurningMath = mathematicsHere,
): Cloud {
  const cards = cardsIn(db as unknown as Parameters<typeof cardsIn>[0], town, 'cloud', clock);
  const now = () => Math.floor(clock() / 1000);
  const book = bookOf(db, log, now);

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
      records: caller ? records({ db, cards, now, changes, book }, caller) : strangersTo<CloudRole['records']>(),
      sharing: caller
        ? {
            ...consent({ db, cards, mathematics, now, changes, book }, caller),
            enter: async ({ entitlement }) => {
              const { id } = known();
              const read = readEntitlement(entitlement, await town.manifest()) ?? readEntitlement(entitlement, await town.refresh());
              if (!read || !equal(read.doctor, id))
                throw new CareletError('denied', 'enter', { because: 'the issuers did not sign this for you' });
              if (read.notAfter <= now()) throw new CareletError('denied', 'enter', { because: 'it has ended' });
              try {
                parse(read.formula);
              } catch {
                throw new CareletError('invalid', 'enter', { because: 'its policy cannot be read' });
              }
              const { organisation, formula, issued, notAfter } = read;
              await db
                .insertInto('entitlement')
                .values({ doctor: id, organisation, formula, issued, not_after: notAfter })
                .onConflict((c) =>
                  // An older one, perhaps wider, never comes back.
                  c
                    .columns(['doctor', 'organisation'])
                    .doUpdateSet({ formula, issued, not_after: notAfter })
                    .where('entitlement.issued', '<=', issued),
                )
                .execute();
            },
            wrap: (input) => addWraps(db, known(), input, changes),
          }
        : strangersTo<CloudRole['sharing']>(),
      receipts: caller ? receipts({ db, book, town, log, now }, caller) : strangersTo<CloudRole['receipts']>(),
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
  return { cards, as, writeReceipts: book.write };
}

/** A room of which every operation wants a signed request. */
const strangersTo = <Room extends object>(): Room =>
  new Proxy({} as Room, {
    get: () => async () => {
      throw new CareletError('denied', 'answer', { because: 'the request is not signed' });
    },
  });
