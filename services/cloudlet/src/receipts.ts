/**
 * What this mediator did, in a log of its own: nothing is answered of which no line was kept. A line waits without a place until
 * somebody asks; then everything that waits goes in at once, and the log is signed with a key for that alone, which the clinic's
 * card vouches for.
 *
 * Lines are kept for good, as the cloud's are: one that was shown cannot go without showing. A patient finds those of her own grants, and
 * nobody else does; of an opening by a role the mediator knows the doctor and the organisation and no patient, so it shows the line to
 * whoever names the cloud's receipt of it: she who has that. What names no receipt is found by none.
 *
 * @module
 */
import { join } from 'node:path';
import { CareletError } from '@carelet/care/model';
import type { cloudletContract } from '@carelet/care/wire/contract/cloudlet';
import type { RoleOf } from '@carelet/care/wire/contract/kit';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { signCheckpoint } from '@carelet/crypto/receipts/checkpoint';
import { commitment, decodeReceipt, encodeReceipt, leafHash, nothing, type Receipt, receiptOf } from '@carelet/crypto/receipts/leaf';
import { append, proveConsistency, proveInclusion, rootOf } from '@carelet/crypto/receipts/log';
import { emptyMap } from '@carelet/crypto/receipts/map';
import { type Mediated, mediatedAct, mediatorLog, signMediatorLog } from '@carelet/crypto/receipts/mediated';
import { decodePromise, isOfNow, verifyPromise } from '@carelet/crypto/receipts/promise';
import { transaction } from '@carelet/ground/database';
import { logStore } from '@carelet/ground/log-store';
import { perHour } from '@carelet/ground/per-hour';
import { keyFile } from '@carelet/ground/secrets';
import type { Town } from '@carelet/ground/town';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Organisation } from './organisation.ts';
import type { CloudletTables } from './schema.ts';

type Asked = RoleOf<typeof cloudletContract>['receipts']['mediated'];

/** What a mediator did; of its part in an opening what the cloud promised with the turning. */
export type Done = Omit<Mediated, 'time' | 'receipt'> & { readonly promise?: Bytes | undefined };

export type Receipts = {
  /**
   * Keeps a line; `patient` is whose grant it is of. It is on disk when this returns.
   *
   * @throws {CareletError} `conflict` for a part in an opening without a promise of the cloud's of these minutes, or by one that came with
   *   something else
   */
  leave(done: Done, patient?: Bytes): Promise<void>;
  /** The lines of somebody's own grants, and those that name some ciphertexts. */
  shown(caller: Bytes, asked: Parameters<Asked>[0]): ReturnType<Asked>;
};

/** Where the log's full subtrees lie. */
const actNodes = 'act_node';

/** Lines in one answer. */
const atOnce = 200;
/** Lines in one answer that name one receipt. By one promise there is one; before promises were asked for there could be more. */
const ofOne = 8;

/**
 * @param keys folder of the log's key file
 * @param now UTC seconds
 */
export function receiptsIn({
  db,
  keys,
  organisation,
  town,
  now,
}: {
  db: Kysely<CloudletTables>;
  keys: string;
  organisation: () => Promise<Organisation>;
  town: Town;
  now: () => number;
}): Receipts {
  const store = logStore(db, actNodes);
  const unpromised = perHour(now, mostUnpromised);

  return {
    async leave({ promise, ...done }, patient) {
      const named = done.kind === 'factor' ? await promisedFor(done, promise, patient) : null;
      const receipt = receiptOf(mediatedAct({ ...done, receipt: named ?? undefined, time: now() }));
      const row = { commitment: commitment(receipt), body: encodeReceipt(receipt), named, patient: patient ?? null, place: null };
      await transaction(db, async (within) => {
        if (named && (await isThere(within, named, receipt))) return;
        await within.insertInto('act').values(row).execute();
      });
    },

    async shown(caller, { commitments, after, seen, all = false }) {
      const refuse = (because: string) => new CareletError('invalid', 'tell what was mediated', { because });
      if (commitments.some((one) => equalPublic(one, nothing))) throw refuse('no receipt is named by nothing');
      if (all && commitments.length > atOnce) throw refuse(`at most ${atOnce} receipts are looked for at once`);
      const { card, edSk } = await organisation();
      const seed = await keyFile(join(keys, 'mediator-log.key'));
      const { secret, public: key } = signingKey(() => seed);
      const { size, root } = await writeDown(db);
      const note = signCheckpoint({ ...mediatorLog(card.id, key), secret }, { size, root, map: emptyMap, time: now() });
      const own = await db
        .selectFrom('act')
        .select(['body', 'place'])
        .where('patient', '=', caller)
        .where('place', '>', after ?? -1)
        .where('place', '<', size)
        .orderBy('place')
        .limit(atOnce + 1)
        .execute();
      // Of a grant a line says whose chart it is: that is for her alone.
      const { rows: found } = await sql<{ body: Bytes; place: number; named: Bytes }>`
        select body, place, named from (
          select body, place, named, row_number() over (partition by named order by place) as nth from act
          where named = any(${commitments}::bytea[]) and (patient is null or patient = ${caller}) and place < ${size}
        ) line where nth <= ${all ? ofOne : 1} order by place`.execute(db);
      const proven = async ({ body, place }: { body: Bytes; place: number | null }) => {
        return { receipt: body, place: place!, path: await proveInclusion(store, place!, size) };
      };
      const byName = new Map(found.map((one) => [hex(one.named), one]));
      const asked = all ? found : commitments.map((named) => byName.get(hex(named)) ?? null);
      return {
        note,
        path: seen <= size ? await proveConsistency(store, seen, size) : [],
        key,
        voucher: signMediatorLog(edSk, card.id, key),
        acts: await Promise.all(own.slice(0, atOnce).map(proven)),
        more: own.length > atOnce,
        found: await Promise.all(asked.map((one) => one && proven(one))),
      };
    },
  };

  /**
   * The receipt of the cloud's that a part in an opening goes with: of what its log promised in these minutes. Nobody promises anything in
   * a town without a log, nor for what is of no patient: a team's secret, and the check of a key that was just taken. Those are single.
   */
  async function promisedFor({ actor, turned = [] }: Done, promise: Bytes | undefined, patient: Bytes | undefined): Promise<Bytes | null> {
    const refuse = (because: string) => new CareletError('conflict', 'do a mediator’s part', { because });
    const known = await town.manifest();
    const { receipts: watch } = known.receipts || !promise ? known : await town.refresh();
    if (!watch) return null;
    if (!promise) {
      if (patient || turned.length !== 1) throw refuse('the cloud’s promise to write it down is missing');
      unpromised.take(actor, (because) => refuse(`without the cloud’s promise to write it down ${because}`));
      return null;
    }
    const promised = decodePromise(promise);
    if (!promised || !verifyPromise(promised, watch.log)) throw refuse('the cloud of this town did not promise that');
    if (!isOfNow(promised, now())) throw refuse('the cloud’s promise to write it down is not of these minutes; have it turned again');
    return promised.commitment;
  }
}

/** Parts of one doctor in an hour for which the cloud promised nothing: a team each, and an organisation each whose key she takes. */
const mostUnpromised = 200;

/** Whether this very part in an opening was written down before, as where an answer was lost. One promise is of one. */
async function isThere(within: Transaction<CloudletTables>, named: Bytes, { actor, scope, rows, version }: Receipt): Promise<boolean> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`carelet/act/${hex(named)}`}, 0))`.execute(within);
  const lines = await within.selectFrom('act').select('body').where('named', '=', named).execute();
  const before = lines.flatMap(({ body }) => decodeReceipt(body) ?? []);
  const same = (one: Receipt) =>
    equalPublic(one.actor, actor) && one.scope === scope && equalPublic(one.rows, rows) && one.version === version;
  if (before.length > 0 && !before.some(same)) {
    throw new CareletError('conflict', 'do a mediator’s part', { because: 'the cloud’s promise came with something else' });
  }
  return before.length > 0;
}

/** Lines that go into the log within one transaction. */
const together = 5000;

/** Takes everything that waits into the log, some after the other; gives the log as it is then. */
async function writeDown(db: Kysely<CloudletTables>): Promise<{ size: number; root: Bytes }> {
  for (;;) {
    const { whole, ...head } = await transaction(db, (within) => writeSome(within));
    if (whole) return head;
  }
}

async function writeSome(within: Transaction<CloudletTables>): Promise<{ size: number; root: Bytes; whole: boolean }> {
  const before = await within.selectFrom('act_log').selectAll().forUpdate().executeTakeFirstOrThrow();
  const waiting = await within
    .selectFrom('act')
    .select('commitment')
    .where('place', 'is', null)
    .orderBy('commitment')
    .limit(together)
    .execute();
  const { range, nodes } = append(
    { size: before.size, roots: before.roots },
    waiting.map(({ commitment }) => leafHash(commitment)),
  );
  if (waiting.length > 0) {
    await logStore(within, actNodes).put(nodes);
    await sql`update act set place = new.place from unnest(
      ${waiting.map(({ commitment }) => commitment)}::bytea[], ${waiting.map((_, i) => before.size + i)}::bigint[])
      as new (commitment, place) where act.commitment = new.commitment`.execute(within);
    await within
      .updateTable('act_log')
      .set({ size: range.size, roots: [...range.roots] })
      .execute();
  }
  return { size: range.size, root: rootOf(range), whole: waiting.length < together };
}
