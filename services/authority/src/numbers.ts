/**
 * A doctor goes by another number at each organisation (docs/decisions/doctors-numbers.md), so that whoever sees numbers alone does not see that two of
 * them are one person.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import { type Kysely, sql } from 'kysely';
import type { AuthorityTables } from './schema.ts';

/**
 * Refuses a number where it would stand for a doctor at a second organisation. One that did before each place had its own goes on.
 *
 * @param needed of how many organisations administrators have to sign a policy for it to count
 * @throws {CareletError} `conflict`
 */
export async function refuseElsewhere(
  db: Kysely<AuthorityTables>,
  { doctor, organisation }: { readonly doctor: Bytes; readonly organisation: Bytes },
  needed: number,
  op: string,
): Promise<void> {
  const { rows } = await sql<{ organisation: Bytes }>`
    select organisation from approval where doctor = ${doctor}
    group by organisation, policy having count(distinct from_organisation) >= ${needed}`.execute(db);
  if (rows.length === 0 || rows.some((row) => equalPublic(row.organisation, organisation))) return;
  throw new CareletError('conflict', op, {
    because: 'this number is of another organisation; for a further one a doctor registers once more, by a number of its own',
  });
}
