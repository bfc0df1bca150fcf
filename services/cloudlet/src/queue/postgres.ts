/**
 * The queue in the cloudlet's own database: a table, and `for update skip locked`.
 *
 * @module
 */
import type { Urgency } from '@carelet/care/model';
import { nextOf } from '@carelet/care/rules/relay/schedule';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import { type Selectable, sql, type Transaction } from 'kysely';
import type { CloudletTables } from '../schema.ts';
import { atOnce, type Queue, type QueueOptions, together, urgencyNumber, urgencyOfNumber, type WaitingStrip } from './queue.ts';
import { tally } from './tally.ts';

/** The strip that goes next, or the oldest of a batch. */
type Head = { readonly urgency: Urgency; readonly pat: Bytes; readonly device: Bytes; readonly arrived: number };

export function postgresQueue({ db, clock, tallies = true }: QueueOptions): Queue {
  return {
    async lay(within, strips) {
      const laid = await within
        .insertInto('strip')
        .values(
          strips.map(({ urgency, arrived, ...strip }) => ({
            ...strip,
            urgency: urgencyNumber(urgency),
            arrived: new Date(arrived).toISOString(),
          })),
        )
        .onConflict((c) => c.doNothing())
        .returning('number')
        .execute();
      return laid.length === strips.length || isLaid(within, strips);
    },

    async next(among, except, send) {
      const heads = await Promise.all(among.map((urgency) => headOf(urgency, except)));
      const head = nextOf(
        heads.flatMap((one) => one ?? []),
        clock(),
      );
      if (!head) return null;
      return transaction(db, async (within) => {
        const strips = await locked(within, head);
        if (strips.length === 0) return null;
        const refused = await send({ ...head, strips });
        for (const [{ device, number }, kind] of refused) {
          await within.updateTable('strip').set({ refused: kind }).where('device', '=', device).where('number', '=', number).execute();
        }
        const gone = strips.filter((strip) => !refused.has(strip));
        for (const strips of groupBy(gone, ({ device }) => hex(device)).values()) await drop(within, strips);
        if (tallies) await tally(within, gone, clock());
        return { sent: gone.length, refused: refused.size };
      });
    },

    async first(within, device, lane) {
      const { first } = await within
        .selectFrom('strip')
        .select((select) => select.fn.min('number').as('first'))
        .where('device', '=', device)
        .where('lane', '=', lane)
        .where('refused', 'is', null)
        .executeTakeFirstOrThrow();
      return first ?? null;
    },

    async waits() {
      const { n, since } = await db
        .selectFrom('strip')
        .select((select) => [select.fn.countAll().as('n'), select.fn.min('arrived').as('since')])
        .where('refused', 'is', null)
        .executeTakeFirstOrThrow();
      return { count: Number(n), since: since === null ? null : new Date(since).getTime() };
    },

    async bySpan(spanMs, since) {
      const rows = await db
        .selectFrom('strip')
        .select([sql<number>`floor(extract(epoch from arrived) * 1000 / ${spanMs})::bigint`.as('span'), sql<number>`count(*)`.as('count')])
        .where('refused', 'is', null)
        .where('arrived', '>=', new Date(since).toISOString())
        .groupBy('span')
        .execute();
      return new Map(rows.map(({ span, count }) => [span, count]));
    },

    async ofDevices() {
      const rows = await db
        .selectFrom('strip')
        .select((select) => ['device', select.fn.countAll().as('n')])
        .where('refused', 'is', null)
        .groupBy('device')
        .execute();
      return new Map(rows.map(({ device, n }) => [hex(device), Number(n)]));
    },

    // The database is closed by whoever opened it.
    async [Symbol.asyncDispose]() {},
  };

  /** Whether these very strips lie here, each in its lane: they were laid before, and their devices not told. */
  async function isLaid(within: Transaction<CloudletTables>, strips: readonly WaitingStrip[]): Promise<boolean> {
    const there = await within
      .selectFrom('strip')
      .select(['device', 'number', 'lane', 'body'])
      .where((where) =>
        where.or(strips.map(({ device, number }) => where.and([where('device', '=', device), where('number', '=', number)]))),
      )
      .execute();
    return strips.every((strip) =>
      there.some(
        (one) =>
          equalPublic(one.device, strip.device) &&
          one.number === strip.number &&
          one.lane === strip.lane &&
          equalPublic(one.body, strip.body),
      ),
    );
  }

  /** The strip of this urgency that waits longest. */
  async function headOf(urgency: Urgency, except: ReadonlySet<string>): Promise<Head | null> {
    const row = await db
      .selectFrom('strip')
      .select(['pat', 'device', 'arrived'])
      .where('refused', 'is', null)
      .where('urgency', '=', urgencyNumber(urgency))
      .$if(except.size > 0, (some) => some.where(sql<boolean>`encode(pat, 'hex') <> all(${[...except]}::text[])`))
      .orderBy('arrived')
      .limit(1)
      .executeTakeFirst();
    return row ? { ...row, urgency, arrived: new Date(row.arrived).getTime() } : null;
  }

  async function locked(within: Transaction<CloudletTables>, { pat, device, urgency }: Head): Promise<WaitingStrip[]> {
    const waiting = await within
      .selectFrom('strip')
      .selectAll()
      .where('pat', '=', pat)
      .where('refused', 'is', null)
      .where('urgency', '=', urgencyNumber(urgency))
      .$if(atOnce[urgency] === 1, (alone) => alone.where('device', '=', device))
      .orderBy('device')
      .orderBy('number')
      .limit(atOnce[urgency])
      .forUpdate()
      .skipLocked()
      .execute();
    return together(waiting, ({ body }) => body.length).map(asWaiting);
  }

  async function drop(within: Transaction<CloudletTables>, strips: readonly WaitingStrip[]): Promise<void> {
    const numbers = strips.map(({ number }) => number);
    await within
      .deleteFrom('strip')
      .where('device', '=', strips[0]!.device)
      .where('number', '=', sql<number>`any(${numbers}::bigint[])`)
      .execute();
  }
}

/** A row of the table as everybody else knows it. */
export const asWaiting = ({ refused: _, urgency, arrived, ...strip }: Selectable<CloudletTables['strip']>): WaitingStrip => ({
  ...strip,
  urgency: urgencyOfNumber(urgency),
  arrived: new Date(arrived).getTime(),
});
