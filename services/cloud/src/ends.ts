/**
 * Ends of grants, in files beside the cloud's keys and in no backup of its tables.
 *
 * A database that comes from a backup has grants again that were taken back since. Each end is a file until no grant of its number can hold any
 * more; a cloud that starts takes back once more what these say, before it serves anybody.
 *
 * @module
 */
import { join } from 'node:path';
import { type Bytes, type Cbor, cbor } from '@carelet/crypto/algebra/bytes';
import { sha256 } from '@carelet/crypto/algebra/hash';
import { transaction } from '@carelet/ground/database';
import { type SealedFiles, sealedFiles } from '@carelet/ground/sealed-files';
import type { Secrets } from '@carelet/ground/secrets';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { CloudTables } from './schema.ts';
import { unseen } from './unseen.ts';

/** A grant that its owner took back, through a mediator or by key servers. */
export type TakenBack = {
  readonly table: 'consent' | 'shared_grant';
  readonly pat: Bytes;
  readonly grant: Bytes;
  readonly owner: Bytes;
  /** As she signed it. */
  readonly end: Bytes;
  /** UTC seconds, after which none of its number holds. */
  readonly notAfter: number;
};

export type Ends = SealedFiles<TakenBack>;

/** @param folder of the cloud's keys */
export const endsIn = (folder: string, secrets: Secrets): Promise<Ends> =>
  sealedFiles<TakenBack>(
    { folder: join(folder, 'ends'), secrets, place: 'cloud/ends' },
    {
      write: ({ table, pat, grant, owner, end, notAfter }) => [table, pat, grant, owner, end, notAfter],
      read: (content: Cbor) => {
        const [table, pat, grant, owner, end, notAfter] = content as [TakenBack['table'], Bytes, Bytes, Bytes, Bytes, number];
        return { table, pat, grant, owner, end, notAfter };
      },
    },
  );

/** Writes an end down; to be done before its row is laid for good. */
export const noteEnd = (ends: Ends, taken: TakenBack): Promise<void> => ends.put(nameOf(taken), taken);

/** A file a grant: its number is its owner's choice, and nobody chooses another's. */
const nameOf = ({ table, pat, grant, owner }: TakenBack): Bytes => sha256(cbor([table, pat, grant, owner])).slice(0, 16);

/**
 * Takes back what was taken back before, as far as the tables do not say so; gives how many they had forgotten.
 *
 * @param now UTC seconds
 */
export async function replayEnds(db: Kysely<CloudTables>, ends: Ends, now: number): Promise<number> {
  let forgotten = 0;
  for await (const taken of ends.each()) {
    if (taken.notAfter <= now) continue;
    if (await transaction(db, (within) => endAgain(within, taken, now))) forgotten++;
  }
  return forgotten;
}

async function endAgain(within: Transaction<CloudTables>, { table, pat, grant, owner, end }: TakenBack, now: number): Promise<boolean> {
  const chart = await within.selectFrom('chart').select('pat').where('pat', '=', pat).where('owner', '=', owner).executeTakeFirst();
  // A chart that is not there yet has no grant that could hold.
  if (!chart) return false;
  const nobody = new Uint8Array();
  const row = { pat, grant_id: grant, owner, ...unseen(now), ended: end };
  const { rows } =
    table === 'consent'
      ? await sql`insert into consent ${values({ ...row, doctor: nobody })} on conflict (pat, grant_id)
          do update set ended = ${end} where consent.owner = ${owner} and consent.ended is null returning 1`.execute(within)
      : await sql`insert into shared_grant ${values({ ...row, reader: nobody })} on conflict (pat, grant_id)
          do update set ended = ${end} where shared_grant.owner = ${owner} and shared_grant.ended is null returning 1`.execute(within);
  if (table === 'consent') await within.deleteFrom('rekey').where('pat', '=', pat).where('grant_id', '=', grant).execute();
  else await within.deleteFrom('wrap').where('pat', '=', pat).where('kind', '=', 'shared').where('domain', '=', grant).execute();
  return rows.length > 0;
}

/** Writes down those that lie in the tables alone: of before they were written down, and any that did not come to it. */
export async function noteOldEnds(db: Kysely<CloudTables>, ends: Ends, now: number): Promise<void> {
  for (const table of ['consent', 'shared_grant'] as const) {
    const rows = await db
      .selectFrom(table)
      .select(['pat', 'grant_id', 'owner', 'ended', 'not_after'])
      .where('ended', 'is not', null)
      .where('not_after', '>', now)
      .execute();
    for (const { pat, grant_id: grant, owner, ended, not_after } of rows) {
      const taken = { table, pat, grant, owner, end: ended!, notAfter: Number(not_after) };
      await ends.keep(nameOf(taken), taken);
    }
  }
}

/** Forgets those that nothing depends on any more. */
export const forgetEnds = (ends: Ends, now: number): Promise<void> => ends.dropWhere(({ notAfter }) => notAfter <= now);

const values = (row: Readonly<Record<string, unknown>>) =>
  sql`(${sql.join(Object.keys(row).map((name) => sql.ref(name)))}) values (${sql.join(Object.values(row))})`;
