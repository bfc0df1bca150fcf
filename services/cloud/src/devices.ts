/**
 * What the owner of a chart says to her devices: that they begin new trees (`crypto/records/anew`). The cloud keeps the newest and shows it
 * to her and to the chart's writer, whose cloudlets tell it.
 *
 * It refuses nothing for it: what a device sealed before it heard comes in whenever it comes. A cloud that keeps a word back leaves
 * devices in the trees they have, and can make none.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { equal, equalPublic } from '@carelet/crypto/algebra/bytes';
import { verifyAnew } from '@carelet/crypto/records/anew';
import { transaction } from '@carelet/ground/database';
import type { KnownCaller } from '@carelet/ground/login';
import type { Kysely } from 'kysely';
import type { CloudTables } from './schema.ts';
import { notYours } from './wraps.ts';

type DevicesRole = RoleOf<typeof cloudContract>['devices'];

/** How far an owner's clock may be ahead of the cloud's, seconds. */
const skew = 300;

export function devices({ db, now }: { db: Kysely<CloudTables>; now: () => number }, caller: KnownCaller): DevicesRole {
  return {
    async beginAnew({ pat, word }) {
      const op = 'speak to devices';
      const own = { pat, edVk: caller.card.edVk };
      const said = verifyAnew(own, word);
      await transaction(db, async (within) => {
        // The chart's row is the lock: two copies of a keyring speak one after the other.
        const chart = await within.selectFrom('chart').select('owner').where('pat', '=', pat).forUpdate().executeTakeFirst();
        if (!chart || !equal(chart.owner, caller.id)) throw notYours(op);
        if (!said) throw new CareletError('invalid', op, { because: 'this is no word of yours to devices of this chart' });
        // One that was said long ago may come late; it may also be said again to a cloud that forgot it.
        if (said.time > now() + skew) throw new CareletError('invalid', op, { because: 'it is of a time to come' });
        const row = await within.selectFrom('device_word').select('body').where('pat', '=', pat).executeTakeFirst();
        if (row && equalPublic(row.body, word)) return;
        // What an owner before her said to devices of her own binds nobody.
        const before = row && verifyAnew(own, row.body);
        if (before && said.seq <= before.seq) throw new CareletError('conflict', op, { because: 'you said a later word already' });
        await within
          .insertInto('device_word')
          .values({ pat, body: word })
          .onConflict((c) => c.column('pat').doUpdateSet({ body: word }))
          .execute();
      });
    },

    async told({ pat }) {
      const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
      if (!chart || !(equal(chart.owner, caller.id) || equal(chart.writer, caller.id))) throw notYours('hear what devices are told');
      const row = await db.selectFrom('device_word').select('body').where('pat', '=', pat).executeTakeFirst();
      return { word: row?.body ?? null };
    },
  };
}
