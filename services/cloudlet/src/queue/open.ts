/**
 * The queue that a cloudlet was told to have, with everything in it that waited in the one it had before.
 *
 * Strips move before the cloudlet takes new ones, so that each device's stay in their order. Where they lie is written in the
 * database: a cloudlet that is started without the bus, or with another, says so instead of leaving them there.
 *
 * @module
 */
import { CareletError, urgencies } from '@carelet/care/model';
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { transaction } from '@carelet/ground/database';
import { event, type Log } from '@carelet/ground/log';
import type { Secrets } from '@carelet/ground/secrets';
import { busQueue } from './bus.ts';
import { postgresQueue } from './postgres.ts';
import type { Queue, QueueOptions } from './queue.ts';
import { openStream, type StreamOptions } from './stream.ts';

export type BusConfig = Pick<StreamOptions, 'url' | 'replicas' | 'maxBytes' | 'patience'> & {
  /** What waits on the bus is fetched, and the bus left for good. */
  readonly leave?: boolean | undefined;
};

export type OpenOptions = QueueOptions & {
  /** The cloudlet's schema: its stream is named after it. */
  readonly schema: string;
  /** None: the queue is in the database. */
  readonly bus?: BusConfig | undefined;
  readonly secrets: Secrets;
  readonly log: Log;
};

/**
 * Opens the queue.
 *
 * @throws {CareletError} `conflict` where strips would be left behind
 */
export async function openQueue({ db, clock, schema, bus, secrets, log }: OpenOptions): Promise<Queue> {
  const known = await db.selectFrom('bus').selectAll().executeTakeFirst();
  if (!bus || (bus.leave && !known)) {
    if (!known) return postgresQueue({ db, clock });
    const because = 'strips may wait on the bus; start with BUS_URL as before, and with CARELET_BUS_LEAVE=yes to fetch them from there';
    throw new CareletError('conflict', 'open the queue', { subject: 'BUS_URL', because });
  }
  // Another cloudlet of this schema's name may have a stream on the same bus.
  const name = known?.stream ?? `carelet_${schema}_${hex(systemRandom(4))}`;
  if (!known) await db.insertInto('bus').values({ one: 1, stream: name, made: false }).execute();
  const stream = await openStream({ ...bus, name, isThere: known?.made ?? false, log });
  try {
    await db.updateTable('bus').set({ made: true }).execute();
    const here = postgresQueue({ db, clock, tallies: false });
    const there = await busQueue({ db, clock, tallies: !bus.leave, stream, secrets, log });
    if (!bus.leave) {
      event(log, 'bus.entered', { count: await move(here, there) });
      return there;
    }
    event(log, 'bus.left', { count: await move(there, here) });
    await stream.destroy();
    await db.deleteFrom('bus').execute();
    await stream[Symbol.asyncDispose]();
    return postgresQueue({ db, clock });
  } catch (thrown) {
    await stream[Symbol.asyncDispose]();
    throw thrown;
  }

  /** Moves everything that waits in one queue to another; a strip is in both for a moment, never in none. */
  async function move(from: Queue, to: Queue): Promise<number> {
    let moved = 0;
    for (;;) {
      const some = await from.next(urgencies, new Set(), async ({ strips }) => {
        await transaction(db, async (within) => {
          // A number that is taken there is a strip that was moved before.
          await to.lay(within, strips);
        });
        return new Map();
      });
      if (!some) return moved;
      moved += some.sent;
    }
  }
}
