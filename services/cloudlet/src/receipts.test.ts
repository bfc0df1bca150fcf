/**
 * What a mediator writes down, on a real PostgreSQL: who is shown which of its lines, and how many there may be.
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { newCard } from '@carelet/crypto/cards/owner';
import { decodeReceipt, nothing } from '@carelet/crypto/receipts/leaf';
import { encodePromise, promise } from '@carelet/crypto/receipts/promise';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { temporaryFolder } from '@carelet/ground/test-folder';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Organisation } from './organisation.ts';
import { type Receipts, receiptsIn } from './receipts.ts';
import { type CloudletTables, migrations } from './schema.ts';

const now = 1_795_176_000;
const year = 365 * 86_400;
const clinic = newCard('organisation', now + year);
const organisation = async () => ({ card: clinic.card, edSk: clinic.secrets.edSk }) as Organisation;
const { public: key, secret } = signingKey();
const log = { name: 'cloud.example', key, secret };
const number = () => systemRandom(16);

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
  );

let database: TestDatabase;
let db: Kysely<CloudletTables>;
let receipts: Receipts;

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations });
}, 60_000);

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await sql`truncate act, act_node`.execute(db);
  await db.updateTable('act_log').set({ size: 0, roots: [] }).execute();
  receipts = receiptsIn({ db, keys: temporaryFolder(), organisation, now: () => now });
});

/** What a cloud promised, and the receipt that it is of. */
const promised = (committed = systemRandom(32)) => ({ committed, promise: encodePromise(promise(log, committed, now)) });

describe('the lines of a mediator', () => {
  const [ada, ben, chen] = [number(), number(), number()];
  const pat = hex(number());
  const turned = [systemRandom(576)];
  const shown = (caller: Bytes, commitments: Bytes[] = []) => receipts.shown(caller, { commitments, seen: 0 });
  const read = (lines: readonly ({ receipt: Bytes } | null)[]) => lines.map((line) => line && decodeReceipt(line.receipt)!.kind);

  test('are for whose grant they are of: nobody else finds who gave and took back', async () => {
    await receipts.leave({ kind: 'grant', actor: ada, scope: pat }, ada);
    await receipts.leave({ kind: 'taking-back', actor: ada, scope: pat }, ada);
    expect(read((await shown(ada)).acts).sort()).toEqual(['grant', 'taking-back']);
    expect((await shown(ben)).acts).toEqual([]);
    for (const who of [ada, ben, chen]) expect(await refusal(shown(who, [nothing]))).toBe('invalid');
    expect(await refusal(shown(ben, [systemRandom(32), nothing]))).toBe('invalid');
    const { rows } = await sql<{ count: number }>`select count(*) from act where named is not null`.execute(db);
    expect(Number(rows[0]!.count)).toBe(0);
  });

  test('of an opening by a role are found by the cloud’s receipt, of one by consent by its patient alone', async () => {
    const [byRole, byConsent] = [promised(), promised()];
    await receipts.leave({ kind: 'factor', actor: chen, scope: hex(number()), receipt: byRole.committed, turned });
    await receipts.leave({ kind: 'factor', actor: chen, scope: pat, receipt: byConsent.committed, turned }, ada);
    const both = [byRole.committed, byConsent.committed];
    expect(read((await shown(ada, both)).found)).toEqual(['factor', 'factor']);
    expect(read((await shown(ben, both)).found)).toEqual(['factor', null]);
    expect(read((await shown(ben, [systemRandom(32)])).found)).toEqual([null]);
  });
});

test('lines from before name nothing any more, once a cloudlet is brought up to date', async () => {
  await using older = await freshDatabase();
  const before = Object.fromEntries(Object.entries(migrations).filter(([name]) => name < '0012'));
  const options = { url: older.url, schema: 'cloudlet' };
  const row = (named: Bytes) => ({ commitment: systemRandom(32), body: utf8('a line'), named, patient: null, place: null });
  {
    await using old = await openDatabase<CloudletTables>({ ...options, migrations: before });
    await old
      .insertInto('act')
      .values([row(nothing), row(new Uint8Array(32).fill(1))])
      .execute();
  }
  await using today = await openDatabase<CloudletTables>({ ...options, migrations });
  const kept = await today.selectFrom('act').select('named').orderBy('named').execute();
  expect(kept.map(({ named }) => named)).toEqual([new Uint8Array(32).fill(1), null]);
});
