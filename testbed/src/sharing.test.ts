/**
 * What a doctor's key opens and what it does not: parts, kinds, sensitivity, and every single day of three months.
 */
import { parseResource } from '@carelet/care/model';
import { monthsWrapped } from '@carelet/care/rules/records/calendar';
import { encodeBody } from '@carelet/care/wire';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { nodeLabels, policyWraps } from '@carelet/client/records/wraps';
import { hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signRequest } from '@carelet/crypto/login/request';
import { openRow } from '@carelet/crypto/records/reader';
import { descend, nodeId } from '@carelet/crypto/records/tree';
import type { NodeGrant } from '@carelet/crypto/records/wrap';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { daysBetween, hivTest, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;

const days = daysBetween('2026-09-01', '2026-11-20');

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  await stage.take(northgate, [
    patient('p-ada'),
    ...days.map((day) => pulse('p-ada', day, `${day}T11:00:00Z`)),
    pulse('p-ada', 'undated', undefined),
    pulse('p-ada', 'long-ago', '2014-05-01'),
    result('p-ada', 'blood', '2026-11-18'),
    result('p-ada', 'hiv', '2026-11-18', hivTest),
  ]);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const pat = () => northgate.keyring.charts[0]!.pat;

describe('a doctor with a key for medical content only', () => {
  let chen: Keyring;
  beforeAll(async () => {
    chen = await stage.doctor('Dr Chen', { at: northgate, parts: ['MI'] });
  });

  test('opens neither name nor birth date, and what she opens is valid, with the pseudonym for the patient', async () => {
    const { records, problems } = await stage.open(chen);
    expect(problems).toEqual([]);
    expect(records.length).toBeGreaterThan(days.length);
    for (const { bodies, rows, entries } of records) {
      expect(Object.keys(bodies)).toEqual(['MI']);
      expect(rows.map(({ part }) => part)).toEqual(['MI']);
      for (const { resource } of entries) {
        expect(() => parseResource(resource)).not.toThrow();
        const text = JSON.stringify(resource);
        expect(text).not.toMatch(/Marlow|1955|960 711|p-ada/);
        if (resource.resourceType === 'Observation') expect(resource.subject).toEqual({ reference: `Patient/${hex(pat())}` });
      }
    }
  });

  test('is served no identity and no quasi-identity, whatever she asks for', async () => {
    const cloud = stage.cloudAs(chen);
    const { nodes } = await cloud.records.nodes({ pat: pat() });
    expect(new Set(nodes.map(({ part }) => part))).toEqual(new Set(['MI']));
    const all = await stage.sql<{ node_id: Buffer }>('select node_id from node where pat = $1', [pat()]);
    for (const part of ['EID', 'QID'] as const) {
      const ids = all.map(({ node_id }) => new Uint8Array(node_id));
      expect(await cloud.records.rows({ pat: pat(), part, nodes: ids })).toEqual({ rows: [], more: false });
    }
  });
});

test('a laboratory grant opens no HIV result, and does not say that there is one', async () => {
  const diaz = await stage.doctor('Dr Diaz', { at: northgate, kinds: ['laboratory'], parts: ['MI'] });
  const seen = await stage.open(diaz);
  expect(seen.ids).toEqual(['blood']);
  expect(seen.problems).toEqual([]);
  const named = { patients: [hex(pat())], sensitivity: ['none', 'HIV'] as const };
  const specialist = await stage.doctor('Dr Petrova', { at: northgate, kinds: ['laboratory'], parts: ['MI'], ...named });
  expect((await stage.open(specialist)).ids).toEqual(['blood', 'hiv']);
});

describe('a doctor whose window begins or ends inside a month', () => {
  // A day is read by its own wrap (the last 60 days have one) or by its month's, which opens the whole month: so of a
  // month that the window cuts, days older than that are not opened rather than too many.
  const oldestDayWrap = '2026-09-22';
  const months = { '2026-09': '2026-09-30', '2026-10': '2026-10-31', '2026-11': '2026-11-30' } as Record<string, string>;
  const opens = (day: string, from: string, until: string, today: string) => {
    const month = day.slice(0, 7);
    const monthIsOver = months[month]! < today;
    const wholeMonth = `${month}-01` >= from && months[month]! <= until && monthIsOver;
    return day >= from && day <= until && (day >= oldestDayWrap || wholeMonth);
  };

  for (const [from, until] of [
    ['2026-11-07', '2026-12-01'],
    ['2026-11-20', '2026-11-20'],
    ['2026-10-31', '2026-12-31'],
    ['2026-10-15', '2027-01-31'],
    ['2026-09-25', '2026-11-20'],
    ['2026-09-10', '2026-12-01'],
    ['2026-09-01', '2026-12-01'],
  ] as const) {
    test(`opens exactly the days inside it: ${from} to ${until}`, async () => {
      const doctor = await stage.doctor('Dr Osei', { at: northgate, parts: ['MI'], kinds: ['vital-signs'], from, until });
      const { ids, problems } = await stage.open(doctor);
      const expected = days.filter((day) => opens(day, from, until, '2026-11-20'));
      expect(ids).toEqual([...expected, 'undated']);
      expect(problems).toEqual([]);
    });
  }

  test('opens the undated records, and with their wrap no dated one', async () => {
    const doctor = await stage.doctor('Dr Novák', {
      at: northgate,
      parts: ['MI'],
      kinds: ['vital-signs'],
      from: '2026-11-20',
      until: '2026-11-20',
    });
    expect((await stage.open(doctor)).ids).toEqual(['2026-11-20', 'undated']);
    const undated = grantsOf(doctor).find(({ period }) => period === 'always')!;
    const nodes = await nodeIds();
    for (const day of [...days, '2014-05-01']) {
      const way = [day.slice(0, 3), day.slice(0, 4), day.slice(0, 7), day];
      for (const period of way) expect(nodes).not.toContain(hex(nodeId(undated.treeId, period)));
      // And were the rows of dated nodes handed to her, this key and those below it open none of them.
      const key = descend(undated.key, way);
      for (const row of await rowsOn(day)) expect(openRow(key, 'MI', row).kind).toBe('cannot-open');
    }
  });
});

describe('a month that is over', () => {
  test('is wrapped by its writer’s next write, and its key opens no day of the next month', async () => {
    // Nobody wraps the open month: who held its key would open days still to come.
    const november = (await periodsWrapped()).filter((period) => period.startsWith('2026-11'));
    expect(november).toEqual(days.filter((day) => day.startsWith('2026-11')));

    stage.clock.to('2026-12-03T08:00:00Z');
    await stage.take(northgate, [pulse('p-ada', '2026-12-02', '2026-12-02'), pulse('p-ada', '2026-12-03', '2026-12-03')]);
    const wrapped = await periodsWrapped();
    expect(wrapped).toContain('2026-11');
    expect(wrapped).not.toContain('2026-12');
    expect(wrapped).not.toContain('2026');

    const doctor = await stage.doctor('Dr Walsh', {
      at: northgate,
      parts: ['MI'],
      kinds: ['vital-signs'],
      from: '2026-11-01',
      until: '2026-12-03',
    });
    expect((await stage.open(doctor)).ids).toEqual([...days.filter((day) => day >= '2026-11-01'), '2026-12-02', '2026-12-03', 'undated']);
    const month = grantsOf(doctor).find(({ period }) => period === '2026-11')!;
    for (const day of ['2026-12-02', '2026-12-03']) {
      const rows = await rowsOn(day);
      expect(rows.length).toBe(1);
      for (const way of [[day], ['2026-12', day], ['2026', '2026-12', day], []]) {
        expect(openRow(descend(month.key, way), 'MI', rows[0]!).kind).toBe('cannot-open');
      }
    }
  });

  test('keeps its wrap; a day older than sixty days gets none, nor a month older than two years', async () => {
    await stage.take(northgate, [
      pulse('p-ada', 'sixty-days-ago', '2026-09-01'),
      pulse('p-ada', 'two-years-ago', '2024-10-01'),
      pulse('p-ada', 'two-years-and-a-bit', '2024-12-01'),
    ]);
    const wrapped = await periodsWrapped();
    expect(wrapped).not.toContain('2026-09-01');
    expect(wrapped).not.toContain('2024-10');
    expect(wrapped).toContain('2024-12');
    expect(monthsWrapped).toBe(24);
    // Years and decades that are over always have one.
    expect(wrapped).toEqual(expect.arrayContaining(['2024', '2014', '201']));
  });

  test('is not opened any more by a key that has ended', async () => {
    const doctor = await stage.doctor('Dr Rao', { at: northgate, parts: ['MI'], kinds: ['vital-signs'], until: '2026-12-03' });
    expect((await stage.open(doctor)).ids.length).toBeGreaterThan(days.length);
    stage.clock.to('2026-12-04T00:00:01Z');
    const { charts, ids } = await stage.open(doctor);
    expect([charts, ids]).toEqual([[], []]);
    const cloud = stage.cloudAs(doctor);
    expect(await cloud.records.nodes({ pat: pat() })).toEqual({ nodes: [], wraps: [] });
  });
});

test('a hospital that gives owner and doctor two different keys for a node is caught: the doctor’s opens nothing', async () => {
  const { keyring } = northgate;
  await stage.take(northgate, [patient('p-two'), pulse('p-two', 'two-keys', '2026-12-04')]);
  const chart = keyring.charts.find(({ references }) => references.includes('urn:uuid:p-two'))!;
  const tree = chart.trees['MI|vital-signs|N|none|dated|0']!;
  const of = { part: 'MI' as const, category: { kind: 'vital-signs', conf: 'N', sens: 'none' } as const, dated: true };
  const other = { ...tree, root: systemRandom(32) };
  const node = { pat: chart.pat, writer: keyring.card.id, tree: other, of, period: '2026-12-04' };
  const labels = nodeLabels(node, keyring.card.id, keyring.writer!.orgKey, 'clinician');
  const wraps = await policyWraps(mathematicsHere, keyring, keyring.card.id, keyring.writer!, [{ node, labels }]);
  await stage.cloudAs(keyring).sharing.wrap({ pat: chart.pat, part: 'MI', links: [], wraps });
  const doctor = await stage.doctor('Dr Two', { at: northgate, parts: ['MI'], kinds: ['vital-signs'], patients: [hex(chart.pat)] });
  const { ids, problems } = await stage.open(doctor, { pat: chart.pat });
  expect(ids).toEqual([]);
  expect(problems.map(({ kind }) => kind)).toEqual(['cannot-open']);
  expect((await stage.open(keyring, { pat: chart.pat })).ids).toContain('two-keys');
});

describe('somebody a chart is not meant for', () => {
  test('gets the very same bytes for a patient who is there and one who is not', async () => {
    const larkfield = await stage.place('larkfield');
    await stage.take(larkfield, [patient('p-ben', 'Okoro', 'Ben'), pulse('p-ben', 'bens', '2026-12-01')]);
    const unentitled = await stage.doctor('Dr Lind', { at: larkfield });
    unentitled.doctorKeys = [];
    const strangers = [
      // Entitled elsewhere; entitled here to another kind; no entitlement at all; a patient; another hospital.
      await stage.doctor('Dr Karim', { at: larkfield }),
      await stage.doctor('Dr Tan', { at: northgate, kinds: ['immunizations'], parts: ['MI'] }),
      unentitled,
      stage.patient('ivy'),
      larkfield.keyring,
    ];
    const node = (await stage.sql<{ node_id: Buffer }>('select node_id from node where pat = $1 limit 1', [pat()]))[0]!.node_id;
    const ids = [new Uint8Array(node)];
    const questions = (of: Uint8Array): [op: string, input: object][] => [
      ['records.nodes', { pat: of }],
      ['records.rows', { pat: of, part: 'MI', nodes: ids }],
      ['records.proofs', { pat: of, part: 'MI', nodes: ids }],
      ['records.versions', { pat: of, part: 'MI', rowIds: ids }],
      ['records.wrapped', { pat: of, kind: 'owner', domain: new Uint8Array(), nodes: ids }],
      ['records.linkChart', { pat: of, owner: stage.patient('ivy').card.id, wraps: [] }],
      ['sharing.wrap', { pat: of, part: 'MI', links: [], wraps: [] }],
    ];
    const nobody = new Uint8Array(16).fill(7);
    for (const who of strangers) {
      await stage.open(who);
      for (const [i, [op, input]] of questions(pat()).entries()) {
        expect(await raw(who, op, input), `${who.name} asks for ${op}`).toEqual(await raw(who, op, questions(nobody)[i]![1]));
      }
    }
  });

  test('is refused a link or a wrap, not served an empty one', async () => {
    const ivy = stage.patient('ivy');
    const input = { pat: pat(), part: 'MI' as const, links: [], wraps: [] };
    expect(await refusal(stage.cloudAs(ivy).sharing.wrap(input))).toBe('denied');
  });
});

/** The answer's status and body, byte for byte. */
async function raw(who: Keyring, op: string, input: object): Promise<[number, string]> {
  const body = encodeBody('cbor', input);
  const authorization = signRequest(
    { id: who.card.id, edSk: who.secrets.edSk },
    { audience: 'cloud', op, body },
    Math.floor(stage.clock() / 1000),
  );
  const headers = { 'content-type': 'application/cbor', authorization };
  const response = await stage.town.cloud.fetch(new Request(`http://cloud/v1/${op.replace('.', '/')}`, { method: 'POST', headers, body }));
  return [response.status, Buffer.from(await response.arrayBuffer()).toString('hex')];
}

/** The node keys somebody keeps from what she opened. */
function grantsOf({ opened }: Keyring): NodeGrant[] {
  return Object.values(opened).map((bytes) => {
    const [key, treeId, writer, part, category, period] = uncbor(bytes) as [Uint8Array, Uint8Array, Uint8Array, string, string[], string];
    return { key, treeId, writer, part, category: category as [string, string, string], period };
  });
}

const vitalTree = () => northgate.keyring.charts[0]!.trees['MI|vital-signs|N|none|dated|0']!;

const nodeIds = async () =>
  (await stage.sql<{ node_id: Buffer }>('select node_id from node where pat = $1', [pat()])).map(({ node_id }) => hex(node_id));

/** The periods of Ada's vital signs that roles have a wrap for; the hospital knows which nodes those are. */
async function periodsWrapped(): Promise<string[]> {
  const wraps = await stage.sql<{ node_id: Buffer }>(`select node_id from wrap where pat = $1 and kind = 'policy'`, [pat()]);
  const have = new Set(wraps.map(({ node_id }) => hex(node_id)));
  const all = daysBetween('2014-01-01', '2026-12-31').flatMap((day) => [day.slice(0, 3), day.slice(0, 4), day.slice(0, 7), day]);
  const { id } = vitalTree();
  return [...new Set(all)].filter((period) => have.has(hex(nodeId(id, period))));
}

type StoredRow = { row_id: Buffer; version: number; node_id: Buffer; kc: Buffer; mark: Buffer; ct: Buffer };

async function rowsOn(day: string) {
  const rows = await stage.sql<StoredRow>('select * from shelf_mi where pat = $1 and node_id = $2', [pat(), nodeId(vitalTree().id, day)]);
  const bytes = (buffer: Buffer) => new Uint8Array(buffer);
  return rows.map(({ row_id, version, node_id, kc, mark, ct }) => ({
    rowId: bytes(row_id),
    version,
    nodeId: bytes(node_id),
    kc: bytes(kc),
    mark: bytes(mark),
    ct: bytes(ct),
  }));
}
