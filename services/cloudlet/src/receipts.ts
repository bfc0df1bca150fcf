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
import { commitment, encodeReceipt, leafHash, nothing, receiptOf } from '@carelet/crypto/receipts/leaf';
import { append, proveConsistency, proveInclusion, rootOf } from '@carelet/crypto/receipts/log';
import { emptyMap } from '@carelet/crypto/receipts/map';
import { type Mediated, mediatedAct, mediatorLog, signMediatorLog } from '@carelet/crypto/receipts/mediated';
import { decodePromise } from '@carelet/crypto/receipts/promise';
import { transaction } from '@carelet/ground/database';
import { logStore } from '@carelet/ground/log-store';
import { keyFile } from '@carelet/ground/secrets';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Organisation } from './organisation.ts';
import type { CloudletTables } from './schema.ts';

type Asked = RoleOf<typeof cloudletContract>['receipts']['mediated'];

export type Receipts = {
  /** Keeps a line; `patient` is whose grant it is of. It is on disk when this returns. */
  leave(act: Omit<Mediated, 'time'>, patient?: Bytes): Promise<void>;
  /** The lines of somebody's own grants, and those that name some ciphertexts. */
  shown(caller: Bytes, asked: Parameters<Asked>[0]): ReturnType<Asked>;
};

/** Where the log's full subtrees lie. */
export const actNodes = 'act_node';

/** The receipt a promise of the cloud's is of. Whether it is one is for her to say who looks for it among her receipts. */
export const receiptIn = (promise: Bytes | undefined): Bytes | undefined => (promise && decodePromise(promise)?.commitment) || undefined;

/** Lines in one answer. */
const atOnce = 200;

/**
 * @param keys folder of the log's key file
 * @param now UTC seconds
 */
export function receiptsIn({
  db,
  keys,
  organisation,
  now,
}: {
  db: Kysely<CloudletTables>;
  keys: string;
  organisation: () => Promise<Organisation>;
  now: () => number;
}): Receipts {
  const store = logStore(db, actNodes);

  return {
    async leave(act, patient) {
      const receipt = receiptOf(mediatedAct({ ...act, time: now() }));
      await db
        .insertInto('act')
        .values({
          commitment: commitment(receipt),
          body: encodeReceipt(receipt),
          named: equalPublic(receipt.policy, nothing) ? null : receipt.policy,
          patient: patient ?? null,
          place: null,
        })
        .execute();
    },

    async shown(caller, { commitments, after, seen }) {
      if (commitments.some((one) => equalPublic(one, nothing))) {
        throw new CareletError('invalid', 'tell what was mediated', { because: 'no receipt is named by nothing' });
      }
      const { card, edSk } = await organisation();
      const seed = await keyFile(join(keys, 'mediator-log.key'));
      const { secret, public: key } = signingKey(() => seed);
      const { size, root } = await transaction(db, (within) => writeDown(within));
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
      const found = await db
        .selectFrom('act')
        .select(['body', 'place', 'named'])
        .distinctOn('named')
        .where('named', '=', sql<Bytes>`any(${commitments}::bytea[])`)
        // Of a grant it says whose chart it is: that is for her alone.
        .where((where) => where.or([where('patient', 'is', null), where('patient', '=', caller)]))
        .where('place', '<', size)
        .orderBy('named')
        .orderBy('place')
        .execute();
      const byName = new Map(found.map((one) => [hex(one.named!), one]));
      const proven = async ({ body, place }: { body: Bytes; place: number | null }) => {
        return { receipt: body, place: place!, path: await proveInclusion(store, place!, size) };
      };
      return {
        note,
        path: seen <= size ? await proveConsistency(store, seen, size) : [],
        key,
        voucher: signMediatorLog(edSk, card.id, key),
        acts: await Promise.all(own.slice(0, atOnce).map(proven)),
        more: own.length > atOnce,
        found: await Promise.all(
          commitments.map(async (named) => {
            const one = byName.get(hex(named));
            return one ? proven(one) : null;
          }),
        ),
      };
    },
  };
}

/** Takes everything that waits into the log. */
async function writeDown(within: Transaction<CloudletTables>): Promise<{ size: number; root: Bytes }> {
  const before = await within.selectFrom('act_log').selectAll().forUpdate().executeTakeFirstOrThrow();
  const waiting = await within.selectFrom('act').select('commitment').where('place', 'is', null).orderBy('commitment').execute();
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
  return { size: range.size, root: rootOf(range) };
}
