/**
 * Looking again at a chart: told of what changed, a reader sees what opening everything anew shows him, and asks for
 * little more than what changed.
 */
import type { Part } from '@carelet/care/model';
import { renewManifest } from '@carelet/client/enrolment';
import type { Keyring, WriterChart } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { type Mathematics, mathematicsHere } from '@carelet/client/mathematics';
import { type ChartRef, type OpenedChart, type OpenedParts, type Reader, reader } from '@carelet/client/records/reader';
import { type Bytes, equalPublic, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { openRow } from '@carelet/crypto/records/reader';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { flipped, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

const shelves = { EID: 'shelf_eid', QID: 'shelf_qid', MI: 'shelf_mi' } as const;

let stage: Stage;
let northgate: Place;
/** Heart rates only, and nothing that names the patient. */
let chen: Keyring;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  chen = await stage.doctor('Dr Chen', { at: northgate, parts: ['MI'], kinds: ['vital-signs'] });
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const readerOf = (
  keyring: Keyring,
  { cloud = stage.cloudAs(keyring), mathematics = mathematicsHere }: { cloud?: Cloud; mathematics?: Mathematics } = {},
) => reader({ keyring, cloud, cloudletOf: (organisation) => stage.cloudletOf(keyring, organisation), mathematics, clock: stage.clock });

async function chartOf(read: Reader, pat: Bytes): Promise<ChartRef> {
  return (await read.charts()).find((chart) => equalPublic(chart.pat, pat))!;
}

let patients = 0;

/** A new patient of Northgate's with a name, three heart rates and a blood count; linked, with a keyring of her own. */
async function newPatient(): Promise<{ id: string; ada: Keyring; chart: WriterChart }> {
  const id = `p-${++patients}`;
  await stage.take(northgate, [
    patient(id),
    ...['2026-11-16', '2026-11-17', '2026-11-17'].map((day, i) => pulse(id, `${id}-${i}`, day, named(i))),
    result(id, `${id}-blood`, '2026-11-17'),
  ]);
  const chart = northgate.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${id}`))!;
  const ada = stage.patient('ada');
  await stage.link(northgate, chart, ada);
  await renewManifest(stage.authorityAs(null), ada);
  await renewManifest(stage.authorityAs(null), chen);
  return { id, ada, chart };
}

/** One whose hospital has written since she was linked: from then on its trees are new ones. */
async function settledPatient(): ReturnType<typeof newPatient> {
  const settled = await newPatient();
  await stage.take(northgate, [pulse(settled.id, `${settled.id}-0`, '2026-11-16', named(8))]);
  return settled;
}

/** With somebody in it, so that the record has an identity part as well. */
const named = (n: number) => ({ performer: [{ display: `Dr ${n}` }], valueQuantity: { value: 60 + n, unit: '/min' } });

type Kept = { part: Part; row: string; node: Uint8Array; all: string };

/** Every row of a chart, whole. */
async function rowsIn(pat: Bytes): Promise<Kept[]> {
  const all: Kept[] = [];
  for (const [part, shelf] of Object.entries(shelves) as [Part, string][]) {
    const rows = await stage.sql<{ row: string; node: Uint8Array; all: string }>(
      `select encode(row_id, 'hex') || '/' || version as row, node_id as node, shelf::text as all from ${shelf} as shelf where pat = $1 order by row_id, version`,
      [pat],
    );
    all.push(...rows.map((row) => ({ part, ...row })));
  }
  return all;
}

/** The nodes on which anything came, went or became another. */
function touched(before: readonly Kept[], after: readonly Kept[]): Bytes[] {
  const differ = (one: readonly Kept[], other: readonly Kept[]) => {
    const known = new Set(other.map(({ part, all }) => part + all));
    return one.filter(({ part, all }) => !known.has(part + all));
  };
  return [...differ(before, after), ...differ(after, before)].map(({ node }) => new Uint8Array(node));
}

const seen = ({ records, problems }: OpenedChart) => ({ records, problems });

/** What may happen to a chart. */
type Event =
  | { kind: 'reading'; day: number; which: number; value: number }
  | { kind: 'flip' | 'delete' | 'exchange'; part: Part; which: number }
  | { kind: 'mend' };

const part = fc.constantFrom<Part>('EID', 'QID', 'MI');
const event: fc.Arbitrary<Event> = fc.oneof(
  // Few days and few ids: some are new, some are versions of what is there, on the same node or on another.
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('reading' as const), day: fc.nat(3), which: fc.nat(4), value: fc.nat(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('flip' as const, 'delete' as const, 'exchange' as const), part, which: fc.nat(20) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('mend' as const) }) },
);

describe('a chart that is looked at again', () => {
  test('is what opening it anew shows, whatever happened, for the patient, the doctor and the hospital', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 6 }), async (events) => {
        const { id, ada, chart } = await newPatient();
        const { pat } = chart;
        const mended: (() => Promise<unknown>)[] = [];
        const happen = async (event: Event) => {
          if (event.kind === 'reading') {
            const when = event.day === 3 ? undefined : `2026-11-1${5 + event.day}`;
            // After theft the hospital may be refused: then nothing happens.
            await stage.take(northgate, [pulse(id, `${id}-${event.which}`, when, named(event.value))]);
          } else if (event.kind === 'mend') for (const mend of mended.splice(0).reverse()) await mend();
          else {
            const shelf = shelves[event.part];
            const rows = await stage.sql<{ row_id: Uint8Array; version: number }>(
              `select row_id, version from ${shelf} where pat = $1 order by node_id, row_id, version`,
              [pat],
            );
            const at = rows[event.which % Math.max(1, rows.length)];
            if (!at) return;
            const where = 'pat = $1 and row_id = $2 and version = $3';
            const values = [pat, at.row_id, at.version];
            const copy = `lost_${patients}_${mended.length}`;
            await stage.sql(`create temp table ${copy} as table ${shelf}`);
            mended.push(async () => {
              await stage.sql(`delete from ${shelf} where ${where}`, values);
              await stage.sql(`insert into ${shelf} select * from ${copy} where ${where}`, values);
              await stage.sql(`drop table ${copy}`);
            });
            if (event.kind === 'delete') await stage.sql(`delete from ${shelf} where ${where}`, values);
            if (event.kind === 'flip')
              await stage.sql(`update ${shelf} set ct = set_byte(ct, 40, get_byte(ct, 40) # 1) where ${where}`, values);
            if (event.kind === 'exchange') {
              const other = `select node_id from ${shelf} where pat = $1 order by md5(node_id::text) limit 1`;
              await stage.sql(`update ${shelf} set node_id = (${other}) where ${where}`, values);
            }
          }
        };

        const readers = await Promise.all(
          [ada, chen, northgate.keyring].map(async (keyring) => {
            const read = readerOf(keyring);
            return { keyring, read, opened: await read.open(await chartOf(read, pat)) };
          }),
        );
        for (const event of events) {
          const before = await rowsIn(pat);
          await happen(event);
          const nodes = touched(before, await rowsIn(pat));
          for (const one of readers) {
            one.opened = await one.read.refresh(one.opened, { nodes });
            const anew = await readerOf(one.keyring).open(one.opened.chart);
            expect(seen(one.opened)).toEqual(seen(anew));
          }
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 120_000);

  test('is the same when it is told of whole shelves, or of a node above those that changed', async () => {
    const { id, ada, chart } = await newPatient();
    const read = readerOf(ada);
    const opened = await read.open(await chartOf(read, chart.pat));
    await stage.sql('update shelf_mi set ct = set_byte(ct, 40, get_byte(ct, 40) # 1) where pat = $1', [chart.pat]);
    await stage.take(northgate, [pulse(id, `${id}-new`, '2026-11-17')]);
    const anew = seen(await readerOf(ada).open(opened.chart));
    expect(anew.problems.length).toBeGreaterThan(0);
    expect(seen(await read.refresh(opened, { parts: ['EID', 'QID', 'MI'] }))).toEqual(anew);
    const roots = await stage.sql<{ node_id: Uint8Array }>(`select node_id from node where pat = $1 and parent = ''`, [chart.pat]);
    expect(seen(await read.refresh(opened, { nodes: roots.map(({ node_id }) => node_id) }))).toEqual(anew);
  });

  test('shows both halves of a batch when it was told of one', async () => {
    const { id, ada, chart } = await newPatient();
    const read = readerOf(ada);
    const opened = await read.open(await chartOf(read, chart.pat));
    const before = await rowsIn(chart.pat);
    await stage.take(northgate, [pulse(id, `${id}-one`, '2026-11-16'), pulse(id, `${id}-two`, '2026-11-17')]);
    const nodes = touched(
      before,
      (await rowsIn(chart.pat)).filter(({ part }) => part === 'MI'),
    );
    const again = await read.refresh(opened, { nodes: nodes.slice(-1) });
    expect(again.problems).toEqual([]);
    expect(again.records.length).toBe(opened.records.length + 2);
    expect(seen(again)).toEqual(seen(await readerOf(ada).open(opened.chart)));
  });

  test('asks only for what changed, and keeps what did not', async () => {
    const { id, ada, chart } = await settledPatient();
    const honest = stage.cloudAs(ada);
    const asked: string[] = [];
    const cloud: Cloud = {
      ...honest,
      records: {
        ...honest.records,
        rows: (input) => {
          asked.push(...input.nodes.map(hex));
          return honest.records.rows(input);
        },
      },
    };
    const read = readerOf(ada, { cloud });
    const opened = await read.open(await chartOf(read, chart.pat));
    asked.length = 0;
    expect(await read.refresh(opened, {})).toEqual(opened);
    expect(asked).toEqual([]);
    const before = await rowsIn(chart.pat);
    await stage.take(northgate, [pulse(id, `${id}-0`, '2026-11-16', named(9))]);
    const nodes = touched(before, await rowsIn(chart.pat));
    const again = await read.refresh(opened, { nodes });
    expect([...new Set(asked)].sort()).toEqual([...new Set(nodes.map(hex))].sort());
    const same = again.records.filter((record) => opened.records.includes(record));
    expect(same.length).toBe(opened.records.length - 1);
    expect(again.records.length).toBe(opened.records.length);
  });

  test('costs a doctor no pairing a second time, nor does opening it again, until there is a new lock', async () => {
    const { id, chart } = await settledPatient();
    let pairings = 0;
    const mathematics: Mathematics = {
      ...mathematicsHere,
      openPolicies: (jobs) => {
        pairings += jobs.length;
        return mathematicsHere.openPolicies(jobs);
      },
    };
    const read = readerOf(chen, { mathematics });
    const opened = await read.open(await chartOf(read, chart.pat));
    expect(opened.records.length).toBe(3);
    expect(pairings).toBeGreaterThan(0);
    pairings = 0;
    const before = await rowsIn(chart.pat);
    await stage.take(northgate, [pulse(id, `${id}-0`, '2026-11-16', named(9))]);
    await read.refresh(opened, { nodes: touched(before, await rowsIn(chart.pat)) });
    await readerOf(chen, { mathematics }).open(opened.chart);
    expect(pairings).toBe(0);
    await stage.take(northgate, [pulse(id, `${id}-day`, '2026-11-14')]);
    expect((await read.refresh(opened, {})).records.length).toBe(4);
    expect(pairings).toBe(1);
  });

  test('that another reader opened is opened anew', async () => {
    const { ada, chart } = await newPatient();
    const opened = await readerOf(ada).open(await chartOf(readerOf(ada), chart.pat));
    expect(seen(await readerOf(ada).refresh(opened, {}))).toEqual(seen(opened));
  });
});

describe('an opening', () => {
  test('that is stopped is over at once, also while the cloud is silent; the next one opens everything', async () => {
    const { ada, chart } = await newPatient();
    const honest = stage.cloudAs(ada);
    const stop = new AbortController();
    let silent = true;
    const cloud: Cloud = {
      ...honest,
      records: {
        ...honest.records,
        rows: (input) => {
          if (!silent) return honest.records.rows(input);
          stop.abort();
          return new Promise(() => {});
        },
      },
    };
    const read = readerOf(ada, { cloud });
    const ref = await chartOf(read, chart.pat);
    await expect(read.open(ref, { signal: stop.signal })).rejects.toMatchObject({ kind: 'unavailable', because: 'stopped' });
    silent = false;
    const opened = await read.open(ref, { signal: new AbortController().signal });
    expect(opened.records.length).toBe(6);
    await expect(read.refresh(opened, { parts: ['MI'] }, { signal: AbortSignal.abort() })).rejects.toMatchObject({ because: 'stopped' });
    expect(seen(await read.refresh(opened, { parts: ['MI'] }))).toEqual(seen(opened));
  });

  test('tells how far it is, up to all there is', async () => {
    const { ada, chart } = await newPatient();
    const told: [number, number][] = [];
    const read = readerOf(ada);
    await read.open(await chartOf(read, chart.pat), { progress: (opened, fetched) => told.push([opened, fetched]) });
    const rows = (await rowsIn(chart.pat)).length;
    expect(told.at(-1)).toEqual([rows, rows]);
    for (const [i, [opened, fetched]] of told.entries()) {
      expect(opened).toBeLessThanOrEqual(fetched);
      expect(opened + fetched).toBeGreaterThan(i === 0 ? 0 : told[i - 1]![0] + told[i - 1]![1]);
    }
  });
});

describe('the rows of a record', () => {
  let read: Reader;
  let opened: OpenedChart;
  let record: OpenedParts;
  let pat: Bytes;

  beforeAll(async () => {
    const { ada, chart } = await newPatient();
    read = readerOf(ada);
    pat = chart.pat;
    opened = await read.open(await chartOf(read, pat));
    record = opened.records.find(({ rows, bodies }) => rows.length > 1 && bodies.MI)!;
  });

  test('are those that lie in the cloud, and open to what they were', async () => {
    const rows = await read.rowsOf(opened, record);
    expect(rows.map(({ part, rowId, nodeId }) => ({ part, rowId, nodeId }))).toEqual(
      record.rows.map(({ part, rowId, nodeId }) => ({ part, rowId, nodeId })),
    );
    for (const { part, rowId, version, kept, same } of rows) {
      expect(same).toBe(true);
      const [row] = await stage.sql<Record<'kc' | 'mark' | 'ct', Uint8Array>>(
        `select kc, mark, ct from ${shelves[part]} where pat = $1 and row_id = $2 and version = $3`,
        [pat, rowId, version],
      );
      expect([kept!.kc, kept!.mark, kept!.ct].map(hex)).toEqual([row!.kc, row!.mark, row!.ct].map(hex));
    }
  });

  test('open with no byte changed, and with no other key', async () => {
    for (const { part, rowId, nodeId, version, kept, opens } of await read.rowsOf(opened, record)) {
      expect(await opens(kept!.ct)).toBe(true);
      expect(await opens(flipped(kept!.ct))).toBe(false);
      expect(await opens(new Uint8Array())).toBe(false);
      expect(openRow(unhex('00'.repeat(32)), part, { rowId, nodeId, version, ...kept! }).kind).toBe('cannot-open');
    }
  });

  test('are told to be changed when they were, and gone when they are', async () => {
    const at = record.rows.find(({ part }) => part === 'MI')!;
    const where = 'pat = $1 and row_id = $2';
    await stage.sql(`create temp table before_${patients} as select * from shelf_mi where ${where}`, [pat, at.rowId]);
    await stage.sql(`update shelf_mi set mark = set_byte(mark, 3, get_byte(mark, 3) # 1) where ${where}`, [pat, at.rowId]);
    const same = async () =>
      Object.fromEntries((await read.rowsOf(opened, record)).map(({ part, kept, same }) => [part, kept ? same : null]));
    expect(await same()).toMatchObject({ MI: false, QID: true });
    await stage.sql(`delete from shelf_mi where ${where}`, [pat, at.rowId]);
    expect(await same()).toMatchObject({ MI: null, QID: true });
    await stage.sql(`insert into shelf_mi table before_${patients}`);
    expect(await same()).toMatchObject({ MI: true, QID: true });
  });

  test('are shown of this chart’s records only, as this reader opened it', async () => {
    expect(await refusal(read.rowsOf(opened, { ...record }))).toBe('invalid');
    expect(await refusal(read.rowsOf({ ...opened }, record))).toBe('invalid');
  });
});
