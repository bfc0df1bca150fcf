/**
 * A doctor goes by another number at each organisation (docs/decisions/doctors-numbers.md), so that whoever sees numbers alone does not see that two of
 * them are one person.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, equalPublic } from '@carelet/crypto/algebra/bytes';
import type { Kysely } from 'kysely';
import { policiesOf } from './approvals.ts';
import type { AuthorityTables } from './schema.ts';

/**
 * Refuses a number where it would stand for a doctor at a second organisation. One that did before each place had its own goes on.
 *
 * @throws {CareletError} `conflict`
 */
export async function refuseElsewhere(
  db: Kysely<AuthorityTables>,
  { doctor, organisation }: { readonly doctor: Bytes; readonly organisation: Bytes },
  op: string,
): Promise<void> {
  const rows = await policiesOf(db, doctor);
  if (rows.length === 0 || rows.some((row) => equalPublic(row.organisation, organisation))) return;
  throw new CareletError('conflict', op, {
    because: 'this number is of another organisation; for a further one a doctor registers once more, by a number of its own',
  });
}
