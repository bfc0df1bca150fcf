/**
 * A patient's limits: not this doctor, and only doctors who are named for her; what closes at once, what with the hospital's next batch,
 * and what a cloud that obeys nobody could still do.
 */
import { usualConsent } from '@carelet/care/rules/sharing/consent';
import type { Keyring } from '@carelet/client/keyring/keyring';
import { decodeKeyring, encodeKeyring } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import type { ChartRef } from '@carelet/client/records/reader';
import { renewLocks } from '@carelet/client/records/renew';
import { parseTreeName, wayDown } from '@carelet/client/records/trees';
import { breakGlass } from '@carelet/client/sharing/break-glass';
import { allow, deny } from '@carelet/client/sharing/deny';
import { limit, limitsOf } from '@carelet/client/sharing/limits';
import { together } from '@carelet/client/sharing/remembered';
import { renewConsents } from '@carelet/client/sharing/renew';
import { type SharingOptions, share, whoReads } from '@carelet/client/sharing/share';
import { type Bytes, equalPublic, hex, uncbor } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signDeed } from '@carelet/crypto/records/chart';
import { signLimits } from '@carelet/crypto/records/limits';
import { openRow } from '@carelet/crypto/records/reader';
import { descend, nodeId } from '@carelet/crypto/records/tree';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let harbour: Place;
let ada: Keyring;
let ben: Keyring;
let chen: Keyring;
let osei: Keyring;

const onDuty = { kinds: ['vital-signs'], parts: ['MI'], breakGlass: true } as const;

beforeAll(async () => {
  stage = await openStage();
  [northgate, harbour] = [await stage.place('northgate'), await stage.place('harbour')];
  await stage.take(northgate, [patient('p-ada'), pulse('p-ada', 'before', '2026-11-18'), result('p-ada', 'blood', '2026-11-18')]);
  await stage.take(northgate, [patient('p-ben', 'Okoro', 'Ben'), pulse('p-ben', 'bens', '2026-11-18')]);
  [ada, ben] = [stage.patient('Ada Marlow'), stage.patient('Ben Okoro')];
  await stage.link(northgate, chart(), ada);
  await stage.link(northgate, northgate.keyring.charts[1]!, ben);
  // Linking began new trees; these are the ones that limits end.
  await write('linked');
  chen = await stage.doctor('Dr Chen', { at: northgate, ...onDuty });
  osei = await stage.doctor('Dr Osei', { at: northgate, ...onDuty });
}, 120_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

/** Ada's chart, as the hospital keeps it. */
const chart = () => northgate.keyring.charts[0]!;
const pat = () => chart().pat;
const ref = async (): Promise<ChartRef> => (await stage.cloudAs(ada).records.charts()).charts[0]!;
const options = (): SharingOptions => ({
  keyring: ada,
  save: async () => {},
  cloud: stage.cloudAs(ada),
  mathematics: mathematicsHere,
  cloudletOf: (organisation) => stage.cloudletOf(ada, organisation),
  clock: stage.clock,
});
const later = (ms = 1000) => stage.clock.to(new Date(stage.clock() + ms).toISOString());
const write = (id: string, cloud?: Cloud) => stage.take(northgate, [pulse('p-ada', id, '2026-11-20')], cloud);
const says = async (what: Parameters<typeof limit>[2]) => limit(options(), await ref(), what);
const idsOf = async (who: Keyring) => (await stage.open(who, { pat: pat() })).ids;
const breaks = (who: Keyring, of: ChartRef) =>
  breakGlass({ keyring: who, cloud: stage.cloudAs(who), clock: stage.clock }, of, {
    reason: 'She is unconscious and I was called.',
    hours: 2,
  });

/** A keyring's node keys as it keeps them, tried on every row of a day: how many open. */
async function opensByKept({ opened }: Keyring, day: string): Promise<number> {
  const nodes = Object.keys(chart().trees).flatMap((name) => {
    const { id } = chart().trees[name]!;
    return parseTreeName(name).part === 'MI' ? [nodeId(id, day)] : [];
  });
  let count = 0;
  for (const node of nodes) {
    const rows = await stage.sql<Record<'row_id' | 'node_id' | 'kc' | 'mark' | 'ct', Buffer> & { version: number }>(
      'select * from shelf_mi where pat = $1 and node_id = $2',
      [pat(), node],
    );
    for (const { row_id, node_id, kc, mark, ct, version } of rows) {
      const row = { rowId: row_id, nodeId: node_id, kc, mark, ct, version };
      const keys = Object.values(opened).map((kept) => {
        const [key, , , , , period] = uncbor(kept) as [Bytes, Bytes, Bytes, string, string[], string];
        const way = wayDown(day);
        return descend(key, period === 'always' ? way : way.slice(way.indexOf(period) + 1));
      });
      if (keys.some((key) => openRow(key, 'MI', row).kind === 'opened')) count++;
    }
  }
  return count;
}

test('a doctor who is denied reads nothing at once: not by her role, in an emergency, nor by what she was granted; another reads on', async () => {
  const consent = { ...usualConsent, kinds: ['laboratory'] as const, from: 'beginning' as const, until: '2026-12-20' };
  await share(options(), { doctor: chen.card.id, doctorName: 'Dr Chen', consent, mediator: harbour.keyring.card.id });
  await breaks(chen, await ref());
  expect(await idsOf(chen)).toEqual(['before', 'blood', 'linked', 'p-ada']);
  expect(await idsOf(osei)).toEqual(['before', 'linked']);

  expect(await deny(options(), chen.card.id)).toEqual({ charts: 1, grants: 1, left: 0 });
  expect((await stage.open(chen)).ids).toEqual(['bens']);
  expect(await idsOf(osei)).toEqual(['before', 'linked']);
  expect(whoReads(ada, stage.clock() / 1000)).toEqual([]);
  // Neither glass nor grant is new to her: she is answered as of a chart that is not there, and Ada's client gives her none.
  const { writer, owner } = await ref();
  const strange = { pat: systemRandom(16), writer, owner };
  const elsewhere = { ...strange, deed: signDeed(northgate.keyring.secrets.edSk, strange) };
  const because = async (of: ChartRef) => breaks(chen, of).then(String, String);
  expect(await because(await ref())).toBe(await because(elsewhere));
  expect(await refusal(share(options(), { doctor: chen.card.id, doctorName: 'Dr Chen', consent, mediator: harbour.keyring.card.id }))).toBe(
    'conflict',
  );
  expect(await breaks(osei, await ref())).toBeGreaterThan(0);
  // Said once it is said.
  expect(await deny(options(), chen.card.id)).toEqual({ charts: 0, grants: 0, left: 0 });
}, 60_000);

test('what is written from then on lies in new trees: node keys that she kept open nothing of it, a grant that she kept neither', async () => {
  const trees = new Set(Object.keys(chart().trees));
  expect(await limitsOf(options(), await ref())).toMatchObject({ seq: 1, following: 'waits', denied: [chen.card.id] });
  await write('after');
  expect(Object.keys(chart().trees).some((name) => !trees.has(name))).toBe(true);
  expect(await limitsOf(options(), await ref())).toMatchObject({ following: 'follows' });
  expect(await opensByKept(chen, '2026-11-18')).toBeGreaterThan(0);
  // Of the same day, what was written before she was denied.
  expect(await opensByKept(chen, '2026-11-20')).toBe(1);
  // Who reads by her role has the new key too.
  expect(await idsOf(osei)).toEqual(expect.arrayContaining(['after', 'before']));
  expect(await opensByKept(osei, '2026-11-20')).toBe(2);
  expect(await idsOf(chen)).toEqual([]);
  expect((await stage.open(ada)).ids).toEqual(expect.arrayContaining(['after', 'before', 'blood']));
}, 60_000);

test('taken back, her role opens what it opened; what she had been granted stays taken back', async () => {
  later();
  expect(await allow(options(), chen.card.id)).toBe(1);
  stage.clock.to('2026-11-20T12:30:00Z');
  expect(await idsOf(chen)).toEqual(['after', 'before', 'linked']);
}, 60_000);

test('open by name, a chart opens to nobody by a role, then to the doctor whom two administrators named for it', async () => {
  later();
  expect(await says({ byName: true })).toBe(true);
  for (const doctor of [chen, osei]) expect((await stage.open(doctor)).ids).toEqual(['bens']);
  await write('by-name');
  for (const doctor of [chen, osei]) expect((await stage.open(doctor)).ids).toEqual(['bens']);
  const lind = await stage.doctor('Dr Lind', { at: northgate, kinds: ['vital-signs'], parts: ['MI'], patients: [], named: [hex(pat())] });
  expect((await stage.open(lind)).ids).toEqual(['after', 'before', 'by-name', 'linked']);
  // Named beside a role that opens others'.
  const walsh = await stage.doctor('Dr Walsh', { at: northgate, kinds: ['vital-signs'], parts: ['MI'], named: [hex(pat())] });
  expect((await stage.open(walsh)).ids).toEqual(['after', 'before', 'bens', 'by-name', 'linked']);
  // Who is named for Ada in an ordinary policy, or for another by name, is not named for her chart.
  const diaz = await stage.doctor('Dr Diaz', {
    at: northgate,
    kinds: ['vital-signs'],
    parts: ['MI'],
    patients: [hex(pat())],
    named: [hex(northgate.keyring.charts[1]!.pat)],
  });
  expect((await stage.open(diaz)).ids).toEqual([]);
}, 90_000);

test('nor by a role where the cloud serves every row and every lock made since', async () => {
  const formula = (await stage.sql<{ formula: string }>('select formula from entitlement where doctor = $1', [osei.card.id])).map(
    ({ formula: one }) => one,
  );
  const labels = formula.join(' ').match(/[^\s(),]+:[^\s(),]+/g)!;
  await stage.sql(`update wrap set labels = labels || $1::text[] where pat = $2 and kind = 'policy'`, [labels, pat()]);
  const served = await stage.cloudAs(osei).records.nodes({ pat: pat() });
  expect(served.wraps.filter(({ kind }) => kind === 'policy').length).toBeGreaterThan(0);
  osei.opened = {};
  expect(await idsOf(osei)).toEqual([]);
}, 60_000);

test('in an emergency it opens as any other to a doctor on duty, and leaves a receipt as ever', async () => {
  later();
  await breaks(osei, await ref());
  expect(await idsOf(osei)).toEqual(expect.arrayContaining(['after', 'before', 'blood', 'by-name']));
  stage.clock.to('2026-11-20T15:00:00Z');
}, 60_000);

test('lifted, roles open it again once its locks are made anew, and who was named alone opens it no more', async () => {
  expect(await says({ byName: false })).toBe(true);
  expect(await idsOf(chen)).toEqual([]);
  const { keyring, save } = northgate;
  const { made } = await renewLocks({ keyring, cloud: stage.cloudAs(keyring), mathematics: mathematicsHere, clock: stage.clock });
  await save();
  expect(made).toBeGreaterThan(0);
  expect(await idsOf(chen)).toEqual(['after', 'before', 'by-name', 'linked']);
  // Asked again there is nothing to do.
  expect(await renewLocks({ keyring, cloud: stage.cloudAs(keyring), mathematics: mathematicsHere, clock: stage.clock })).toMatchObject({
    made: 0,
  });
}, 60_000);

/** The cloud as the hospital meets it, where it shows these limits. */
const showing = (state: Bytes | null): Cloud => {
  const cloud = stage.cloudAs(northgate.keyring);
  return { ...cloud, limits: { ...cloud.limits, state: async () => ({ state, followed: null }) } };
};

test('a hospital refuses limits that are older than it followed, that are gone, or that the owner did not sign', async () => {
  const newest = chart().limits!;
  later();
  await says({ deny: chen.card.id });
  await write('denied-again');
  const forged = signLimits(ben.secrets.edSk, { pat: pat(), seq: 99, byName: false, denied: [], time: 0, prevHash: systemRandom(32) });
  for (const state of [newest, null, forged]) expect(await refusal(write('refused', showing(state)))).toBe('tampered');
  expect((await stage.open(ada)).ids).not.toContain('refused');
}, 60_000);

test('who keeps them back from the hospital is found out: no lock for roles is taken meanwhile, after a day nothing, and the owner sees it', async () => {
  const seen = chart().limits;
  later();
  await says({ byName: true });
  stage.clock.to('2026-11-21T09:00:00Z');
  const next = (id: string, cloud?: Cloud) => stage.take(northgate, [pulse('p-ada', id, '2026-11-21')], cloud);
  expect(await refusal(next('kept-back', showing(seen)))).toBe('conflict');
  expect(await limitsOf(options(), await ref())).toMatchObject({ following: 'waits' });
  stage.clock.to('2026-11-22T09:00:00Z');
  expect(await refusal(next('late', showing(seen)))).toBe('conflict');
  expect(await limitsOf(options(), await ref())).toMatchObject({ following: 'late' });
  await next('in-time');
  expect(await limitsOf(options(), await ref())).toMatchObject({ following: 'follows' });
  expect((await stage.open(ada)).ids).toContain('in-time');
}, 60_000);

test('her keyring remembers where her word ended: no cloud shows it an older one, and of two copies the newer wins', async () => {
  const { state } = await stage.cloudAs(ada).limits.state({ pat: pat() });
  const copy = decodeKeyring(encodeKeyring(ada));
  later();
  await says({ byName: false });
  const older = { ...stage.cloudAs(ada), limits: { ...stage.cloudAs(ada).limits, state: async () => ({ state, followed: null }) } };
  expect(await refusal(limitsOf({ ...options(), cloud: older }, await ref()))).toBe('tampered');
  const gone = { ...older, limits: { ...older.limits, state: async () => ({ state: null, followed: null }) } };
  expect(await refusal(limitsOf({ ...options(), cloud: gone }, await ref()))).toBe('tampered');
  copy.sharing = together(copy.sharing, ada.sharing);
  expect(copy.sharing.heads).toEqual(ada.sharing.heads);
  // The hospital's keyring kept what it followed.
  const kept = decodeKeyring(encodeKeyring(northgate.keyring)).charts[0]!;
  expect(equalPublic(kept.limits!, chart().limits!)).toBe(true);
  expect(kept.trees).toEqual(chart().trees);
}, 60_000);

test('a cloud that forgot them with a restored backup hears them again from her client, and obeys; the hospital reads on by them', async () => {
  const tables = ['limits', 'denied'];
  for (const table of tables) await stage.sql(`create table kept_${table} as select * from ${table}`);
  later();
  await deny(options(), osei.card.id);
  await write('before-the-backup');
  later();
  await says({ deny: chen.card.id });
  await write('as-denied');
  const newest = chart().limits!;
  for (const table of tables) {
    await stage.sql(`delete from ${table}`);
    await stage.sql(`insert into ${table} select * from kept_${table}`);
    await stage.sql(`drop table kept_${table}`);
  }
  expect(await idsOf(osei)).toContain('before');
  expect(await refusal(write('refused'))).toBe('tampered');
  stage.clock.to(new Date(stage.clock() + 7_200_000).toISOString());
  // A copy that lay on disk knows as much.
  const copy = decodeKeyring(encodeKeyring(ada));
  await renewConsents({ ...options(), keyring: copy, cloud: stage.cloudAs(copy) });
  expect(await idsOf(osei)).toEqual([]);
  expect((await stage.cloudAs(ada).limits.state({ pat: pat() })).state).toEqual(newest);
  expect(await limitsOf(options(), await ref())).toMatchObject({ denied: expect.arrayContaining([osei.card.id, chen.card.id]) });
  await write('reads-on');
  expect((await stage.open(ada)).ids).toContain('reads-on');
}, 60_000);
