/**
 * Grants through the key distribution servers, as the cloud keeps them: which hold, for whom, and the locks made for them.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equal } from '@carelet/crypto/algebra/bytes';
import { isSealed } from '@carelet/crypto/kdc/encoding';
import { type Kysely, type RawBuilder, sql } from 'kysely';
import { notDenied } from '../limits/denied.ts';
import type { CloudTables } from '../schema.ts';
import { forgetUnseen } from '../unseen.ts';

/** What holds of a shared grant to somebody that is neither over nor taken back, of a chart whose owner does not deny her. */
export const sharedWith = (reader: Bytes, now: number): RawBuilder<boolean> =>
  sql<boolean>`shared_grant.reader = ${reader} and shared_grant.not_after > ${now} and shared_grant.ended is null
    and ${notDenied(sql.ref('shared_grant.pat'), reader)}`;

/** The locks that shared grants open to somebody, as a condition on `wrap`; `null` for whom none holds. */
export async function bySharedGrant(
  db: Kysely<CloudTables>,
  { id }: { readonly id: Bytes },
  now: number,
): Promise<RawBuilder<boolean> | null> {
  const holds = sharedWith(id, now);
  if (!(await db.selectFrom('shared_grant').select('pat').where(holds).limit(1).executeTakeFirst())) return null;
  return sql<boolean>`(wrap.kind = 'shared' and exists (
    select 1 from shared_grant where shared_grant.pat = wrap.pat and shared_grant.grant_id = wrap.domain and ${holds}))`;
}

/** Refuses locks for a shared grant that is not of whoever brings them, in this chart, and holds. */
export async function mustBeOfOwnGrants(
  within: Kysely<CloudTables>,
  { owner, pat }: { readonly owner: Bytes; readonly pat: Bytes },
  wraps: readonly { readonly kind: string; readonly domain: Bytes; readonly body: Bytes }[],
): Promise<void> {
  const shared = wraps.filter(({ kind }) => kind === 'shared');
  if (shared.length === 0) return;
  if (!shared.every(({ body }) => isSealed(body))) throw new CareletError('invalid', 'lay wraps', { because: 'a wrap is malformed' });
  // Locked against an end at the same moment: what comes after it finds nothing that holds.
  const held = await within
    .selectFrom('shared_grant')
    .select('grant_id')
    .where('pat', '=', pat)
    .where('owner', '=', owner)
    .where('ended', 'is', null)
    .forUpdate()
    .execute();
  if (shared.every(({ domain }) => held.some(({ grant_id }) => equal(grant_id, domain)))) return;
  throw new CareletError('denied', 'lay wraps', { because: 'no grant of yours that holds is named' });
}

/**
 * Forgets the locks of shared grants that are over by their date: they are refused already; and ends of grants that cannot come any more.
 *
 * @param now UTC seconds
 */
export async function forgetShared(db: Kysely<CloudTables>, now: number): Promise<void> {
  const over = sql<boolean>`exists (select 1 from shared_grant where shared_grant.pat = wrap.pat and shared_grant.grant_id = wrap.domain
    and (shared_grant.not_after <= ${now} or shared_grant.ended is not null))`;
  await db.deleteFrom('wrap').where('kind', '=', 'shared').where(over).execute();
  await forgetUnseen(db, 'shared_grant', now);
}
