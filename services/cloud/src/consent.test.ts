/**
 * What a grant leaves behind in the cloud once it has ended: nothing that turns.
 */
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
  const given = async (not_after: number, ended: Uint8Array | null) => {
    const [pat, grant_id] = [systemRandom(16), systemRandom(16)];
    await db.insertInto('consent').values({ pat, grant_id, owner, doctor, not_after, body, letter: body, ended }).execute();
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
  await forgetEnded(db, now);
  const left = await db.selectFrom('rekey').select('grant_id').execute();
  expect(left).toEqual([{ grant_id: holds }, { grant_id: holds }]);
});
