/**
 * Ends of grants that never came: one may be taken back before it arrives, as a request may be slow, or held back by whoever carries it.
 *
 * Such an end is kept as an ended grant of nothing, so that its number is none any more. It stays until the last day any grant may have
 * that was signed by then (no grant is taken that is of a day to come, or lasts longer than any may), and only so many of each owner.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { longestGrantSeconds } from '@carelet/care/rules/records/calendar';
import type { Bytes } from '@carelet/crypto/algebra/bytes';
import { clockSkew } from '@carelet/ground/login';
import { type Kysely, type RawBuilder, sql, type Transaction } from 'kysely';
import type { CloudTables } from './schema.ts';

type Table = 'consent' | 'shared_grant';

/** Of one owner, in each table. */
const mostUnseen = 100;

/** A grant that never came has no body. */
const isUnseen = sql<boolean>`body = ''::bytea`;
const nothing: Bytes = new Uint8Array();

/**
 * Refuses a grant that could outlast an end which was said before it came.
 *
 * @param now UTC seconds
 */
export function mustLastNoLonger({ issued, notAfter }: { readonly issued: number; readonly notAfter: number }, now: number): void {
  const refuse = (because: string) => new CareletError('invalid', 'grant', { because });
  if (issued > now + clockSkew) throw refuse('it is of a day to come');
  if (notAfter > Math.min(now, issued) + longestGrantSeconds) throw refuse('no grant lasts that long');
}

/** What is written of a grant that never came; where it is there already, whoever writes ends that. */
export const unseen = (now: number) => ({ not_after: now + clockSkew + longestGrantSeconds, body: nothing, letter: nothing });

/**
 * Refuses one more end of a grant that never came, where its owner has as many as are kept.
 *
 * @param now UTC seconds
 */
export async function mustHaveRoom(
  within: Transaction<CloudTables>,
  table: Table,
  { pat, grant, owner }: { readonly pat: Bytes; readonly grant: Bytes; readonly owner: Bytes },
  now: number,
): Promise<void> {
  // The chart’s row is the lock: of several that come at once each counts those before.
  await within.selectFrom('chart').select('pat').where('pat', '=', pat).forUpdate().execute();
  const { rows } = await sql<{
    full: boolean;
  }>`select not exists (select 1 from ${sql.table(table)} where pat = ${pat} and grant_id = ${grant})
    and (select count(*) from ${sql.table(table)} where owner = ${owner} and not_after > ${now} and ${isUnseen}) >= ${mostUnseen} as full`.execute(
    within,
  );
  if (!rows[0]!.full) return;
  const because = 'as many grants of yours that never came have ended as are kept';
  throw new CareletError('unavailable', 'take a grant back', { because });
}

/** Forgets those whose day is over. */
export async function forgetUnseen(db: Kysely<CloudTables>, table: Table, now: number): Promise<void> {
  const over: RawBuilder<boolean> = sql<boolean>`not_after <= ${now} and ${isUnseen}`;
  await sql`delete from ${sql.table(table)} where ${over}`.execute(db);
}
