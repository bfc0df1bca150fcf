/**
 * After its domain was retired an organisation makes its locks anew: headers only, going on where it stopped, and what the old
 * keys opened is closed, whatever cloud or doctor kept.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renewManifest, retireDomain, takeWriterKeys } from '@carelet/client/enrolment';
import { decodeKeyring, encodeKeyring, type Keyring } from '@carelet/client/keyring/keyring';
import type { Cloud } from '@carelet/client/login';
import { mathematicsHere } from '@carelet/client/mathematics';
import { reader } from '@carelet/client/records/reader';
import { renewLocks } from '@carelet/client/records/renew';
import { nodeLabels, nodesForRoles, policyWraps } from '@carelet/client/records/wraps';
import { takeDoctorKeys } from '@carelet/client/sharing/roles';
import { migrations } from '@carelet/cloud/schema';
import { hex } from '@carelet/crypto/algebra/bytes';
import { idOfDomain } from '@carelet/crypto/kp-abe/domain';
import { openDatabase } from '@carelet/ground/database';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openStage, type Place, patient, pulse, refusal, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let ada: Keyring;
let chen: Keyring;
/** As she was before, without the node keys she opened: all she could have hidden. */
let hidden: Keyring;
let osei: Keyring;
/** The mediator's, as somebody copied them aside. */
let files: (readonly [string, Buffer])[];
const folder = () => join(stage.town.folder, 'keys', 'harbour', 'role-factors');
let old: NonNullable<Keyring['writer']>;
const ids = ['long-ago', 'monday', 'october', 'p-ada', 'today'];

const copyOf = (who: Keyring): Keyring => ({ ...decodeKeyring(encodeKeyring(who)), opened: {} });
const options = (cloud: Cloud = stage.cloudAs(northgate.keyring)) => ({
  keyring: northgate.keyring,
  cloud,
  mathematics: mathematicsHere,
  clock: stage.clock,
});
const domain = () => northgate.keyring.writer!.domain;

/** Everything that was posted, to the byte. */
async function posted(): Promise<string> {
  const tables = ['shelf_eid', 'shelf_qid', 'shelf_mi', 'node', 'posting', 'posting_node', 'chart'];
  const texts: unknown[] = [];
  for (const table of tables) {
    texts.push(await stage.sql(`select count(*) as n, md5(string_agg(t::text, ';' order by t::text)) as content from ${table} t`));
  }
  return JSON.stringify(texts);
}
/** How many policy wraps are for which domain. */
async function locks(): Promise<{ today: number; before: number }> {
  const rows = await stage.sql<{ sealed_for: Buffer }>(`select sealed_for from wrap where kind = 'policy'`);
  const today = rows.filter((row) => hex(row.sealed_for) === hex(idOfDomain(domain()))).length;
  return { today, before: rows.length - today };
}
async function receiptsOfAda(): Promise<number> {
  const [row] = await stage.sql<{ n: string }>('select count(*) as n from receipt where pat = $1', [northgate.keyring.charts[0]!.pat]);
  return Number(row!.n);
}
/** Keeps tables as they are, as a cloud that lies does. */
const keep = () =>
  stage.sql(
    'create table kept_wrap as select * from wrap; create table kept_key as select * from transform_key; create table kept_right as select * from entitlement',
  );
async function putBack() {
  await stage.sql('delete from wrap; insert into wrap select * from kept_wrap');
  await stage.sql('delete from transform_key; insert into transform_key select * from kept_key');
  await stage.sql('delete from entitlement; insert into entitlement select * from kept_right');
}

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  ada = stage.patient('Ada Marlow');
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'today', '2026-11-20'),
    pulse('p-ada', 'monday', '2026-11-16'),
    pulse('p-ada', 'october', '2026-10-02'),
    pulse('p-ada', 'long-ago', '2014-05-01'),
  ]);
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
  chen = await stage.doctor('Dr Chen', { at: northgate });
  hidden = copyOf(chen);
  expect((await stage.open(copyOf(chen))).ids).toEqual(ids);
  old = northgate.keyring.writer!;
  osei = copyOf(await stage.doctor('Dr Osei', { at: northgate }));
  files = readdirSync(folder()).map((name) => [name, readFileSync(join(folder(), name))] as const);
  await keep();
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

test('from the moment a domain is retired, its keys open nothing, and nothing is sealed for it', async () => {
  const before = await posted();
  for (const by of await stage.administrators()) {
    const holders = { cloud: stage.cloudAs(by), cloudlets: [stage.cloudletAs(by)] };
    await retireDomain({ authority: stage.authorityAs(by), keyring: by }, holders, northgate.keyring.card.id);
  }
  // A rogue writer that seals for it all the same, and one that has not heard.
  const [node] = nodesForRoles(northgate.keyring.charts[0]!, northgate.keyring.card.id, '2026-11-20');
  const labels = nodeLabels(node!, northgate.keyring.card.id, old.orgKey, 'clinician');
  const wraps = await policyWraps(mathematicsHere, northgate.keyring, northgate.keyring.card.id, old, [{ node: node!, labels }]);
  const laid = stage.cloudAs(northgate.keyring).sharing.wrap({ pat: node!.pat, part: node!.of.part, links: [], wraps });
  expect(await refusal(laid)).toBe('conflict');
  const unaware = { ...northgate, keyring: copyOf(northgate.keyring) };
  expect(await refusal(stage.take(unaware, [pulse('p-ada', 'late', '2026-11-20')]))).toBe('conflict');
  await renewManifest(stage.authorityAs(null), northgate.keyring);
  expect(await refusal(stage.take(northgate, [pulse('p-ada', 'late', '2026-11-20')]))).toBe('conflict');
  expect(await refusal(renewLocks(options()))).toBe('conflict');

  expect((await stage.open(copyOf(hidden))).ids).toEqual([]);
  const { organisation } = hidden.doctorKeys[0]!;
  expect(await refusal(stage.cloudletAs(hidden).sharing.enter({ organisation, factors: [] }))).toBe('missing');
  // Ada’s own locks are none of the domain’s.
  expect((await stage.open(ada)).ids).toEqual(ids);
  expect(await posted()).toBe(before);
});

test('locks are made anew batch by batch, a run that was stopped goes on, and no row is touched', async () => {
  const before = await posted();
  await takeWriterKeys(stage.authorityAs(northgate.keyring), northgate.keyring);
  const { before: all } = await locks();
  const receipts = await receiptsOfAda();
  expect(all).toBeGreaterThan(4);

  const told: string[] = [];
  const stop = new AbortController();
  const progress = (done: number, of: number) => {
    told.push(`${done} of ${of}`);
    if (done > 0) stop.abort(new Error('stopped'));
  };
  await expect(renewLocks({ ...options(), progress, signal: stop.signal })).rejects.toThrow('stopped');
  const half = await locks();
  expect(half.today).toBeGreaterThan(0);
  // Each node has one lock, of the one domain or the other.
  expect(half.today + half.before).toBe(all);
  expect(told).toEqual([`0 of ${all}`, `${half.today} of ${all}`]);

  told.length = 0;
  const { made, forgotten } = await renewLocks({ ...options(), progress: (done, of) => told.push(`${done} of ${of}`) });
  expect([made, forgotten]).toEqual([half.before, 0]);
  expect([told[0], told.at(-1)]).toEqual([`0 of ${made}`, `${made} of ${made}`]);
  expect(await locks()).toEqual({ today: all, before: 0 });
  expect(await renewLocks(options())).toEqual({ made: 0, forgotten: 0 });
  expect(await posted()).toBe(before);
  // Whoever locks anew leaves her a receipt of each batch.
  expect((await receiptsOfAda()) - receipts).toBe(3);
});

test('a doctor takes new keys for what was approved, and opens all of it again; her old ones open nothing', async () => {
  expect((await stage.open(copyOf(hidden))).ids).toEqual([]);
  stage.clock.to('2026-11-20T09:42:00Z');
  expect(await takeDoctorKeys(stage.issuing(chen), chen, mathematicsHere)).toEqual({ kind: 'taken', keys: 1, fresh: 1 });
  expect(chen.doctorKeys[0]!.domain).toEqual(domain());
  const { ids: now, problems } = await stage.open(copyOf(chen));
  expect([now, problems]).toEqual([ids, []]);
  expect((await stage.open(copyOf(hidden))).ids).toEqual([]);
});

test('a cloud that goes on serving the old locks and keys shows her nothing by them, and the reader says what is behind', async () => {
  await stage.sql(
    'create table new_wrap as select * from wrap; create table new_key as select * from transform_key; create table new_right as select * from entitlement',
  );
  await putBack();
  const gone = files.filter(([name]) => !existsSync(join(folder(), name)));
  expect(gone).toHaveLength(1);
  const restored = () => {
    for (const [name, bytes] of gone) writeFileSync(join(folder(), name), bytes);
  };
  // Somebody who never took new keys, with a client that goes by the manifest of before: the mediator has heard.
  const cloud = stage.cloudAs(osei);
  const lying: Cloud = { ...cloud, sharing: { ...cloud.sharing, enter: async () => ({ bases: [] }) } };
  const mediator = stage.cloudletAs(osei);
  const { organisation } = osei.doctorKeys[0]!;
  restored();
  expect(await refusal(mediator.sharing.enter({ organisation, factors: [] }))).toBe('conflict');
  restored();
  const read = reader({ keyring: osei, cloud: lying, cloudletOf: () => mediator, mathematics: mathematicsHere, clock: stage.clock });
  const ref = (await read.charts()).find(({ pat }) => hex(pat) === hex(northgate.keyring.charts[0]!.pat));
  const before = await read.open(ref!);
  expect([before.records, [...new Set(before.problems.map(({ what }) => what))]]).toEqual([
    [],
    ['the key of your role for this organisation holds no more'],
  ]);
  // With the new key, as the old locks stand there still.
  const fresh = copyOf(chen);
  const cloudOfChen = stage.cloudAs(fresh);
  const served: Cloud = { ...cloudOfChen, sharing: { ...cloudOfChen.sharing, enter: async () => ({ bases: [] }) } };
  const { ids: none, problems } = await stage.open(fresh, { cloud: served });
  expect(none).toEqual([]);
  expect([...new Set(problems.map(({ what }) => what))]).toEqual([
    'a lock on a part of this chart waits until its organisation has made it anew',
  ]);
  await stage.sql('delete from wrap; insert into wrap select * from new_wrap');
  await stage.sql('delete from transform_key; insert into transform_key select * from new_key');
  await stage.sql('delete from entitlement; insert into entitlement select * from new_right');
  expect((await stage.open(copyOf(chen))).ids).toEqual(ids);
});

test('what nobody makes anew is gone at the end, and an organisation has only its own forgotten', async () => {
  const larkfield = await stage.place('larkfield');
  await stage.sql(`insert into wrap select * from kept_wrap where kind = 'policy' and node_id = (select min(node_id) from kept_wrap where kind = 'policy')
    on conflict (pat, node_id, kind, domain) do update set body = excluded.body, sealed_for = excluded.sealed_for`);
  expect((await locks()).before).toBe(1);
  const sealedFor = idOfDomain(domain());
  expect(await refusal(stage.cloudAs(larkfield.keyring).sharing.forgetRetired({ sealedFor }))).toBe('conflict');
  expect(await refusal(stage.cloudAs(northgate.keyring).sharing.forgetRetired({ sealedFor: idOfDomain(old.domain) }))).toBe('conflict');
  expect(await refusal(stage.cloudAs(ada).sharing.forgetRetired({ sealedFor }))).toBe('denied');
  expect(await stage.cloudAs(larkfield.keyring).sharing.forgetRetired({ sealedFor: idOfDomain(larkfield.keyring.writer!.domain) })).toEqual(
    { forgotten: 0 },
  );
  expect(await stage.cloudAs(northgate.keyring).sharing.forgetRetired({ sealedFor })).toEqual({ forgotten: 1 });
  expect(await renewLocks(options())).toEqual({ made: 1, forgotten: 0 });
  expect((await stage.open(copyOf(chen))).ids).toEqual(ids);
});

test('a cloud of before learns of each lock what it is sealed for', async () => {
  const before = await stage.sql('select node_id, kind, domain, sealed_for from wrap order by node_id, kind, domain');
  await stage.sql('alter table wrap drop column sealed_for');
  await stage.sql('drop index wrap_shared, consent_owner');
  await stage.sql('alter table break_glass drop column administrator_reasons, drop column reviewed, drop column reviewer');
  await stage.sql('drop table served_domain, team_member, team, shared_grant, card_receipt, device_witness, limits, denied, device_word');
  await stage.sql(`delete from kysely_migration where name >= '0011'`);
  await (await openDatabase({ url: stage.town.postgres.url(), schema: 'cloud', migrations })).destroy();
  expect(await stage.sql('select node_id, kind, domain, sealed_for from wrap order by node_id, kind, domain')).toEqual(before);
  expect(before.some(({ sealed_for }) => sealed_for !== null)).toBe(true);
});
