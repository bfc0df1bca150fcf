/**
 * Limits: whom the owner of a chart denies, and whether it opens by role to named doctors only (`crypto/records/limits`).
 *
 * From the moment it took her word the cloud serves a denied doctor nothing of the chart, in the words of a chart that is not there
 * (`denied`). Where it opens by name from now on, or does not any more, the locks for roles are deleted in the same act: its writer and its
 * owner make them anew. They are headers; no record is touched.
 *
 * [Note: Whether the writer knows]
 * Labels do not tell the cloud by which limits a lock was made. So its writer signs which it follows, and before it did the cloud takes
 * no lock for roles of it; a day later nothing at all, as of a generation that is over. The owner sees the writer's signature: a cloud
 * that kept her word from it has none to show.
 *
 * [Note: A cloud that forgot]
 * A database that was restored from a backup has older limits than their owner said, or none. Her client has the newest as she signed it,
 * and says it again: what came in between nobody needs any more, and whoever asks is she.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { cloudContract } from '@carelet/care/wire/contract/cloud';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equal, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { followLimits, hashOfLimits, type Limits, limitsIn, verifyFollowed } from '@carelet/crypto/records/limits';
import { transaction } from '@carelet/ground/database';
import type { KnownCaller } from '@carelet/ground/login';
import { type Kysely, sql, type Transaction } from 'kysely';
import { reachable } from '../access.ts';
import type { Changes } from '../changes.ts';
import type { Book } from '../receipts/book.ts';
import type { CloudTables } from '../schema.ts';
import { notYours } from '../wraps.ts';

type LimitsRole = RoleOf<typeof cloudContract>['limits'];

/** How far an owner's clock may be from the cloud's, seconds. */
const skew = 300;

const noLimits = { seq: 0, byName: false, denied: [] as readonly Bytes[] };

export function limits(
  { db, now, changes, book }: { db: Kysely<CloudTables>; now: () => number; changes: Changes; book: Book },
  caller: KnownCaller,
): LimitsRole {
  return {
    async say({ pat, state, restored = false }) {
      const op = 'limit a chart';
      const refuse = (because: string) => new CareletError('conflict', op, { because });
      const said = limitsIn(state);
      if (!said) throw new CareletError('invalid', op, { because: 'these are no limits' });
      // Looked for before the chart is locked, which others wait for; who comes into sight meanwhile finds it gone when she asks next.
      const own = await db.selectFrom('chart').select('owner').where('pat', '=', pat).executeTakeFirst();
      if (!own || !equal(own.owner, caller.id)) throw notYours(op);
      const was = await db.selectFrom('limits').select('body').where('pat', '=', pat).executeTakeFirst();
      const mayPart = await partingBy(pat, (was && limitsIn(was.body)) ?? noLimits, said);
      const { parting, promise } = await transaction(db, async (within) => {
        // The chart's row is the lock: two clients of one patient, and her hospital's postings, come one after the other.
        const chart = await within.selectFrom('chart').selectAll().where('pat', '=', pat).forUpdate().executeTakeFirst();
        if (!chart || !equal(chart.owner, caller.id)) throw notYours(op);
        if ([chart.owner, chart.writer].some((one) => said.denied.some((denied) => equalPublic(denied, one)))) {
          throw new CareletError('invalid', op, { because: 'who owns or writes a chart cannot be denied it' });
        }
        const row = await within.selectFrom('limits').select('body').where('pat', '=', pat).executeTakeFirst();
        const before = (row && limitsIn(row.body)) ?? noLimits;
        // Said again after a lost answer it is there already, and leaves another receipt: of a denial never that somebody was let read.
        const again = row !== undefined && equalPublic(row.body, state);
        const head = row ? { seq: before.seq, hash: hashOfLimits(row.body) } : null;
        if (followLimits(head, state, { pat, edVk: caller.card.edVk }).kind !== 'follows') {
          throw refuse('it does not follow what was said before');
        }
        // [Note: A cloud that forgot]
        const isNext = restored ? said.seq > before.seq : said.seq === before.seq + 1;
        if (!again && !isNext) throw refuse('it does not follow what was said before');
        const isOfNow = said.time <= now() + skew && (restored || said.time >= now() - skew);
        if (!again && !isOfNow) throw new CareletError('invalid', op, { because: 'it is not of now' });
        const parting = again ? [] : mayPart;
        if (!again) await lay(within, said, state, before);
        return {
          parting,
          promise: await book.leave(within, pat, {
            kind: kindOf(again ? noLimits : before, said),
            actor: caller.id,
            policy: sha256(state),
          }),
        };
      });
      changes.tell({ pat, part: null, nodes: [], wraps: [], parting });
      return { promise };
    },

    async state({ pat }) {
      const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
      if (!chart || !(equal(chart.owner, caller.id) || equal(chart.writer, caller.id))) throw notYours('list limits');
      const row = await db.selectFrom('limits').select(['body', 'followed']).where('pat', '=', pat).executeTakeFirst();
      return { state: row?.body ?? null, followed: row?.followed ?? null };
    },

    async follow({ pat, followed }) {
      const op = 'follow limits';
      const chart = await db.selectFrom('chart').selectAll().where('pat', '=', pat).executeTakeFirst();
      if (!chart || !equal(chart.writer, caller.id)) throw notYours(op);
      const row = await db.selectFrom('limits').select('body').where('pat', '=', pat).executeTakeFirst();
      if (!row || !verifyFollowed(caller.card.edVk, pat, row.body, followed)) {
        throw new CareletError('conflict', op, { because: 'these are not the newest limits of this chart' });
      }
      await db.updateTable('limits').set({ followed }).where('pat', '=', pat).where('body', '=', row.body).execute();
      changes.tell({ pat, part: null, nodes: [], wraps: [], between: [chart.owner, chart.writer] });
    },
  };

  /** Lays down what holds from now on, and takes away the locks for roles where others are to be made. */
  async function lay(within: Transaction<CloudTables>, { pat, seq, byName, denied }: Limits, body: Bytes, before: typeof noLimits) {
    const row = { seq, by_name: byName, since: now(), body, followed: null };
    await within
      .insertInto('limits')
      .values({ pat, ...row })
      .onConflict((c) => c.column('pat').doUpdateSet(row))
      .execute();
    await within.deleteFrom('denied').where('pat', '=', pat).execute();
    if (denied.length > 0) {
      await within
        .insertInto('denied')
        .values(denied.map((doctor) => ({ pat, doctor })))
        .execute();
    }
    if (byName !== before.byName) await within.deleteFrom('wrap').where('pat', '=', pat).where('kind', '=', 'policy').execute();
  }

  /** Who loses what was in sight until now: whoever is denied, and of a chart that opens otherwise whoever has keys of its hospital. */
  async function partingBy(pat: Bytes, before: typeof noLimits, said: Limits): Promise<Bytes[]> {
    const was = new Set(before.denied.map(hex));
    const some = [...said.denied, ...(said.byName === before.byName ? [] : await entitledTo(pat))];
    const parting: Bytes[] = [];
    for (const doctor of new Map(some.map((one) => [hex(one), one])).values()) {
      const wraps = was.has(hex(doctor)) ? null : await reachable(db, { id: doctor, kind: 'doctor' }, now());
      const seen = wraps && (await db.selectFrom('wrap').select('node_id').where('pat', '=', pat).where(wraps).limit(1).executeTakeFirst());
      // Who saw nothing hears nothing: not that there is such a chart either.
      if (seen) parting.push(doctor);
    }
    return parting;
  }

  async function entitledTo(pat: Bytes): Promise<Bytes[]> {
    const rows = await db
      .selectFrom('entitlement')
      .select('doctor')
      .distinct()
      .where('not_after', '>', now())
      .where(sql<boolean>`organisation in (select wrap.domain from wrap where wrap.pat = ${pat} and wrap.kind = 'policy')`)
      .execute();
    return rows.map(({ doctor }) => doctor);
  }
}

/** Of whoever limits more, or takes limits back, a receipt of the kind that a grant and its end leave. */
function kindOf(before: typeof noLimits, said: Limits): 'taking-back' | 'grant' {
  const was = new Set(before.denied.map(hex));
  const more = (said.byName && !before.byName) || said.denied.some((one) => !was.has(hex(one)));
  return more ? 'taking-back' : 'grant';
}
