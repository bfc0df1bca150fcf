/**
 * Whom the owner of a chart denies: a condition that every door leads through which opens something to somebody else.
 *
 * @module
 */
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { CloudTables } from '../schema.ts';

/** What holds of a chart whose owner does not deny this doctor. */
export const notDenied = (pat: RawBuilder<unknown>, doctor: Bytes): RawBuilder<boolean> =>
  sql<boolean>`not exists (select 1 from denied where denied.pat = ${pat} and denied.doctor = ${doctor})`;

/** Whether the owner of a chart denies this doctor. */
export async function isDenied(db: Kysely<CloudTables>, pat: Bytes, doctor: Bytes): Promise<boolean> {
  const row = await db.selectFrom('denied').select('pat').where('pat', '=', pat).where('doctor', '=', doctor).executeTakeFirst();
  return row !== undefined;
}
