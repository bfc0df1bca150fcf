/**
 * The strips that wait for the cloud, on this cloudlet's disk, handed out in the order in which they should go.
 *
 * Whoever is handed a batch holds it (`for update skip locked`): others get the next. It leaves the disk when the one who
 * holds it says that the cloud has it; a process that dies in between has said nothing, and the batch waits again.
 *
 * @module
 */
import { type ErrorKind, type Urgency, urgencies } from '@carelet/care/model';
import { nextOf } from '@carelet/care/rules/relay/schedule';
import { type Bytes, hex } from '@carelet/crypto/algebra/bytes';
import { transaction } from '@carelet/ground/database';
import { groupBy } from '@carelet/ground/group-by';
import { type Kysely, type Selectable, sql, type Transaction } from 'kysely';
import { countPassed } from './lately.ts';
import type { CloudletTables } from './schema.ts';

export type WaitingStrip = Selectable<CloudletTables['strip']>;

/** Strips of one chart and one urgency, those of a device in the order of their numbers. */
export type Batch = { readonly pat: Bytes; readonly urgency: Urgency; readonly strips: readonly WaitingStrip[] };

/** What came of a batch: those the cloud will never have, and why. All others it has. */
export type Refused = ReadonlyMap<WaitingStrip, ErrorKind>;

export type Queue = {
  /**
   * Hands over what goes next.
   *
   * @param among the urgencies to look at
   * @param except charts, in hex, that cannot be posted to now
   * @param send what it throws leaves the batch where it was
   * @returns how many it has and how many it will never have; `null` when nothing waits
   */
  next(
    among: readonly Urgency[],
    except: ReadonlySet<string>,
    send: (batch: Batch) => Promise<Refused>,
  ): Promise<{ readonly sent: number; readonly refused: number } | null>;
};

/** The strip that goes next, or the oldest of a batch. */
type Head = { readonly urgency: Urgency; readonly pat: Bytes; readonly device: Bytes; readonly arrived: number };

/** The most that travels together; an emergency travels alone. */
const atOnce: Readonly<Record<Urgency, number>> = { emergency: 1, monitoring: 500, routine: 500 };
const bytesAtOnce = 16 * 1024 * 1024;

/** How an urgency is written in the table: 1, 2, 3. */
export const urgencyNumber = (urgency: Urgency): number => urgencies.indexOf(urgency) + 1;
export const urgencyOfNumber = (number: number): Urgency => urgencies[number - 1]!;

export function queue({ db, clock }: { db: Kysely<CloudletTables>; clock: () => number }): Queue {
  return {
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
        await within
          .updateTable('tally')
          .set({ forwarded: sql`forwarded + ${gone.length}`, last_forward: new Date(clock()).toISOString() })
          .where('one', '=', 1)
          .execute();
        await countPassed(within, gone, clock());
        return { sent: gone.length, refused: refused.size };
      });
    },
  };

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
    let bytes = 0;
    return waiting.filter(({ body }, i) => {
      bytes += body.length;
      return i === 0 || bytes <= bytesAtOnce;
    });
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
