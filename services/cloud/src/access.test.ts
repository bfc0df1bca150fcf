import { type Formula, satisfies } from '@carelet/crypto/kp-abe/formula';
import { openDatabase } from '@carelet/ground/database';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import fc from 'fast-check';
import { type Kysely, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formulaSql, nodesInSight } from './access.ts';
import { type CloudTables, migrations } from './schema.ts';

let database: TestDatabase;
let db: Kysely<CloudTables>;

const pat = new Uint8Array(16).fill(1);
const node = (i: number) => new Uint8Array(16).fill(i);
const words = ['l:a', 'l:b', 'l:c', 'l:d'];
/** One wrap for every set of labels. */
const sets = Array.from({ length: 16 }, (_, bits) => words.filter((_, i) => (bits >> i) & 1));

beforeAll(async () => {
  database = await freshDatabase();
  db = await openDatabase<CloudTables>({ url: database.url, schema: 'cloud', migrations });
  const body = new Uint8Array(1);
  const wraps = sets.map((labels, i) => ({
    pat,
    node_id: node(i),
    kind: 'policy',
    domain: pat,
    part: 'MI',
    gen: 0,
    labels,
    body,
    maker: pat,
    signature: body,
  }));
  await db.insertInto('wrap').values(wraps).execute();
});

afterAll(async () => {
  await db?.destroy();
  await database?.[Symbol.asyncDispose]();
});

const formulas = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom(...words).map((attribute): Formula => ({ kind: 'attribute', attribute })),
    fc
      .tuple(fc.array(tie('formula'), { minLength: 2, maxLength: 4 }), fc.nat())
      .map(([of, n]): Formula => ({ kind: 'gate', k: 1 + (n % of.length), of })),
  ),
})).formula;

describe('a formula in the database', () => {
  test('is satisfied by exactly the labels that satisfy it anywhere else', async () => {
    await fc.assert(
      fc.asyncProperty(formulas, async (formula) => {
        const rows = await db.selectFrom('wrap').select('labels').where(formulaSql(formula)).execute();
        const expected = sets.filter((labels) => satisfies(formula, labels));
        expect(rows.map(({ labels }) => labels.join()).sort()).toEqual(expected.map((labels) => labels.join()).sort());
      }),
      { numRuns: 150, seed: 20 },
    );
  });

  test('is a value, never a statement', async () => {
    const attribute = `l:a'::text[]) or true --`;
    const rows = await db
      .selectFrom('wrap')
      .select('labels')
      .where(formulaSql({ kind: 'attribute', attribute }))
      .execute();
    expect(rows).toEqual([]);
  });
});

test('sight goes down a tree whatever its shape, and comes back from a circle', async () => {
  const link = (id: number, parent: number) => ({ pat, node_id: node(100 + id), parent: node(100 + parent), part: 'MI' });
  // 3 is seen; below it 4 and 5; 6 hangs on 5 and 5 on 6; 7 hangs elsewhere; 8 is another patient's.
  const rows = [link(3, 2), link(4, 3), link(5, 4), link(6, 5), link(7, 2), { ...link(8, 3), pat: node(2) }];
  await db.insertInto('node').values(rows).execute();
  await db
    .insertInto('node')
    .values([link(10, 11), link(11, 10)])
    .execute();
  const wrap = { pat, kind: 'policy', domain: node(3), part: 'MI', gen: 0, labels: ['l:sight'], body: pat, maker: pat, signature: pat };
  await db
    .insertInto('wrap')
    .values([103, 110].map((id) => ({ ...wrap, node_id: node(id) })))
    .execute();
  const wraps = formulaSql({ kind: 'attribute', attribute: 'l:sight' });
  const seen = await sql<{
    node_id: Uint8Array;
  }>`select node_id from node where node_id in ${nodesInSight(pat, { kind: 'some', wraps })}`.execute(db);
  expect(seen.rows.map(({ node_id }) => node_id[0]! - 100).sort((a, b) => a - b)).toEqual([3, 4, 5, 6, 10, 11]);
});
