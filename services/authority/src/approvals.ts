/**
 * What administrators signed for doctors: which policy counts at an organisation, and which others wait.
 *
 * One counts at most. Of each administrator one more may wait until others have signed the same; once enough have, it counts, and what counted before
 * is gone with everything that waited: nobody's older signature makes a policy again.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { AuthorityTables } from './schema.ts';

/**
 * Lays down what an administrator signed. Whoever calls it holds the doctor's row, so that of two policies that begin to count one comes after
 * the other.
 *
 * @param needed of how many organisations administrators have to sign a policy for it to count
 * @returns of how many organisations this policy is signed now
 * @throws {CareletError} `conflict` for what was signed before the policy that counts
 */
export async function signFor(
  within: Transaction<AuthorityTables>,
  needed: number,
  word: Omit<AuthorityTables['approval'], 'counts'>,
): Promise<number> {
  const { doctor, organisation, policy, administrator, time } = word;
  const all = await within
    .selectFrom('approval')
    .selectAll()
    .where('doctor', '=', doctor)
    .where('organisation', '=', organisation)
    .execute();
  const counting = all.filter((one) => one.counts);
  const again = counting.some((one) => one.policy === policy);
  if (!again && counting.some((one) => Number(one.time) > time)) {
    throw new CareletError('conflict', 'approve doctor', { because: 'another policy was signed a moment ago; look at it, and sign again' });
  }
  const there = within.deleteFrom('approval').where('doctor', '=', doctor).where('organisation', '=', organisation);
  await there.where('administrator', '=', administrator).where('counts', '=', false).execute();
  // Said again, it is of now: whoever signed before another policy counted somewhere can make hers count there.
  const { signature, signed } = word;
  await within
    .insertInto('approval')
    .values({ ...word, counts: again })
    .onConflict((c) => c.columns(['doctor', 'organisation', 'administrator', 'counts']).doUpdateSet({ policy, signature, signed, time }))
    .execute();
  const alike = [...all.filter((one) => one.policy === policy), word];
  const offices = new Set(alike.map((one) => one.from_organisation)).size;
  if (!again && offices >= needed) {
    await there.where('counts', '=', true).execute();
    await there.where('policy', '<>', policy).execute();
    await replaceKeys(within, word);
    await within
      .updateTable('approval')
      .set({ counts: true })
      .where('doctor', '=', doctor)
      .where('organisation', '=', organisation)
      .execute();
  }
  return offices;
}

/** Takes away the keys that were made for another policy of this organisation, for emergencies too, and keeps when the last of them was issued. */
async function replaceKeys(
  within: Transaction<AuthorityTables>,
  { doctor, organisation, policy }: Pick<AuthorityTables['approval'], 'doctor' | 'organisation' | 'policy'>,
): Promise<void> {
  const made = await within.selectFrom('issued').select(['organisation', 'policy', 'issued']).where('doctor', '=', doctor).execute();
  const isOver = (key: (typeof made)[number]) =>
    key.policy !== policy && (JSON.parse(key.policy) as { unit: string }).unit.startsWith(hex(organisation));
  const over = made.filter(isOver);
  if (over.length === 0) return;
  for (const key of over) {
    await within.deleteFrom('issued').where('doctor', '=', doctor).where('organisation', '=', key.organisation).execute();
  }
  const issued = Math.max(...over.map((key) => Number(key.issued)));
  await within
    .insertInto('replaced')
    .values({ doctor, organisation, issued })
    .onConflict((c) => c.columns(['doctor', 'organisation']).doUpdateSet({ issued: sql`greatest(replaced.issued, excluded.issued)` }))
    .execute();
}

/** When the last key was issued that has still to be ended, because another policy took the place of its own; `null` where none has. */
export async function toBeEnded(db: Kysely<AuthorityTables>, doctor: Bytes, organisation: Bytes): Promise<number | null> {
  const { rows } = await sql<{ issued: string }>`select replaced.issued from replaced
    where doctor = ${doctor} and organisation = ${organisation} and not exists (
      select from key_end where key_end.doctor = replaced.doctor and key_end.organisation = replaced.organisation
        and key_end.before > replaced.issued)`.execute(db);
  return rows[0] ? Number(rows[0].issued) : null;
}

/** Locks a doctor's row, and tells whether this very policy counts for her now. */
export async function stillCounts(
  within: Transaction<AuthorityTables>,
  doctor: Bytes,
  organisation: Bytes,
  policy: string,
): Promise<boolean> {
  const row = await within.selectFrom('doctor').select('state').where('doctor', '=', doctor).forUpdate().executeTakeFirst();
  const policies = await policiesOf(within, doctor);
  return row?.state === 'approved' && policies.some((one) => one.text === policy && equalPublic(one.organisation, organisation));
}

/** The policies of a doctor that count: one at each organisation. */
export async function policiesOf(db: Kysely<AuthorityTables>, doctor: Bytes): Promise<{ organisation: Bytes; text: string }[]> {
  const rows = await db
    .selectFrom('approval')
    .select(['organisation', 'policy'])
    .distinct()
    .where('doctor', '=', doctor)
    .where('counts', '=', true)
    .orderBy('organisation')
    .execute();
  return rows.map(({ organisation, policy }) => ({ organisation, text: policy }));
}

/**
 * Of what was signed before it was noted which policy counts: the last one of each organisation that enough had signed; what else was signed then
 * makes none any more. To be done at each start.
 */
export async function noteOld(db: Kysely<AuthorityTables>, needed: number): Promise<void> {
  await sql`update approval set counts = true from (
    select distinct on (doctor, organisation) doctor, organisation, policy from approval as one
    where time = 0 and not exists (
      select from approval as other where other.doctor = one.doctor and other.organisation = one.organisation and other.counts)
    group by doctor, organisation, policy having count(distinct from_organisation) >= ${needed}
    order by doctor, organisation, max(signed) desc, policy) as last
    where approval.doctor = last.doctor and approval.organisation = last.organisation and approval.policy = last.policy`.execute(db);
  await sql`delete from approval using approval as counting
    where approval.time = 0 and not approval.counts and counting.counts
    and approval.doctor = counting.doctor and approval.organisation = counting.organisation`.execute(db);
}
