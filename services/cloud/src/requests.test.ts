/**
 * What is left of requests in the cloud once their time is over: nothing.
 */
import { systemRandom } from '@carelet/crypto/algebra/random';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase } from '@carelet/ground/test-database';
import { expect, test } from 'vitest';
import { forgetRequests } from './requests.ts';
import { type CloudTables, migrations } from './schema.ts';

test('requests are forgotten thirty days after they were made, whatever became of them, and no others', async () => {
  await using database = await freshDatabase();
  await using db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
  const now = 1_795_176_000;
  const [owner, doctor, sealed] = [systemRandom(16), systemRandom(16), systemRandom(8)];
  const made = async (asked: number, state: CloudTables['request']['state']) => {
    const [pat, request_id] = [systemRandom(16), systemRandom(16)];
    await db.insertInto('request').values({ pat, doctor, request_id, owner, asked, state, sealed, own: sealed, answer: null }).execute();
    return { request_id };
  };
  const lifetime = 30 * 86_400;
  const waits = await made(now - lifetime + 1, 'waits');
  for (const state of ['waits', 'granted', 'declined', 'withdrawn'] as const) await made(now - lifetime, state);
  await forgetRequests(db, now);
  expect(await db.selectFrom('request').select('request_id').execute()).toEqual([waits]);
});
