/**
 * Linking: a patient takes over the chart that a hospital kept in a cradle for her.
 */
import { encodeKeyring } from '@carelet/client/keyring/keyring';
import { fetchedPlace, openOwnerWrap } from '@carelet/client/records/wraps';
import { hex } from '@carelet/crypto/algebra/bytes';
import { openRow } from '@carelet/crypto/records/reader';
import { descend } from '@carelet/crypto/records/tree';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const story = (name: string) => [patient(name), pulse(name, `${name}-1`, '2026-11-18'), pulse(name, `${name}-2`, undefined)];
const chartOf = (name: string) => northgate.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${name}`))!;

test('a linked patient opens everything, and the hospital still reads what it wrote', async () => {
  await stage.take(northgate, story('whole'));
  const before = await stage.open(northgate.keyring, { pat: chartOf('whole').pat });
  expect(before.ids).toEqual(['whole', 'whole-1', 'whole-2']);
  const ada = stage.patient('ada');
  await stage.link(northgate, chartOf('whole'), ada);
  const opened = await stage.open(ada);
  expect(opened.problems).toEqual([]);
  expect(opened.records.map(({ entries }) => JSON.stringify(entries)).sort()).toEqual(
    before.records.map(({ entries }) => JSON.stringify(entries)).sort(),
  );
  expect((await stage.open(northgate.keyring, { pat: chartOf('whole').pat })).ids).toEqual(before.ids);
});

test('the cradle’s secrets are gone from the keyring, in memory and on disk', async () => {
  await stage.take(northgate, story('cradle'));
  const { hybridSk, edSk } = chartOf('cradle').cradle!;
  const secrets = [hybridSk, edSk].map((secret) => hex(secret));
  const holds = (text: string) => secrets.filter((secret) => text.includes(secret)).length;
  expect(holds(hex(encodeKeyring(northgate.saved())))).toBe(2);
  await stage.link(northgate, chartOf('cradle'), stage.patient('ada'));
  expect(chartOf('cradle').cradle).toBeNull();
  expect(holds(hex(encodeKeyring(northgate.keyring)))).toBe(0);
  expect(holds(hex(encodeKeyring(northgate.saved())))).toBe(0);
});

test('what is written afterwards hangs in new trees, and neither the cradle nor its old trees open it', async () => {
  await stage.take(northgate, story('after'));
  const chart = chartOf('after');
  const { hybridSk } = chart.cradle!;
  const before = Object.values(chart.trees).map(({ root }) => root);
  const ada = stage.patient('ada');
  await stage.link(northgate, chart, ada);
  await stage.take(northgate, [pulse('after', 'after-3', '2026-11-18')]);

  expect(chart.gen).toBe(1);
  const [tree] = Object.entries(chart.trees).flatMap(([name, one]) => (name.startsWith('MI|') && one.gen === 1 ? [one] : []));
  expect(tree!.periods).toEqual(['2026-11-18']);
  const { nodes, wraps } = await stage.cloudAs(ada).records.nodes({ pat: chart.pat });
  for (const wrap of wraps) expect(openOwnerWrap(hybridSk, fetchedPlace(chart.pat, wrap), wrap.body)).toBeNull();
  const ids = nodes.map(({ nodeId }) => nodeId);
  const { rows } = await stage.cloudAs(ada).records.rows({ pat: chart.pat, part: 'MI', nodes: ids });
  const opensWith = (root: Uint8Array) =>
    rows.filter((row) =>
      [[], ['202', '2026', '2026-11', '2026-11-18']].some((way) => openRow(descend(root, way), 'MI', row).kind === 'opened'),
    );
  // Two pulses and, if the patient's resource has one, its medical part: none of them the third pulse.
  const byOld = new Set(before.flatMap(opensWith).map(({ rowId }) => hex(rowId)));
  const byNew = opensWith(tree!.root).map(({ rowId }) => hex(rowId));
  expect(byOld.size).toBe(rows.length - 1);
  expect(byNew.length).toBe(1);
  expect(byOld.has(byNew[0]!)).toBe(false);

  const opened = await stage.open(ada);
  expect([opened.ids, opened.problems]).toEqual([['after', 'after-1', 'after-2', 'after-3'], []]);
});

test('an import repeated after linking stores nothing; a corrected record becomes its second version in the new tree', async () => {
  await stage.take(northgate, story('repeat'));
  const ada = stage.patient('ada');
  await stage.link(northgate, chartOf('repeat'), ada);
  expect(await stage.take(northgate, story('repeat'))).toMatchObject({ stored: 0, updated: 0, already: 3 });
  const corrected = pulse('repeat', 'repeat-1', '2026-11-18', { status: 'amended' });
  expect(await stage.take(northgate, [corrected])).toMatchObject({ stored: 0, updated: 1 });
  expect(await stage.take(northgate, [corrected])).toMatchObject({ stored: 0, updated: 0, already: 1 });
  const { records, problems, ids } = await stage.open(ada);
  expect([ids, problems]).toEqual([['repeat', 'repeat-1', 'repeat-2'], []]);
  expect(records.flatMap(({ entries }) => entries).find(({ resource }) => resource.id === 'repeat-1')!.resource.status).toBe('amended');
});

test('a chart that has its patient is linked to nobody else, whoever asks', async () => {
  await stage.take(northgate, story('once'));
  const chart = chartOf('once');
  const [ada, ben] = [stage.patient('ada'), stage.patient('ben')];
  const cradle = chart.cradle;
  await stage.link(northgate, chart, ada);
  expect(await refusal(stage.link(northgate, chart, ben))).toBe('conflict');
  // Nor by a hospital whose own program would do it: the cloud knows whose it is.
  expect(await refusal(stage.link(northgate, { ...chart, cradle }, ben))).toBe('conflict');
  expect((await stage.open(ben)).charts).toEqual([]);
  expect((await stage.open(ada)).ids.length).toBe(3);
});

test('linking whose answer was lost can be asked for again', async () => {
  await stage.take(northgate, story('lost'));
  const chart = chartOf('lost');
  const ada = stage.patient('ada');
  const kept = { ...chart };
  await stage.link(northgate, chart, ada);
  // The hospital's program ended before it put that on disk: its keyring still has the cradle.
  await stage.link(northgate, kept, ada);
  expect(kept).toMatchObject({ cradle: null, gen: 1 });
  expect((await stage.open(ada)).problems).toEqual([]);
});

test('only a patient’s own card takes a chart over', async () => {
  await stage.take(northgate, story('whose'));
  const larkfield = await stage.place('larkfield');
  expect(await refusal(stage.link(northgate, chartOf('whose'), larkfield.keyring))).toBe('invalid');
  // Another hospital hands over nothing that is not its own.
  expect(await refusal(stage.link({ ...larkfield }, chartOf('whose'), stage.patient('ada')))).toBe('denied');
});
