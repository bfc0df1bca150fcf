/**
 * Reading a chart that a thief or a careless cloud has changed: what was changed is noticed, and hides nothing else.
 */

import type { Keyring } from '@carelet/client/keyring/keyring';
import { hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard, vouch } from '@carelet/crypto/cards/card';
import { newCard } from '@carelet/crypto/cards/owner';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Opened, openStage, patient, pulse, result, type Stage } from './fixture.testing.ts';

const shelfOf = { EID: 'shelf_eid', QID: 'shelf_qid', MI: 'shelf_mi' } as const;
const tables = ['chart', 'node', 'wrap', 'posting', 'posting_node', ...Object.values(shelfOf)];

let stage: Stage;
let ada: Keyring;
let untouched: Opened;

beforeAll(async () => {
  stage = await openStage();
  const northgate = await stage.place('northgate');
  // Two imports, so that there are two postings a shelf.
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'monday', '2026-11-16'),
    pulse('p-ada', 'tuesday', '2026-11-17'),
    pulse('p-ada', 'tuesday-too', '2026-11-17'),
    result('p-ada', 'blood', '2026-11-17'),
    patient('p-ben', 'Okoro', 'Ben'),
    pulse('p-ben', 'bens', '2026-11-16'),
  ]);
  await stage.take(northgate, [pulse('p-ada', 'wednesday', '2026-11-18'), pulse('p-ada', 'undated', undefined)]);
  ada = stage.patient('ada');
  const [hers, bens] = northgate.keyring.charts;
  await stage.link(northgate, hers!, ada);
  await stage.link(northgate, bens!, stage.patient('ben'));
  untouched = await stage.open(ada);
  await stage.sql('create schema kept');
  for (const table of tables) await stage.sql(`create table kept.${table} as table ${table}`);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

/** What Ada opens after these statements; the tables are put back as they were. */
async function after(...statements: readonly (readonly [text: string, values?: readonly unknown[]])[]): Promise<Opened> {
  try {
    for (const [text, values] of statements) await stage.sql(text, values);
    return await stage.open(ada);
  } finally {
    for (const table of tables) {
      await stage.sql(`truncate ${table}`);
      await stage.sql(`insert into ${table} table kept.${table}`);
    }
  }
}

const pat = () => untouched.charts[0]!.chart.pat;
const recordOf = (id: string) => untouched.records.find(({ entries }) => entries[0]?.resource.id === id)!;
const rowOf = (id: string, part: keyof typeof shelfOf) => recordOf(id).rows.find((row) => row.part === part)!;
const kinds = ({ problems }: Opened) => [...new Set(problems.map(({ kind }) => kind))].sort();
const without = (...ids: string[]) => untouched.ids.filter((id) => !ids.includes(id));
const contentOf = ({ records }: Opened, ids: readonly string[]) =>
  records
    .flatMap(({ entries }) => entries)
    .filter(({ resource }) => ids.includes(String(resource.id)))
    .map((entry) => JSON.stringify(entry))
    .sort();

test('an untouched chart opens whole and without a word', () => {
  expect(untouched.ids).toEqual(['blood', 'monday', 'p-ada', 'tuesday', 'tuesday-too', 'undated', 'wednesday']);
  expect(untouched.problems).toEqual([]);
});

describe('a changed row', () => {
  const columns = {
    ct: ['tampered'],
    kc: ['cannot-open', 'tampered'],
    mark: ['tampered'],
    row_id: ['cannot-open', 'tampered'],
    version: ['cannot-open', 'tampered'],
    // On a node that does not exist a row is out of sight, and its posting tells that it is missing.
    node_id: ['tampered'],
    pat: ['tampered'],
    posting_id: ['tampered'],
  } as const;

  for (const [part, id] of [
    ['EID', 'p-ada'],
    ['QID', 'p-ada'],
    ['MI', 'tuesday'],
  ] as const) {
    for (const [column, expected] of Object.entries(columns)) {
      test(`of ${part} is noticed by its ${column}, and every other record opens`, async () => {
        const changed = column === 'version' ? 'version + 1' : `set_byte(${column}, 5, get_byte(${column}, 5) # 1)`;
        const opened = await after([
          `update ${shelfOf[part]} set ${column} = ${changed} where pat = $1 and row_id = $2`,
          [pat(), rowOf(id, part).rowId],
        ]);
        expect(kinds(opened)).toEqual(expect.arrayContaining([...expected]));
        expect(contentOf(opened, without(id))).toEqual(contentOf(untouched, without(id)));
        // The changed part is not shown; the parts beside it may be.
        expect(contentOf(opened, [id])).not.toEqual(contentOf(untouched, [id]));
        if (part === 'MI') expect(opened.ids).toEqual(without(id));
      });
    }
  }

  test('that lies on another node of the chart does not open, and is missed where it was', async () => {
    const opened = await after([
      'update shelf_mi set node_id = $3 where pat = $1 and row_id = $2',
      [pat(), rowOf('tuesday', 'MI').rowId, rowOf('monday', 'MI').nodeId],
    ]);
    expect(kinds(opened)).toEqual(['cannot-open', 'tampered']);
    expect(opened.ids).toEqual(without('tuesday'));
  });

  test('that is deleted is missed, in its batch and by its other parts', async () => {
    const row = (id: string, part: keyof typeof shelfOf) =>
      [`delete from ${shelfOf[part]} where pat = $1 and row_id = $2`, [pat(), rowOf(id, part).rowId]] as const;
    expect(kinds(await after(row('tuesday', 'MI')))).toContain('tampered');
    expect(kinds(await after(row('p-ada', 'EID')))).toEqual(['missing', 'tampered']);
    expect((await after(row('tuesday', 'MI'))).ids).toEqual(without('tuesday'));
  });

  test('that is deleted with everything that tells of it is missed by the patient, who knows how much was posted', async () => {
    const { nodeId } = rowOf('monday', 'MI');
    const opened = await after(
      ['delete from shelf_mi where pat = $1 and node_id = $2', [pat(), nodeId]],
      ['delete from posting_node where pat = $1 and node_id = $2', [pat(), nodeId]],
      ['delete from node where pat = $1 and node_id = $2', [pat(), nodeId]],
    );
    expect(opened.ids).toEqual(without('monday'));
    expect(kinds(opened).length).toBeGreaterThan(0);
  });
});

describe('rows put in each other’s place', () => {
  const exchange = (columns: string) => {
    const set = columns
      .split(', ')
      .map((column) => `${column} = other.${column}`)
      .join(', ');
    return [
      `update shelf_mi as row set ${set} from kept.shelf_mi as other
       where row.pat = $1 and other.pat = $1 and row.row_id <> other.row_id and row.row_id = any($2) and other.row_id = any($2)`,
      [pat(), [rowOf('tuesday', 'MI').rowId, rowOf('tuesday-too', 'MI').rowId]],
    ] as const;
  };

  for (const columns of ['ct', 'kc', 'mark', 'kc, mark, ct']) {
    test(`do not open, though they hang on one node: ${columns}`, async () => {
      const opened = await after(exchange(columns));
      expect(opened.ids).toEqual(without('tuesday', 'tuesday-too'));
      expect(kinds(opened)).toContain('tampered');
    });
  }

  test('from another patient do not open', async () => {
    const opened = await after([
      `insert into shelf_mi select $1, row_id, version, $2, kc, mark, ct, posting_id, ct_hash from shelf_mi where pat <> $1 limit 1`,
      [pat(), rowOf('monday', 'MI').nodeId],
    ]);
    expect(opened.ids).toEqual(untouched.ids);
    expect(kinds(opened)).toEqual(['cannot-open', 'tampered']);
  });

  test('from another patient with their node and posting show nothing', async () => {
    const copy = (table: string, columns: string) =>
      [`insert into ${table} select $1, ${columns} from ${table} where pat <> $1 on conflict do nothing`, [pat()]] as const;
    const opened = await after(
      copy('node', 'node_id, parent, part'),
      copy('posting', 'posting_id, part, writer, root, node_count, links, signature'),
      copy('posting_node', 'posting_id, node_id, count, leaf'),
      copy('wrap', 'node_id, kind, domain, part, gen, labels, body, maker, signature'),
      copy('shelf_mi', 'row_id, version, node_id, kc, mark, ct, posting_id, ct_hash'),
    );
    expect(opened.ids).toEqual(untouched.ids);
    expect(kinds(opened)).toContain('tampered');
  });
});

describe('a posting', () => {
  const postings = () => stage.sql<{ posting_id: Buffer }>(`select posting_id from posting where pat = $1 and part = 'MI'`, [pat()]);

  for (const column of ['signature', 'root', 'links', 'writer']) {
    test(`with a changed ${column} vouches for nothing; what other postings brought opens`, async () => {
      const [first] = await postings();
      const inside = await stage.sql<{ row_id: Buffer }>('select row_id from shelf_mi where posting_id = $1', [first!.posting_id]);
      const names = inside.map(({ row_id }) => hex(row_id));
      const lost = untouched.records
        .filter(({ rows }) => rows.some(({ rowId }) => names.includes(hex(rowId))))
        .flatMap(({ entries }) => entries.map(({ resource }) => String(resource.id)));
      const opened = await after([
        `update posting set ${column} = set_byte(${column}, 3, get_byte(${column}, 3) # 1) where posting_id = $1`,
        [first!.posting_id],
      ]);
      expect(kinds(opened)).toContain('tampered');
      // The patient's own resource is left with its identity, which another posting brought.
      expect(opened.ids.filter((id) => id !== 'p-ada')).toEqual(without(...lost, 'p-ada'));
    });
  }

  test('with the signature of another does not stand', async () => {
    const [first, second] = await postings();
    const opened = await after([
      'update posting set signature = other.signature from kept.posting as other where posting.posting_id = $1 and other.posting_id = $2',
      [first!.posting_id, second!.posting_id],
    ]);
    expect(kinds(opened)).toContain('tampered');
    expect(opened.ids.length).toBeLessThan(untouched.ids.length);
  });

  test('that is not there leaves rows nobody vouches for, and those are not shown', async () => {
    const opened = await after(['delete from posting where pat = $1', [pat()]]);
    expect(opened.ids).toEqual([]);
    expect(kinds(opened)).toEqual(['tampered']);
  });
});

describe('a wrap', () => {
  const wraps = () =>
    stage.sql<{ node_id: Buffer; part: string }>(`select node_id, part from wrap where pat = $1 and kind = 'owner' order by node_id`, [
      pat(),
    ]);

  for (const column of ['body', 'signature', 'maker', 'node_id']) {
    test(`with a changed ${column} is not taken, and other trees open`, async () => {
      const [one] = await wraps();
      const opened = await after([
        `update wrap set ${column} = set_byte(${column}, 3, get_byte(${column}, 3) # 1) where pat = $1 and node_id = $2 and kind = 'owner'`,
        [pat(), one!.node_id],
      ]);
      expect(kinds(opened)).toContain('tampered');
      expect(opened.ids.length).toBeGreaterThan(0);
    });
  }

  for (const [what, change] of [
    ['an older generation', 'gen = gen + 1'],
    ['another part', `part = case part when 'MI' then 'QID' else 'MI' end`],
  ]) {
    test(`said to be of ${what} is not taken`, async () => {
      const [one] = await wraps();
      const opened = await after([`update wrap set ${change} where pat = $1 and node_id = $2 and kind = 'owner'`, [pat(), one!.node_id]]);
      expect(kinds(opened)).toContain('tampered');
    });
  }

  test('put on another node is not taken, on either', async () => {
    const mine = (await wraps()).filter(({ part }) => part === 'MI').map(({ node_id }) => node_id);
    const opened = await after([
      `update wrap set body = other.body, signature = other.signature from kept.wrap as other
       where wrap.pat = $1 and other.pat = $1 and wrap.kind = 'owner' and other.kind = 'owner'
         and wrap.node_id = any($2) and other.node_id = any($2) and wrap.node_id <> other.node_id`,
      [pat(), mine.slice(0, 2)],
    ]);
    expect(opened.problems.filter(({ what }) => what.startsWith('a lock')).map(({ kind }) => kind)).toEqual(['tampered', 'tampered']);
  });

  test('of another patient’s tree opens nothing', async () => {
    const opened = await after([
      `insert into wrap select $1, node_id, kind, domain, part, gen, labels, body, maker, signature from wrap where pat <> $1 and kind = 'owner'`,
      [pat()],
    ]);
    expect(opened.ids).toEqual(untouched.ids);
    expect(kinds(opened)).toEqual(['tampered']);
  });
});

describe('a cloud with cards of its own', () => {
  /** The cloud, but it hands over other cards. */
  const lying = (cards: (ids: Uint8Array[]) => Uint8Array[]) => {
    const honest = stage.cloudAs(ada);
    return { ...honest, login: { ...honest.login, cards: async ({ ids }: { ids: Uint8Array[] }) => ({ cards: cards(ids) }) } };
  };

  test('is not believed for the organisation: nothing of its records is shown', async () => {
    const { card, secrets } = newCard('organisation', 2_000_000_000);
    const forged = (ids: Uint8Array[]) => ids.map((id) => encodeCard({ ...card, id }));
    const opened = await stage.open(ada, { cloud: lying(forged) });
    expect(opened.ids).toEqual([]);
    expect(kinds(opened)).toEqual(['tampered']);
    // Nor when the card vouches for itself as often as it likes.
    const vouched = vouch(vouch(card, 0, secrets.edSk), 1, secrets.edSk);
    const again = lying((ids) => ids.map((id) => encodeCard({ ...vouched, id })));
    expect((await stage.open(ada, { cloud: again })).ids).toEqual([]);
  });

  test('is not asked for one’s own card', async () => {
    const honest = stage.cloudAs(ada);
    const asked: string[] = [];
    const cards = async (input: { ids: Uint8Array[] }) => {
      asked.push(...input.ids.map(hex));
      return honest.login.cards(input);
    };
    await stage.open(ada, { cloud: { ...honest, login: { ...honest.login, cards } } });
    expect(asked).not.toContain(hex(ada.card.id));
    expect(asked.length).toBeGreaterThan(0);
  });

  test('whose cards vouch for each other in a circle is answered, with nothing', async () => {
    const [one, two] = [newCard('device', 2_000_000_000), newCard('device', 2_000_000_000)];
    const circle = (ids: Uint8Array[]) =>
      ids.map((id) => encodeCard(vouch({ ...one.card, id }, hex(id) === hex(two.card.id) ? one.card.id : two.card.id, one.secrets.edSk)));
    expect((await stage.open(ada, { cloud: lying(circle) })).ids).toEqual([]);
  });

  test('and hospitals of its own, which write for Ada what they like, is not believed', async () => {
    // A whole other town: everything in it is as it should be, but its issuers are not those of this one.
    await using elsewhere = await openStage();
    const forger = await elsewhere.place('northgate');
    await elsewhere.take(forger, [patient('p-forged'), pulse('p-forged', 'forged', '2026-11-18')]);
    await elsewhere.link(forger, forger.keyring.charts[0]!, ada);
    const opened = await stage.open(ada, { cloud: elsewhere.cloudAs(ada) });
    expect(opened.charts.length).toBe(1);
    expect(opened.ids).toEqual([]);
    expect(kinds(opened)).toEqual(['tampered']);
  });

  test('that hands over no cards at all shows nothing', async () => {
    const silent = lying(() => []);
    expect((await stage.open(ada, { cloud: silent })).ids).toEqual([]);
  });
});

describe('somebody writing while another reads', () => {
  test('raises no alarm: what comes in between waits for the next look', async () => {
    const northgate = await stage.place('northgate');
    await stage.take(northgate, [pulse('p-ada', 'before', '2026-11-17')]);
    const before = [...untouched.ids, 'before'].sort();
    const honest = stage.cloudAs(ada);
    let written = false;
    const busy = {
      ...honest,
      records: {
        ...honest.records,
        // Between the proofs and the rows a batch arrives, on a node there is already.
        rows: async (input: Parameters<typeof honest.records.rows>[0]) => {
          if (!written && input.part === 'MI') {
            written = true;
            await stage.take(northgate, [pulse('p-ada', 'meanwhile', '2026-11-17')]);
          }
          return honest.records.rows(input);
        },
      },
    };
    const opened = await stage.open(ada, { cloud: busy });
    expect(written).toBe(true);
    expect(opened.problems).toEqual([]);
    expect(opened.ids).toEqual(before);
    const next = await stage.open(ada);
    expect(next.problems).toEqual([]);
    expect(next.ids).toEqual([...before, 'meanwhile'].sort());
  });
});
