/**
 * What a grant leaves behind in the cloud once it has ended: nothing that turns.
 */
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase } from '@carelet/ground/test-database';
import { expect, test } from 'vitest';
import { forgetEnded } from './consent.ts';
import { type CloudTables, migrations } from './schema.ts';

test('re-encryption keys are forgotten of grants that ended or were taken back, and of no others', async () => {
  await using database = await freshDatabase();
  await using db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
  const now = 1_795_176_000;
  const [owner, doctor, body] = [systemRandom(16), systemRandom(16), systemRandom(8)];
  const given = async (not_after: number, ended: Uint8Array | null, of = body) => {
    const [pat, grant_id] = [systemRandom(16), systemRandom(16)];
    await db.insertInto('consent').values({ pat, grant_id, owner, doctor, not_after, body: of, letter: of, ended }).execute();
    const scopes = [systemRandom(16), systemRandom(16)];
    await db
      .insertInto('rekey')
      .values(scopes.map((scope) => ({ pat, grant_id, scope, body })))
      .execute();
    return grant_id;
  };
  const holds = await given(now + 1, null);
  await given(now, null);
  await given(now + 1, body);
  const unseen = await given(now + 1, body, new Uint8Array());
  const past = await given(now, body, new Uint8Array());
  await forgetEnded(db, now);
  const left = await db.selectFrom('rekey').select('grant_id').execute();
  expect(left).toEqual([{ grant_id: holds }, { grant_id: holds }]);
  // An end of a grant that never came stays as long as that might come.
  const grants = (await db.selectFrom('consent').select('grant_id').execute()).map(({ grant_id }) => hex(grant_id));
  expect([grants.length, grants.includes(hex(unseen)), grants.includes(hex(past))]).toEqual([4, true, false]);
});
