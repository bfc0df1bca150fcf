/**
 * Rejections on their way to the issuers: none of the three shall issue to somebody whom an administrator turned down, so one
 * that was away hears of it later.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import type { Kysely } from 'kysely';
import type { Issuers } from './issuers.ts';
import type { AuthorityTables } from './schema.ts';
import type { Words } from './words.ts';

/** What an administrator signed. */
export type Rejection = { readonly doctor: Bytes; readonly administrator: Bytes; readonly reason: string; readonly signature: Bytes };

/** Notes a rejection for each of the three. */
export async function noteRejection(within: Kysely<AuthorityTables>, rejection: Rejection): Promise<void> {
  await within
    .insertInto('unheard')
    .values([0, 1, 2].map((issuer) => ({ issuer, ...rejection })))
    .onConflict((c) => c.columns(['doctor', 'issuer']).doUpdateSet(rejection))
    .execute();
}

/** Tells every issuer what it has not heard yet, as far as it answers; of one doctor, or of all. */
export async function tellRejections(
  { db, words, issuers }: { db: Kysely<AuthorityTables>; words: Words; issuers: Issuers },
  of?: Bytes,
): Promise<void> {
  let query = db.selectFrom('unheard').selectAll().orderBy('doctor').orderBy('issuer');
  if (of) query = query.where('doctor', '=', of);
  const telling = (await query.execute()).map(async ({ doctor, issuer, administrator, reason, signature }) => {
    const by = await words.of(administrator, signature);
    await issuers.one(issuer).enrolment.reject({ doctor, reason, by });
    await db.deleteFrom('unheard').where('doctor', '=', doctor).where('issuer', '=', issuer).execute();
  });
  await Promise.allSettled(telling);
}

/** Refuses to be content before two issuers have heard: one of them is in every two that make a key. */
export async function heardByTwo(db: Kysely<AuthorityTables>, doctor: Bytes): Promise<void> {
  const waiting = await db.selectFrom('unheard').select('issuer').where('doctor', '=', doctor).execute();
  if (waiting.length <= 1) return;
  const because = 'fewer than two issuers have heard of it; those that are away hear of it when they answer';
  throw new CareletError('unavailable', 'reject doctor', { because });
}
