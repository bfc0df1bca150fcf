/**
 * A new generation: what is written after something was taken back opens to nobody who kept what she was given, and to
 * everybody who may still read.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CareletError, type Kind } from '@carelet/care/model';
import { type Consent, usualConsent } from '@carelet/care/rules/sharing/consent';
import { decodeKeyring, encodeKeyring, type GivenGrant, type Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { type Held, walkDown } from '@carelet/client/records/walk';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, unshare, whoReads } from '@carelet/client/sharing/share';
import { type Bytes, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { openRow } from '@carelet/crypto/records/reader';
import { nodeId } from '@carelet/crypto/records/tree';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { backTo, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let diaz: Keyring;
let osei: Keyring;
let reference: string;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  const elsewhere = { at: harbour, parts: ['MI'], kinds: ['immunizations'] } as const;
  [diaz, osei] = [await stage.doctor('Dr Diaz', elsewhere), await stage.doctor('Dr Osei', elsewhere)];
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

let patients = 0;
/** Of whom the tests tell: each of another patient, and all of two doctors of another house. */
beforeEach(async () => {
  reference = `p-${++patients}`;
  await stage.take(northgate, [
    patient(reference),
    pulse(reference, 'october', '2026-10-03T08:00:00Z'),
    result(reference, 'blood', '2026-11-18'),
  ]);
  ada = stage.patient(`Ada ${patients}`);
  await stage.link(northgate, chart(), ada);
  await write('morning', '2026-11-20T08:00:00Z');
  // They remember nothing of others.
  for (const doctor of [diaz, osei]) doctor.opened = {};
}, 60_000);

/** As the hospital keeps it. */
const chart = () => northgate.keyring.charts.find(({ references }) => references.includes(`urn:uuid:${reference}`))!;

const options = (changes: Partial<SharingOptions> = {}): SharingOptions => ({
  keyring: ada,
  save: async () => {},
  cloud: stage.cloudAs(ada),
  mathematics: mathematicsHere,
  cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
  clock: stage.clock,
  ...changes,
});
const consentTo = (...kinds: Kind[]): Consent => ({ ...usualConsent, kinds, from: 'beginning', until: '2026-12-20' });
const shareWith = async (doctor: Keyring, consent = consentTo('vital-signs')): Promise<GivenGrant> => {
  const [given] = await share(options(), {
    doctor: doctor.card.id,
    doctorName: doctor.title,
    consent,
    mediator: harbour.keyring.card.id,
  });
  return given!;
};
/** The hospital writes one more, of today unless told. */
const write = (id: string, at = '2026-11-20T09:00:00Z') => stage.take(northgate, [pulse(reference, id, at)]);
const opens = async (doctor: Keyring) => (await stage.open(doctor, { pat: chart().pat })).ids;
/** How many of the cloud's rows somebody opens who has the whole cloud, with the node keys she ever opened and all below them. */
async function rowsOpenedBy(doctor: Keyring): Promise<number> {
  const plain = (bytes: Buffer) => new Uint8Array(bytes);
  const held = Object.values(doctor.opened).map((body): Held => {
    const [key, treeId, writer, part, category, period] = uncbor(body) as [Bytes, Bytes, Bytes, 'MI', [string, string, string], string];
    return { key, treeId, writer, part, category, period, nodeId: nodeId(treeId, period) };
  });
  const nodes = await stage.sql<{ node_id: Buffer; parent: Buffer }>('select node_id, parent from node');
  const keys = walkDown(
    held,
    nodes.map(({ node_id, parent }) => ({ nodeId: plain(node_id), parent: plain(parent) })),
  );
  const rows = await stage.sql<{ row_id: Buffer; version: string; node_id: Buffer; kc: Buffer; mark: Buffer; ct: Buffer }>(
    'select row_id, version, node_id, kc, mark, ct from shelf_mi',
  );
  return rows.filter(({ row_id, version, node_id, kc, mark, ct }) => {
    const node = keys.get(hex(node_id));
    const row = {
      rowId: plain(row_id),
      version: Number(version),
      nodeId: plain(node_id),
      kc: plain(kc),
      mark: plain(mark),
      ct: plain(ct),
    };
    return node && openRow(node.key, 'MI', row).kind === 'opened';
  }).length;
}

describe('as time goes on', () => {
  let before: number;
  beforeEach(() => {
    before = stage.clock();
  });
  afterEach(() => backTo(stage, before, northgate.keyring, ada, diaz, osei));
  const minutesLater = (minutes = 1) => stage.clock.to(new Date(stage.clock() + minutes * 60_000).toISOString());

  test('who was let read in the very second in which another’s was taken back reads on', async () => {
    const { grant } = await shareWith(diaz);
    minutesLater();
    await shareWith(osei);
    await unshare(options(), grant);
    expect(await renewConsents(options())).toMatchObject({ grants: 1, left: 0 });
    await write('afterwards');
    expect(await opens(osei)).toEqual(['afterwards', 'morning', 'october']);
    expect(await opens(diaz)).toEqual([]);
  });

  test('who reads more than what was taken back from another is given new keys once, and reads all of it on', async () => {
    const { grant } = await shareWith(diaz);
    await shareWith(osei, consentTo('vital-signs', 'laboratory'));
    minutesLater();
    await unshare(options(), grant);
    minutesLater();
    expect(await renewConsents(options())).toMatchObject({ grants: 1, left: 0 });
    for (let i = 0; i < 3; i++) {
      minutesLater();
      expect(await renewConsents(options())).toEqual({ wraps: 0, grants: 0, left: 0 });
    }
    await stage.take(northgate, [pulse(reference, 'afterwards', '2026-11-20T09:00:00Z'), result(reference, 'sugar', '2026-11-20')]);
    expect(await opens(osei)).toEqual(['afterwards', 'blood', 'morning', 'october', 'sugar']);
  });
});

test('with every key she ever opened and the whole cloud, a doctor opens nothing written after her grant was taken back', async () => {
  const { grant } = await shareWith(diaz);
  expect(await opens(diaz)).toEqual(['morning', 'october']);
  const before = await rowsOpenedBy(diaz);
  expect(before).toBe(2);
  await unshare(options(), grant);
  await write('noon');
  expect(await rowsOpenedBy(diaz)).toBe(before);
});

test('what was not shared keeps its trees: no generation is raised for it', async () => {
  const treesOf = (kind: Kind) => Object.keys(chart().trees).filter((name) => name.split('|')[1] === kind);
  const { grant } = await shareWith(diaz, consentTo('laboratory'));
  await write('dawn');
  const before = treesOf('vital-signs');
  await unshare(options(), grant);
  await write('noon');
  expect(treesOf('vital-signs')).toEqual(before);
  await stage.take(northgate, [result(reference, 'sugar', '2026-11-19')]);
  expect(treesOf('laboratory')).toContain('MI|laboratory|N|none|dated|2');
});

test('whoever may still read reads old and new, as if nothing had been', async () => {
  const { grant } = await shareWith(diaz);
  const kept = await shareWith(osei, consentTo('vital-signs', 'laboratory'));
  await unshare(options(), grant);
  await write('noon');
  const told: number[] = [];
  expect(await renewConsents(options(), (done, of) => told.push(done / of))).toMatchObject({ grants: 1, left: 0 });
  expect(told.at(-1)).toBe(1);
  expect(await opens(osei)).toEqual(['blood', 'morning', 'noon', 'october']);
  expect(await opens(diaz)).toEqual([]);
  // One grant in the place of another, with the same words.
  const [now, ...more] = whoReads(ada, stage.clock() / 1000);
  expect(more).toEqual([]);
  expect(equalPublic(now!.grant, kept.grant)).toBe(false);
  expect(now).toMatchObject({ doctor: osei.card.id, notAfter: kept.notAfter, doctorName: osei.title });
  await write('evening', '2026-11-20T09:30:00Z');
  expect(await opens(osei)).toContain('evening');
  expect(await renewConsents(options())).toEqual({ wraps: 0, grants: 0, left: 0 });
});

test('whoever names the grant of before takes back the one that was given in its place', async () => {
  const { grant } = await shareWith(diaz);
  const before = await shareWith(osei);
  await unshare(options(), grant);
  await renewConsents(options());
  expect(await opens(osei)).toEqual(['morning', 'october']);
  await unshare(options(), before.grant);
  expect(await opens(osei)).toEqual([]);
  expect(whoReads(ada, stage.clock() / 1000)).toEqual([]);
});

describe('a cloud, a mediator and a doctor who kept all they had', () => {
  test('open together what was sealed before, and nothing of what came after', async () => {
    const { grant } = await shareWith(diaz);
    // The mediator's files and the cloud's rows, as somebody copies them aside.
    const folder = join(stage.town.folder, 'keys', 'harbour', 'factors');
    const files = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name))] as const);
    await stage.sql('create table kept as select * from rekey');
    await unshare(options(), grant);
    await write('noon');
    await write('november', '2026-11-10T09:00:00Z');
    for (const [name, bytes] of files) writeFileSync(join(folder, name), bytes);
    await stage.sql('insert into rekey select * from kept where grant_id = $1', [grant]);
    await stage.sql('update consent set ended = null where grant_id = $1', [grant]);
    expect(await opens(diaz)).toEqual(['morning', 'october']);
  });
});

describe('what is interrupted', () => {
  const away = () => Promise.reject(new CareletError('unavailable', 'publish scopes', { because: 'the line is down' }));

  test('is raised the next time', async () => {
    const { grant } = await shareWith(diaz);
    await opens(diaz);
    const whole = options();
    const cut = { ...whole, cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, publish: away } } };
    expect(await unshare(cut, grant)).toEqual({ cloud: true, mediator: true });
    expect(await opens(diaz)).toEqual([]);
    await renewConsents(whole);
    const before = await rowsOpenedBy(diaz);
    await write('noon');
    expect(await rowsOpenedBy(diaz)).toBe(before);
  });

  test('is given anew the next time, once', async () => {
    const { grant } = await shareWith(diaz);
    await shareWith(osei);
    await unshare(options(), grant);
    const whole = options();
    const cut = { ...whole, cloudletOf: () => null };
    expect(await renewConsents(cut)).toMatchObject({ grants: 0, left: 1 });
    expect(await opens(osei)).toEqual(['morning', 'october']);
    expect(await renewConsents(whole)).toMatchObject({ grants: 1, left: 0 });
    expect(whoReads(ada, stage.clock() / 1000)).toHaveLength(1);
  });

  test('where the grant before could not be ended, it is ended and no third is made', async () => {
    const { grant } = await shareWith(diaz);
    await shareWith(osei);
    await unshare(options(), grant);
    const whole = options();
    const cut = {
      ...whole,
      cloud: { ...whole.cloud, sharing: { ...whole.cloud.sharing, end: away } },
      cloudletOf: (organisation: Uint8Array) => {
        const there = whole.cloudletOf(organisation);
        return there && { ...there, sharing: { ...there.sharing, end: away } };
      },
    };
    expect(await renewConsents(cut)).toMatchObject({ left: 1 });
    expect(whoReads(ada, stage.clock() / 1000)).toHaveLength(2);
    expect(await renewConsents(whole)).toMatchObject({ grants: 1, left: 0 });
    expect(whoReads(ada, stage.clock() / 1000)).toHaveLength(1);
    expect(await opens(osei)).toEqual(['morning', 'october']);
  });
});

test('a cloud that shows a writer the generation before the one it has sealed in is refused', async () => {
  const { grant } = await shareWith(diaz);
  const [first] = await stage.sql<{ states: string }>('select count(*) as states from scope_state');
  await unshare(options(), grant);
  await write('noon');
  await stage.sql('delete from scope_state where position >= 1');
  expect(Number(first!.states)).toBeGreaterThan(0);
  expect(await refusal(write('evening', '2026-11-20T09:30:00Z'))).toBe('tampered');
});

test('the same record sent again after a new generation is not stored twice', async () => {
  const { grant } = await shareWith(diaz);
  await write('noon');
  await unshare(options(), grant);
  const again = await write('noon');
  expect(again).toMatchObject({ stored: 0, updated: 0 });
});

test('a writer that goes on as before is refused after a day, and one that reads what was taken back is not', async () => {
  const { grant } = await shareWith(diaz);
  await write('early');
  const published = await stage.cloudAs(northgate.keyring).sharing.scopes({ pat: chart().pat });
  const before = stage.clock();
  await unshare(options(), grant);
  // A line that still shows it what was published before.
  const cloud = stage.cloudAs(northgate.keyring);
  const stale = { ...cloud, sharing: { ...cloud.sharing, scopes: async () => published } };
  const unaware = { ...northgate, keyring: decodeKeyring(encodeKeyring(northgate.keyring)), save: async () => {} };
  const goesOn = (id: string, at: string) => refusal(stage.take(unaware, [pulse(reference, id, at)], stale));
  expect(await goesOn('same-day', '2026-11-20T09:10:00Z')).toBe('ok');
  stage.clock.to('2026-11-21T09:40:00Z');
  expect(await goesOn('next-day', '2026-11-21T09:00:00Z')).toBe('ok');
  stage.clock.to('2026-11-21T09:42:00Z');
  for (const [id, at] of [
    ['late', '2026-11-21T09:30:00Z'],
    ['later', '2026-11-20T09:20:00Z'],
    ['long-ago', '2026-09-04T09:00:00Z'],
  ] as const) {
    expect(await goesOn(id, at)).toBe('conflict');
  }
  // What was not shared goes on in its trees; and whoever reads goes on in new ones.
  expect(await refusal(stage.take(unaware, [result(reference, 'sugar', '2026-11-21')], stale))).toBe('ok');
  expect(await refusal(write('aware', '2026-11-21T09:30:00Z'))).toBe('ok');
  await backTo(stage, before, northgate.keyring, ada, diaz, osei);
});
