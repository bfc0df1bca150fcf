/**
 * What a mediator writes down, on a real PostgreSQL: who is shown which of its lines, and how many there may be.
 */
import { CareletError } from '@carelet/care/model';
import { type Bytes, hex, utf8 } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import type { Manifest } from '@carelet/crypto/cards/manifest';
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
const unwatched: Manifest = { town: 'a town', serial: 1, issuers: [1, 2, 3].map(() => systemRandom(32)), domains: [], signatures: [] };
const watched: Manifest = { ...unwatched, receipts: { log, witnesses: [] } };
const number = () => systemRandom(16);

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => 'ok',
    (thrown: unknown) => (thrown instanceof CareletError ? thrown.kind : String(thrown)),
  );

let database: TestDatabase;
let db: Kysely<CloudletTables>;
let receipts: Receipts;
let clock = now;
let manifest: Manifest;

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
  [clock, manifest] = [now, watched];
  const town = { manifest: async () => manifest, refresh: async () => manifest, take: async () => manifest };
  receipts = receiptsIn({ db, keys: temporaryFolder(), organisation, town, now: () => clock });
});

/** What a cloud promised, and the receipt that it is of. */
const promised = ({ committed = systemRandom(32), at = now, by = log } = {}) => ({
  committed,
  promise: encodePromise(promise(by, committed, at)),
});

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
    await receipts.leave({ kind: 'factor', actor: chen, scope: hex(number()), promise: byRole.promise, turned });
    await receipts.leave({ kind: 'factor', actor: chen, scope: pat, promise: byConsent.promise, turned }, ada);
    const both = [byRole.committed, byConsent.committed];
    expect(read((await shown(ada, both)).found)).toEqual(['factor', 'factor']);
    expect(read((await shown(ben, both)).found)).toEqual(['factor', null]);
    expect(read((await shown(ben, [systemRandom(32)])).found)).toEqual([null]);
  });
});

describe('a part in an opening', () => {
  const [ada, chen, diaz] = [number(), number(), number()];
  const pat = hex(number());
  const [some, others] = [
    [systemRandom(576), systemRandom(576)],
    [systemRandom(576), systemRandom(576)],
  ];
  const part = (more: Partial<Parameters<Receipts['leave']>[0]> = {}, patient: Bytes | null = ada) =>
    refusal(receipts.leave({ kind: 'factor', actor: chen, scope: pat, turned: some, ...more }, patient ?? undefined));
  const lines = async (caller = ada) => (await receipts.shown(caller, { commitments: [], seen: 0 })).acts;

  test('wants what this town’s cloud promised in these minutes: not nothing, nor what it promised long ago, nor another’s word', async () => {
    const other = signingKey();
    const byOther = { name: log.name, key: other.public, secret: other.secret };
    for (const refused of [
      undefined,
      new Uint8Array(90),
      promised({ by: byOther }).promise,
      promised({ by: { ...log, name: 'other.example' } }).promise,
      promised({ at: now - 601 }).promise,
      promised({ at: now + 301 }).promise,
    ]) {
      expect(await part({ promise: refused })).toBe('conflict');
    }
    expect(await lines()).toEqual([]);
    for (const at of [now - 600, now, now + 300]) expect(await part({ promise: promised({ at }).promise })).toBe('ok');
    expect((await lines()).length).toBe(3);
  });

  test('asked for again after a lost answer is written down once; by the same promise nobody goes on with anything else', async () => {
    const { committed, promise } = promised();
    for (let i = 0; i < 3; i++) expect(await part({ promise })).toBe('ok');
    expect(await part({ promise, turned: others })).toBe('conflict');
    expect(await part({ promise, turned: some.slice(1) })).toBe('conflict');
    expect(await part({ promise, actor: diaz })).toBe('conflict');
    expect(await part({ promise, scope: hex(number()) })).toBe('conflict');
    expect(await Promise.all([1, 2, 3].map(() => part({ promise: promised().promise })))).toEqual(['ok', 'ok', 'ok']);
    const again = promised();
    const atOnce = await Promise.all([some, others, some].map((turned) => part({ promise: again.promise, turned })));
    expect(atOnce.filter((one) => one === 'conflict').length).toBeGreaterThan(0);
    const found = await receipts.shown(ada, { commitments: [committed, again.committed], all: true, seen: 0 });
    expect(found.found.length).toBe(2);
    expect((await lines()).length).toBe(5);
  });

  test('that is of no patient goes without a promise, one ciphertext at a time, and not without end', async () => {
    const alone = (turned: readonly Bytes[]) => part({ turned }, null);
    expect(await alone(some)).toBe('conflict');
    // One of a grant has a patient.
    expect(await part({ turned: some.slice(1) })).toBe('conflict');
    const answers: string[] = [];
    for (let i = 0; i < 201; i++)
      answers.push(await refusal(receipts.leave({ kind: 'factor', actor: chen, scope: pat, turned: [some[0]!] })));
    expect(answers.filter((one) => one === 'ok').length).toBe(200);
    expect(answers.at(-1)).toBe('conflict');
    // Another's are counted by themselves, and an hour later it is another hour.
    expect(await refusal(receipts.leave({ kind: 'factor', actor: diaz, scope: pat, turned: [some[0]!] }))).toBe('ok');
    clock += 3600;
    expect(await refusal(receipts.leave({ kind: 'factor', actor: chen, scope: pat, turned: [some[0]!] }))).toBe('ok');
  });

  test('in a town that names no log nobody promises anything', async () => {
    manifest = unwatched;
    expect(await part()).toBe('ok');
    expect((await lines()).length).toBe(1);
  });

  test('is shown whole where several lines from before name one receipt, and one in the place of each to who asks as before', async () => {
    const { committed, promise } = promised();
    await part({ promise }, null);
    await part({ promise: promised().promise, turned: others }, null);
    // As it was before one promise was of one.
    await sql`update act set named = ${committed}`.execute(db);
    const found = async (all: boolean) => (await receipts.shown(ada, { commitments: [committed], all, seen: 0 })).found;
    expect([(await found(false)).length, (await found(true)).length]).toEqual([1, 2]);
    const many = Array.from({ length: 201 }, () => systemRandom(32));
    expect(await refusal(receipts.shown(ada, { commitments: many, all: true, seen: 0 }))).toBe('invalid');
    expect((await receipts.shown(ada, { commitments: many, seen: 0 })).found.every((one) => one === null)).toBe(true);
  });
});

test('as many lines as may wait go in, some after the other, before anybody is shown the log', async () => {
  await sql`insert into act (commitment, body) select sha256(nth::text::bytea), 'a line' from generate_series(1, 10001) nth`.execute(db);
  await receipts.shown(number(), { commitments: [], seen: 0 });
  const { size } = await db.selectFrom('act_log').select('size').executeTakeFirstOrThrow();
  const { rows } = await sql<{ places: number }>`select count(distinct place) as places from act`.execute(db);
  expect([size, Number(rows[0]!.places)]).toEqual([10_001, 10_001]);
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
