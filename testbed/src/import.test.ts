/**
 * Importing: twice is as good as once, whatever happens in between; what cannot be taken is told, the rest goes on.
 */
import { CareletError, type Json } from '@carelet/care/model';
import type { Cloud } from '@carelet/client/login';
import { importRecords } from '@carelet/client/records/import';
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle, openStage, type Place, patient, pulse, refusal, type Stage, source, textSource } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

/** Ada under another record number each time, so that each story has a chart of its own. */
const story = (name: string, ...more: readonly Json[]): Json[] => [
  patient(name),
  pulse(name, `${name}-1`, '2026-11-18', { performer: [{ display: 'Dr Chen' }] }),
  pulse(name, `${name}-2`, '2026-11-19'),
  ...more,
];

const chartOf = (name: string) => northgate.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${name}`))!;

/** What the hospital itself opens of a chart it keeps in a cradle, and what does not fit. */
async function openedBy(place: Place, name: string) {
  const { pat } = place.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${name}`))!;
  return stage.open(place.keyring, { pat });
}

const counts = async () =>
  (
    await stage.sql<{ rows: string; postings: string; nodes: string; wraps: string }>(
      `select (select count(*) from shelf_eid) + (select count(*) from shelf_qid) + (select count(*) from shelf_mi) as rows,
              (select count(*) from posting) as postings, (select count(*) from node) as nodes, (select count(*) from wrap) as wraps`,
    )
  )[0];

const versions = (name: string) =>
  stage.sql<{ version: number; n: number }>('select version, count(*)::int as n from shelf_mi where pat = $1 group by 1 order by 1', [
    chartOf(name).pat,
  ]);

describe('an import that is run again', () => {
  test('stores nothing twice', async () => {
    const resources = story('again');
    expect(await stage.take(northgate, resources)).toMatchObject({ records: 3, stored: 3, already: 0, refused: 0, patients: 1 });
    const before = await counts();
    expect(await stage.take(northgate, resources)).toMatchObject({ records: 3, stored: 0, updated: 0, already: 3 });
    expect(await counts()).toEqual(before);
  });

  test('stores nothing twice on another day, when wraps are brought up to date', async () => {
    const resources = story('tomorrow');
    await stage.take(northgate, resources);
    const before = await counts();
    stage.clock.to('2026-11-21T08:00:00Z');
    expect(await stage.take(northgate, resources)).toMatchObject({ stored: 0, already: 3 });
    expect(await counts()).toEqual(before);
  });

  test('stores a changed resource as its second version, and that is what is read', async () => {
    const [ada, first, second] = story('changed') as [Json, Json, Json];
    await stage.take(northgate, [ada, first, second]);
    const corrected = pulse('changed', 'changed-1', '2026-11-18', { status: 'amended', valueInteger: 74 });
    expect(await stage.take(northgate, [ada, corrected, second])).toMatchObject({ stored: 0, updated: 1, already: 2 });
    const { ids, records, problems } = await openedBy(northgate, 'changed');
    expect(problems).toEqual([]);
    expect(ids).toEqual(['changed', 'changed-1', 'changed-2']);
    const read = records.find(({ entries }) => entries[0]?.resource.id === 'changed-1')!;
    expect(read.version).toBe(2);
    expect(read.entries[0]!.resource.status).toBe('amended');
    // The first version stays where it is.
    expect(await versions('changed')).toContainEqual({ version: 2, n: 1 });
    expect((await versions('changed'))[0]!.n).toBeGreaterThanOrEqual(2);
  });

  test('moves a record whose date was wrong to the right day', async () => {
    const [ada, , second] = story('moved') as [Json, Json, Json];
    await stage.take(northgate, story('moved'));
    const moved = pulse('moved', 'moved-1', '2025-02-03');
    expect(await stage.take(northgate, [ada, moved, second])).toMatchObject({ updated: 1 });
    expect(await stage.take(northgate, [ada, moved, second])).toMatchObject({ updated: 0, already: 3 });
    const { records, problems } = await openedBy(northgate, 'moved');
    expect(problems).toEqual([]);
    expect(records.find(({ entries }) => entries[0]?.resource.id === 'moved-1')!.grant.period).toBe('2025-02-03');
  });
});

describe('an interrupted import', () => {
  /** A cloud that answers `n` calls and fails then, before or after it did what was asked. */
  function failing(cloud: Cloud, n: number, when: 'before' | 'after'): { cloud: Cloud; calls: () => number } {
    let calls = 0;
    const wrap = <T extends object>(group: T): T =>
      new Proxy(group, {
        get(target, name) {
          const member = Reflect.get(target, name) as unknown;
          if (typeof member === 'object' && member !== null) return wrap(member);
          if (typeof member !== 'function') return member;
          return async (input: unknown) => {
            calls++;
            const lost = () => new CareletError('unavailable', 'ask', { because: 'the line is cut' });
            if (calls > n && when === 'before') throw lost();
            const answer = await member(input);
            if (calls > n) throw lost();
            return answer;
          };
        },
      });
    return { cloud: wrap(cloud), calls: () => calls };
  }

  for (const when of ['before', 'after'] as const) {
    test(`is complete after it was run again, wherever the line was cut: ${when} the cloud did what was asked`, async () => {
      let cut = 0;
      for (let done = false; !done; cut++) {
        const name = `cut-${when}-${cut}`;
        const resources = story(name, pulse(name, `${name}-3`, undefined));
        const { cloud } = failing(stage.cloudAs(northgate.keyring), cut, when);
        const kind = await refusal(stage.take(northgate, resources, cloud));
        done = kind === 'ok';
        if (!done) expect(kind).toBe('unavailable');
        // The process is gone; the next one has what was on disk.
        const next = { ...northgate, keyring: northgate.saved() };
        const summary = await stage.take(next, resources);
        expect(summary).toMatchObject({ records: 4, refused: 0 });
        expect(await stage.take(next, resources)).toMatchObject({ stored: 0, updated: 0, already: 4 });
        northgate.keyring.charts = next.keyring.charts;
        const { ids, problems } = await openedBy(northgate, name);
        expect(problems).toEqual([]);
        expect(ids).toEqual([name, `${name}-1`, `${name}-2`, `${name}-3`]);
      }
      expect(cut).toBeGreaterThan(8);
    }, 60_000);
  }

  test('goes on after it was told to stop', async () => {
    const resources = [patient('stopped'), ...Array.from({ length: 600 }, (_, i) => pulse('stopped', `stopped-${i}`, '2026-11-18'))];
    const stop = new AbortController();
    const progress = ({ done }: { done: number }) => {
      if (done > 0) stop.abort();
    };
    const file = [source('large.json', resources)];
    const stopped = importRecords(file, { writer: stage.writerOf(northgate), signal: stop.signal, progress });
    await expect(stopped).rejects.toMatchObject({ name: 'AbortError' });
    const there = (await stage.sql<{ n: number }>('select count(*)::int as n from shelf_mi where pat = $1', [chartOf('stopped').pat]))[0]!
      .n;
    expect(there).toBeGreaterThan(200);
    expect(there).toBeLessThan(400);
    const summary = await importRecords(file, { writer: stage.writerOf(northgate) });
    expect(summary).toMatchObject({ records: 601, stored: 601 - summary.already, refused: 0 });
    expect(summary.already).toBeGreaterThan(200);
    const { ids, problems } = await openedBy(northgate, 'stopped');
    expect([new Set(ids).size, ids.length, problems]).toEqual([601, 601, []]);
  });

  test('of an update leaves the version before it readable, and says that a later one is on its way', async () => {
    const [ada, , second] = story('halfway') as [Json, Json, Json];
    await stage.take(northgate, story('halfway'));
    const honest = stage.cloudAs(northgate.keyring);
    const post: Cloud['records']['post'] = async (input) => {
      if (input.posting.part === 'MI') throw new CareletError('unavailable', 'ask', { because: 'the line is cut' });
      return honest.records.post(input);
    };
    const corrected = pulse('halfway', 'halfway-1', '2026-11-18', {
      status: 'amended',
      performer: [{ display: 'Dr Chen, who looked again' }],
    });
    const half = stage.take(northgate, [ada, corrected, second], { ...honest, records: { ...honest.records, post } });
    expect(await refusal(half)).toBe('unavailable');

    const between = await openedBy(northgate, 'halfway');
    expect(between.ids).toEqual(['halfway', 'halfway-1', 'halfway-2']);
    expect(between.records.find(({ entries }) => entries[0]?.resource.id === 'halfway-1')!.entries[0]!.resource.status).toBe('final');
    expect(between.problems.map(({ kind, what }) => [kind, what])).toEqual([['missing', 'a later version of a record is not all there']]);

    expect(await stage.take(northgate, [ada, corrected, second])).toMatchObject({ updated: 1, already: 2 });
    const whole = await openedBy(northgate, 'halfway');
    expect(whole.problems).toEqual([]);
    expect(whole.records.find(({ entries }) => entries[0]?.resource.id === 'halfway-1')!.entries[0]!.resource.status).toBe('amended');
  });
});

describe('a file that is not as it should be', () => {
  test('may hold a resource twice; another one under the same id is refused and the first is kept', async () => {
    const again = pulse('twice', 'twice-1', '2026-11-18', { performer: [{ display: 'Dr Chen' }] });
    const contrary = pulse('twice', 'twice-2', '2026-11-19', { status: 'entered-in-error' });
    const summary = await stage.take(northgate, story('twice', again, contrary));
    expect(summary).toMatchObject({ records: 5, stored: 3, already: 1, refused: 1 });
    expect(summary.remarks.map(({ place, because }) => [place, because])).toEqual([
      ['bundle.json, entry 5: Observation', 'another resource with the same id came before it in this import'],
    ]);
    const { records } = await openedBy(northgate, 'twice');
    expect(records.find(({ entries }) => entries[0]?.resource.id === 'twice-2')!.entries[0]!.resource.status).toBe('final');
  });

  test('may refer to nowhere: the reference is kept as it is, and a patient nobody describes gets a chart', async () => {
    const lost = pulse('nobody-described', 'lost-1', '2026-11-18', { encounter: { reference: 'urn:uuid:nowhere' } });
    expect(await stage.take(northgate, [lost])).toMatchObject({ records: 1, stored: 1, patients: 1 });
    const { records, problems } = await openedBy(northgate, 'nobody-described');
    expect(problems).toEqual([]);
    expect(records.flatMap(({ entries }) => entries)[0]!.resource).toEqual(lost);
  });

  test('may name a known patient in two ways: nothing that waits is lost', async () => {
    await stage.take(northgate, story('two-ways'));
    const by = (id: string, reference: string) => pulse('two-ways', id, '2026-11-17', { subject: { reference } });
    const summary = await stage.take(northgate, [
      by('w-1', 'urn:uuid:two-ways'),
      by('w-2', 'Patient/two-ways'),
      by('w-3', 'urn:uuid:two-ways'),
    ]);
    expect(summary).toMatchObject({ records: 3, stored: 3, patients: 1 });
    expect((await openedBy(northgate, 'two-ways')).ids).toEqual(['two-ways', 'two-ways-1', 'two-ways-2', 'w-1', 'w-2', 'w-3']);
  });

  test('has what cannot be taken refused by its place, and the rest stored', async () => {
    const good = bundle(story('broken'));
    const broken = good.replace(
      '"entry":[',
      '"entry":[{"resource":{"id":"typeless"}},{"resource":{"resourceType":"patient"}},{"resource":7},{"resource":{"resourceType":"Observation","id":"a b"}},{},',
    );
    expect(broken).not.toBe(good);
    const summary = await importRecords([textSource('broken.json', broken)], { writer: stage.writerOf(northgate) });
    expect(summary).toMatchObject({ stored: 3, refused: 5 });
    expect(summary.remarks.every(({ kind, place, because }) => kind === 'refused' && place !== '' && because !== '')).toBe(true);
    expect(summary.remarks.map(({ place }) => /entry (\d+)/.exec(place)?.[1])).toEqual(['1', '2', '3', '4', '5']);
  });

  test('with a resource larger than the cloud takes has that one refused, and no other', async () => {
    const scan = { resourceType: 'DocumentReference', id: 'scan', status: 'current', subject: { reference: 'urn:uuid:large' } };
    const content = [{ attachment: { contentType: 'image/tiff', data: 'A'.repeat(17 * 1024 * 1024) } }];
    const summary = await stage.take(northgate, story('large', { ...scan, content }, pulse('large', 'large-3', '2026-11-20')));
    expect(summary).toMatchObject({ records: 5, stored: 4, refused: 1 });
    expect(summary.remarks.filter(({ kind }) => kind === 'refused').map(({ place }) => place)).toEqual([
      'bundle.json, entry 4: DocumentReference',
    ]);
    const { ids, problems } = await openedBy(northgate, 'large');
    expect([ids, problems]).toEqual([['large', 'large-1', 'large-2', 'large-3'], []]);
  });

  test('of many large resources goes up in batches the cloud takes', async () => {
    const data = 'A'.repeat(3 * 1024 * 1024);
    const scans = Array.from({ length: 12 }, (_, i) => ({
      resourceType: 'DocumentReference',
      id: `scan-${i}`,
      status: 'current',
      subject: { reference: 'urn:uuid:heavy' },
      content: [{ attachment: { contentType: 'image/tiff', data } }],
    }));
    const sizes: number[] = [];
    const real = stage.writerOf(northgate);
    const post: typeof real.post = async (_, drafts) => {
      sizes.push(drafts.flatMap(({ bodies }) => Object.values(bodies)).reduce((sum, body) => sum + body.length, 0));
      return drafts.map(() => 'stored');
    };
    const summary = await importRecords([source('scans.json', [patient('heavy'), ...scans])], { writer: { ...real, post } });
    expect(summary).toMatchObject({ records: 13, stored: 13, refused: 0 });
    expect(Math.max(...sizes)).toBeLessThan(24 * 1024 * 1024);
    expect(sizes.length).toBeGreaterThan(1);
  });
});

test('two hospitals with the same patient keep charts that have nothing in common', async () => {
  const larkfield = await stage.place('larkfield');
  const resources = story('both');
  await stage.take(northgate, resources);
  expect(await stage.take(larkfield, resources)).toMatchObject({ stored: 3, already: 0 });
  const [there] = larkfield.keyring.charts;
  const here = chartOf('both');
  expect(hex(there!.pat)).not.toBe(hex(here.pat));
  const shared = await stage.sql(
    'select 1 from shelf_mi a join shelf_mi b on a.row_id = b.row_id or a.node_id = b.node_id or a.kc = b.kc where a.pat = $1 and b.pat = $2',
    [here.pat, there!.pat],
  );
  expect(shared).toEqual([]);
  expect(await refusal(stage.cloudAs(larkfield.keyring).records.versions({ pat: here.pat, part: 'MI', rowIds: [] }))).toBe('denied');
  const ada = stage.patient('ada');
  await stage.link(northgate, here, ada);
  await stage.link(larkfield, there!, ada);
  const { charts, ids } = await stage.open(ada);
  expect(charts.length).toBe(2);
  expect(ids).toEqual(['both', 'both', 'both-1', 'both-1', 'both-2', 'both-2']);
});
