/**
 * What the cloud promised when it took postings: that a receipt of each will be in its log within a minute. This asks whether it is.
 *
 * A promise is laid down as it comes and looked at later, with the manifest at hand: what goes up waits for no authority. One that was
 * broken is kept, since it is the cloud's own signature under it; those who look after the cloudlet are told how many there are.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { hex } from '@carelet/crypto/algebra/bytes';
import { readHead } from '@carelet/crypto/receipts/checkpoint';
import { decodeNote } from '@carelet/crypto/receipts/note';
import { decodePromise, judgePromise, type Promised, verifyPromise } from '@carelet/crypto/receipts/promise';
import { follow } from '@carelet/crypto/receipts/witness';
import { event, type Log } from '@carelet/ground/log';
import type { Town } from '@carelet/ground/town';
import type { Kysely } from 'kysely';
import type { CloudletTables } from './schema.ts';
import type { CloudRole } from './uplink.ts';

export type Promises = {
  /** Lays down what came with a posting that the cloud took. */
  keep(promise: Bytes | undefined): Promise<void>;
  /** Asks about those that are due, and logs what was not kept. */
  ask(): Promise<void>;
};

export type PromisesOptions = {
  readonly db: Kysely<CloudletTables>;
  readonly town: Town;
  readonly cloud: () => Promise<CloudRole>;
  readonly log: Log;
  readonly clock: () => number;
};

/** In one question. */
const atOnce = 1000;

export function promises({ db, town, cloud, log, clock }: PromisesOptions): Promises {
  const due = () => db.selectFrom('promised').select(['id', 'promise']).where('broken', 'is', null).orderBy('id').limit(atOnce).execute();
  const forget = async (ids: readonly string[]) => {
    if (ids.length > 0) await db.deleteFrom('promised').where('id', 'in', ids).execute();
  };
  const accuse = async (ids: readonly string[], name: string) => {
    if (ids.length === 0) return;
    await db
      .updateTable('promised')
      .set({ broken: new Date(clock()).toISOString() })
      .where('id', 'in', ids)
      .execute();
    event(log, name, { count: ids.length }, 'error');
  };

  return {
    async keep(promise) {
      await db
        .insertInto('promised')
        .values({ promise: promise ?? null, broken: null })
        .execute();
    },

    async ask() {
      const rows = await due();
      if (rows.length === 0) return;
      const { receipts: watch } = await town.manifest();
      // A town that keeps no log promises nothing.
      if (!watch) return forget(rows.map(({ id }) => id));
      const asked: (Promised & { readonly id: string })[] = [];
      const none: string[] = [];
      for (const { id, promise } of rows) {
        const promised = promise && decodePromise(promise);
        if (promised && verifyPromise(promised, watch.log)) asked.push({ ...promised, id });
        else none.push(id);
      }
      await accuse(none, 'receipts.unpromised');
      if (asked.length === 0) return;

      const kept = await db.selectFrom('witnessed').select('note').where('origin', '=', hex(watch.log.key)).executeTakeFirst();
      const last = kept?.note ?? null;
      const up = await cloud();
      const { found, note, path } = await up.receipts.included({
        commitments: asked.map(({ commitment }) => commitment),
        seen: last ? readHead(decodeNote(last)!.text)!.size : 0,
      });
      const now = Math.floor(clock() / 1000);
      // What the cloud shows has to go on from what this cloudlet signed as its witness.
      const following = follow(watch.log, last, note, path, now);
      if (following.kind !== 'goes on') return event(log, 'receipts.refused', {}, 'warn');
      const head = following.signed.checkpoint;
      const outcomes = asked.map((promised, i) => {
        const at = found[i];
        return judgePromise(promised, at ? { head, index: at.place, path: at.path } : null, now);
      });
      const those = (outcome: 'included' | 'broken') => asked.flatMap(({ id }, i) => (outcomes[i] === outcome ? [id] : []));
      await forget(those('included'));
      await accuse(those('broken'), 'receipts.broken');
    },
  };
}
