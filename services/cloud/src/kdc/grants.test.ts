/**
 * What a grant through the key servers leaves behind once it is over: no lock.
 */
import { systemRandom } from '@carelet/crypto/algebra/random';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase } from '@carelet/ground/test-database';
import { expect, test } from 'vitest';
import { type CloudTables, migrations } from '../schema.ts';
import { forgetShared } from './grants.ts';

test('locks are forgotten of grants that are over or were taken back, and of no others', async () => {
  await using database = await freshDatabase();
  await using db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
  const now = 1_795_176_000;
  const [owner, reader, body] = [systemRandom(16), systemRandom(16), systemRandom(8)];
  const given = async (not_after: number, ended: Uint8Array | null, kind = 'shared') => {
    const [pat, grant_id] = [systemRandom(16), systemRandom(16)];
    await db.insertInto('shared_grant').values({ pat, grant_id, owner, reader, not_after, body, letter: body, ended }).execute();
    const wrap = { pat, node_id: systemRandom(16), kind, domain: grant_id, part: 'MI', gen: 0, labels: [], body, maker: owner };
    await db
      .insertInto('wrap')
      .values({ ...wrap, signature: body, sealed_for: null })
      .execute();
    return grant_id;
  };
  const holds = await given(now + 1, null);
  const elsewhere = await given(now, null, 'consent');
  await given(now, null);
  await given(now + 1, body);
  await forgetShared(db, now);
  const left = await db.selectFrom('wrap').select('domain').execute();
  expect(left).toEqual([{ domain: holds }, { domain: elsewhere }]);
});
