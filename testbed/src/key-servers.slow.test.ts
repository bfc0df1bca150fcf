/**
 * Sharing where no clinic mediates: three key servers are the other party, and two of them must agree each time. Taken back at the
 * cloud or at two of them, nothing opens.
 */
import { CareletError } from '@carelet/care/model';
import { type Consent, usualConsent } from '@carelet/care/rules/sharing/consent';
import { ownerKeyOf } from '@carelet/client/kdc/letter';
import { type KeyServers, nodeKeys } from '@carelet/client/kdc/servers';
import { shareThroughServers } from '@carelet/client/kdc/share';
import { decodeKeyring, encodeKeyring, type GivenGrant, type Keyring } from '@carelet/client/keyring/keyring';
import { mathematicsHere } from '@carelet/client/mathematics';
import { noPromise } from '@carelet/client/receipts/watch';
import { carerCode, findCarer } from '@carelet/client/sharing/carer';
import { deny } from '@carelet/client/sharing/deny';
import { recallGrants, together } from '@carelet/client/sharing/remembered';
import { renewConsents } from '@carelet/client/sharing/renew';
import { finishEnding, type SharingOptions, unshare, whoReads } from '@carelet/client/sharing/share';
import { type Bytes, equalPublic, hex } from '@carelet/crypto/algebra/bytes';
import { encodeCard } from '@carelet/crypto/cards/card';
import { placeOf, readGrant, signGrant } from '@carelet/crypto/kdc/grant';
import { open } from '@carelet/crypto/kdc/reader';
import { wrapContext } from '@carelet/crypto/records/wrap';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hivTest, openStage, type Place, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let northgate: Place;
let ada: Keyring;
let readers = 0;

beforeAll(async () => {
  stage = await openStage();
  northgate = await stage.place('northgate');
  await stage.take(northgate, [
    patient('p-ada'),
    pulse('p-ada', 'today', '2026-11-20T08:00:00Z'),
    pulse('p-ada', 'october', '2026-10-03T08:00:00Z'),
    pulse('p-ada', 'long-ago', '2014-05-01'),
    pulse('p-ada', 'undated', undefined),
    result('p-ada', 'blood', '2026-11-18'),
    result('p-ada', 'hiv', '2026-11-18', hivTest),
  ]);
  ada = stage.patient('Ada');
  await stage.link(northgate, northgate.keyring.charts[0]!, ada);
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

const around = (keyring: Keyring = ada, keyServers: KeyServers = stage.keyServersFor(keyring)): SharingOptions => ({
  keyring,
  save: async () => {},
  cloud: stage.cloudAs(keyring),
  mathematics: mathematicsHere,
  // No clinic's box mediates here.
  cloudletOf: () => null,
  keyServers,
  clock: stage.clock,
});

/** A doctor whom two issuers vouch for, whose role opens nothing here. */
async function colleague(): Promise<Keyring> {
  readers++;
  return stage.doctor(`Dr Novak ${readers}`, { at: await stage.place('harbour'), parts: ['MI'], kinds: ['immunizations'] });
}

/** Somebody who cares for her, and has a patient's card. */
async function somebody(): Promise<Keyring> {
  readers++;
  const keyring = stage.patient(`Ruth ${readers}`);
  await carerCode(around(keyring));
  return keyring;
}

const vitals: Consent = { ...usualConsent, kinds: ['vital-signs'], from: 'beginning', until: '2026-12-20' };

async function shareWith(reader: Keyring, consent = vitals, options = around()): Promise<GivenGrant> {
  const [given] = await shareThroughServers(options, {
    ...{ reader: reader.card.id, readerName: reader.title, consent },
    as: reader.card.kind === 'doctor' ? 'doctor' : 'carer',
  });
  return given!;
}

/** What opens to somebody who remembers nothing. */
async function fresh(who: Keyring) {
  who.opened = {};
  const { ids, problems } = await stage.open(who);
  return { ids, problems: [...new Set(problems.map(({ what }) => what))] };
}

const away = () => Promise.reject(new CareletError('unavailable', 'ask the key servers', { because: 'the line is down' }));

/** The servers, of which some do something else than they should. */
const but = (who: Keyring, other: (server: number, said: () => Promise<unknown>) => Promise<unknown>): KeyServers => {
  const whole = stage.keyServersFor(who);
  return { ...whole, say: ((server: number, said: never) => other(server, () => whole.say(server, said))) as KeyServers['say'] };
};
const without = (who: Keyring, ...some: number[]) => but(who, (server, say) => (some.includes(server) ? away() : say()));

describe('what a patient shares through the key servers', () => {
  let chen: Keyring;
  let given: GivenGrant;
  beforeAll(async () => {
    chen = await colleague();
    expect(ada.manifest.keyServers).toBeUndefined();
    expect((await stage.open(chen)).charts).toEqual([]);
    given = await shareWith(chen);
  });

  test('has the town make them the first time, and the manifest name them', async () => {
    expect(ada.manifest.keyServers).toBeInstanceOf(Uint8Array);
    const serial = ada.manifest.serial;
    await stage.authorityAs(ada).kdc.found();
    await stage.keyServersFor(ada).found();
    expect(ada.manifest.serial).toBe(serial);
    expect(await refusal(stage.authorityAs(null).kdc.found())).toBe('denied');
  });

  test('opens to her, old and new, and nothing beside it', async () => {
    const { ids, problems } = await stage.open(chen);
    expect(ids).toEqual(['long-ago', 'october', 'today', 'undated']);
    expect(problems).toEqual([]);
  });

  test('opens again from what she opened, and asks nobody', async () => {
    const answered = await countAnswered();
    expect((await stage.open(chen, { keyServers: without(chen, 1, 2, 3) })).ids).toEqual(['long-ago', 'october', 'today', 'undated']);
    expect(await countAnswered()).toBe(answered);
    expect(answered).toBeGreaterThan(0);
  });

  test('opens to no other doctor, by the cloud as little as by the servers', async () => {
    const osei = await colleague();
    expect((await stage.open(osei)).charts).toEqual([]);
    const cloud = stage.cloudAs(osei);
    expect(await cloud.kdc.grants()).toEqual({ grants: [] });
    expect(await cloud.kdc.nodes({ pat: given.pat })).toEqual({ nodes: [] });
    const [node] = (await stage.cloudAs(chen).kdc.nodes({ pat: given.pat })).nodes;
    const nodes = [node!.nodeId];
    expect(await refusal(cloud.kdc.hand({ pat: given.pat, grant: given.grant, nodes }))).toBe('denied');
    const asked = { owner: ada.card.id, pat: given.pat, grant: given.grant };
    const theirs = { keyServers: stage.keyServersFor(osei), keyring: osei, mathematics: mathematicsHere };
    expect(await refusal(nodeKeys(theirs, asked, nodes))).toBe('denied');
  });

  test('what a hospital writes afterwards waits for the patient’s client, and opens then', async () => {
    await stage.take(northgate, [pulse('p-ada', 'later', '2026-11-21T09:00:00Z'), result('p-ada', 'sugar', '2026-11-20')]);
    expect((await stage.open(chen)).ids).toEqual(['long-ago', 'october', 'today', 'undated']);
    stage.clock.to('2026-11-23T09:00:00Z');
    expect(await renewConsents(around())).toMatchObject({ wraps: 1, left: 0 });
    expect((await stage.open(chen)).ids).toEqual(['later', 'long-ago', 'october', 'today', 'undated']);
    expect(await renewConsents(around())).toMatchObject({ wraps: 0 });
  });

  test('opens with one server away, and with one that lies, which is named', async () => {
    for (const gone of [1, 2, 3]) {
      expect(await openWith(chen, without(chen, gone))).toEqual({ ids: ['later', 'long-ago', 'october', 'today', 'undated'], what: [] });
    }
    const lying = but(chen, async (server, say) => {
      const answered = (await say()) as { kind: string; parts: Bytes[] };
      return server === 2 ? { ...answered, parts: answered.parts.toReversed() } : answered;
    });
    const { ids, what } = await openWith(chen, lying);
    expect(ids.length).toBe(5);
    expect(what).toEqual(['key server 2 answered falsely; what opens, opens by the two others']);
  });

  test('opens not with two away, and says that it waits', async () => {
    expect(await openWith(chen, without(chen, 1, 3))).toEqual({
      ids: [],
      what: ['what this patient’s consent opens waits: cloud or key servers cannot be reached'],
    });
  });

  test('is remembered by the patient, also in her keyring’s file', () => {
    expect(whoReads(ada, stage.clock() / 1000)).toMatchObject([{ doctorName: chen.title, grant: given.grant }]);
    expect(decodeKeyring(encodeKeyring(ada)).sharing).toEqual(ada.sharing);
  });

  test('opens to cloud and two servers together nothing: they lack what the patient sealed to her reader', async () => {
    const [row] = await lockRows(given);
    const { keys } = await nodeKeys({ keyServers: stage.keyServersFor(ada), keyring: ada, mathematics: mathematicsHere }, nameOf(given), [
      row!.node_id,
    ]);
    const openWithKey = (owner: Bytes) =>
      open({ node: keys[0]!, owner }, placeOf(nameOf(given), row!.node_id), contextOf(given, row!), row!.body);
    expect(openWithKey(ownerKeyOf(ada, given))).not.toBeNull();
    expect(openWithKey(new Uint8Array(32))).toBeNull();
    expect(openWithKey(ownerKeyOf(ada, { ...given, grant: given.pat }))).toBeNull();
  });

  test('tells neither cloud nor authority what it is about', async () => {
    const rows = await stage.sql<{ row: string }>('select row_to_json(t)::text as row from shared_grant t');
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) {
      const text = row.replaceAll(/\\\\x([0-9a-f]*)/g, (_, bytes: string) => Buffer.from(bytes, 'hex').toString('latin1'));
      for (const word of ['vital-signs', '2026-1', 'Novak', 'Marlow', 'Consent']) expect(text).not.toContain(word);
    }
  });

  test('taken back, opens nothing at once, old or new; what is written then is of a new generation', async () => {
    const generations = () => Math.max(...Object.values(northgate.keyring.charts[0]!.trees).map(({ gen }) => gen));
    const before = generations();
    expect(await unshare(around(), given.grant)).toEqual({ cloud: true, mediator: true });
    expect((await stage.open(chen)).charts).toEqual([]);
    expect(await lockRows(given)).toEqual([]);
    expect(whoReads(ada, stage.clock() / 1000)).toEqual([]);
    await stage.take(northgate, [pulse('p-ada', 'after', '2026-11-23T09:30:00Z')]);
    expect(generations()).toBe(before + 1);
  });
});

const nameOf = ({ grant, pat }: GivenGrant) => ({ grant, pat, owner: ada.card.id });

type LockRow = { node_id: Bytes; part: string; gen: number; body: Bytes };
const lockRows = ({ grant }: GivenGrant) => stage.sql<LockRow>(`select * from wrap where kind = 'shared' and domain = $1`, [grant]);
const contextOf = ({ pat }: GivenGrant, { node_id: nodeId, part, gen }: LockRow) => wrapContext({ nodeId, pat, part, gen, kind: 'shared' });

const countAnswered = async (): Promise<number> =>
  Number((await stage.sql<{ n: string }>('select count(*) as n from issuer_board.answered'))[0]!.n);

/** What opens to somebody who remembers nothing, by these servers. */
async function openWith(who: Keyring, keyServers: KeyServers) {
  who.opened = {};
  const { ids, problems } = await stage.open(who, { keyServers });
  return { ids, what: [...new Set(problems.map(({ what }) => what))] };
}

describe('with the cloud’s word alone, or two servers’, nothing opens', () => {
  test('only the cloud heard of it: it hands out no lock, and the servers are told the next time', async () => {
    const reader = await somebody();
    const given = await shareWith(reader);
    expect((await fresh(reader)).ids.length).toBeGreaterThan(4);
    expect(await unshare(around(ada, without(ada, 1, 2, 3)), given.grant)).toEqual({ cloud: true, mediator: false });
    expect(await fresh(reader)).toEqual({ ids: [], problems: [] });
    expect(await finishEnding(around())).toBe(0);
    expect(ada.sharing.grants.at(-1)).toMatchObject({ holds: { cloud: false, mediator: false }, servers: [false, false, false] });
  });

  test.each([
    [1, 2],
    [2, 3],
    [1, 3],
  ])('only servers %i and %i heard of it: the third makes no key, whatever the cloud hands out', async (...told) => {
    const reader = await somebody();
    const given = await shareWith(reader);
    const whole = around();
    const third = [1, 2, 3].find((server) => !told.includes(server))!;
    const cloud = { ...whole.cloud, kdc: { ...whole.cloud.kdc, end: away } };
    expect(await unshare({ ...whole, cloud, keyServers: without(ada, third) }, given.grant)).toEqual({ cloud: false, mediator: true });
    expect(whoReads(ada, stage.clock() / 1000)).toEqual([]);
    expect((await lockRows(given)).length).toBeGreaterThan(0);
    expect(await fresh(reader)).toEqual({ ids: [], problems: ['the consent of this chart’s owner holds no more'] });
    expect(await finishEnding(around())).toBe(0);
    expect(await lockRows(given)).toEqual([]);
  });

  test('one server’s word is not enough, and whoever took it back is not told that it is over', async () => {
    const reader = await somebody();
    const given = await shareWith(reader);
    const whole = around();
    const cloud = { ...whole.cloud, kdc: { ...whole.cloud.kdc, end: away } };
    expect(await refusal(unshare({ ...whole, cloud, keyServers: without(ada, 1, 2) }, given.grant))).toBe('unavailable');
    expect(whoReads(ada, stage.clock() / 1000)).toContainEqual(expect.objectContaining({ grant: given.grant }));
    expect((await fresh(reader)).ids.length).toBeGreaterThan(4);
    await unshare(whole, given.grant);
  });
});

test('a cloud that kept the locks, or was restored from a backup, opens nothing with the reader after the end', async () => {
  const reader = await somebody();
  const given = await shareWith(reader);
  await stage.sql('create table kept_wrap as select * from wrap');
  await stage.sql('create table kept_grant as select * from shared_grant');
  await unshare(around(), given.grant);
  await stage.sql('delete from shared_grant');
  await stage.sql('insert into shared_grant select * from kept_grant');
  await stage.sql(`insert into wrap select * from kept_wrap where kind = 'shared'`);
  expect(await fresh(reader)).toEqual({ ids: [], problems: ['the consent of this chart’s owner holds no more'] });
  await stage.sql(`delete from wrap where kind = 'shared'`);
  await stage.sql('drop table kept_wrap, kept_grant');
});

test('who was let read once, and names the nodes in a grant of her own chart, gets other keys', async () => {
  const mallory = stage.patient('Mallory');
  await stage.take(northgate, [patient('p-mal', 'Vey', 'Mallory'), pulse('p-mal', 'own', '2026-11-20T08:00:00Z')]);
  const chart = northgate.keyring.charts.at(-1)!;
  await stage.link(northgate, chart, mallory);
  const code = await carerCode(around(mallory));
  const found = await findCarer({ keyring: ada, cloud: stage.cloudAs(ada), now: stage.clock() / 1000 }, code);
  const [given] = await shareThroughServers(around(), { reader: found.id, readerName: 'Mallory', as: 'carer', consent: vitals });
  expect((await stage.open(mallory, { pat: given!.pat })).ids).toContain('today');
  const rows = await lockRows(given!);
  // She keeps the locks and K_owner; then it is over.
  const ownerKey = ownerKeyOf(ada, given!);
  await unshare(around(), given!.grant);
  const own = { grant: given!.grant, pat: chart.pat, owner: mallory.card.id };
  const signed = (grant: typeof own) =>
    signGrant(mallory.secrets.edSk, {
      ...grant,
      reader: ada.card.id,
      issued: stage.clock() / 1000 - 9,
      notAfter: stage.clock() / 1000 + 9,
      letterHash: new Uint8Array(32),
    });
  const [ref] = (await stage.cloudAs(mallory).records.charts()).charts;
  const nodes = rows.map(({ node_id }) => node_id);
  const lay = { kind: 'lay', writer: encodeCard(northgate.keyring.card), deed: ref!.deed, nodes } as const;
  const keyServers = stage.keyServersFor(mallory);
  expect(await refusal(keyServers.say(1, { ...lay, grant: signed({ ...own, pat: given!.pat }) }))).toBe('denied');
  for (const server of [1, 2]) await keyServers.say(server, { ...lay, grant: signed(own) });
  const { keys } = await nodeKeys({ keyServers, keyring: mallory, mathematics: mathematicsHere }, own, nodes);
  for (const [i, row] of rows.entries()) {
    for (const place of [placeOf(own, row.node_id), placeOf(nameOf(given!), row.node_id)]) {
      expect(open({ node: keys[i]!, owner: ownerKey }, place, contextOf(given!, row), row.body)).toBeNull();
    }
  }
});

test('of a window, only what lies inside it opens; what is sensitive only where it is named', async () => {
  const reader = await somebody();
  await shareWith(reader, { ...vitals, from: '2026-11-01' });
  expect((await fresh(reader)).ids).toEqual(['after', 'later', 'today', 'undated']);
  const other = await somebody();
  await shareWith(other, { ...vitals, kinds: ['laboratory'] });
  expect((await fresh(other)).ids).toEqual(['blood', 'sugar']);
  await shareWith(other, { ...vitals, kinds: ['laboratory'], sensitivity: ['none', 'HIV'] });
  expect((await fresh(other)).ids).toEqual(['blood', 'hiv', 'sugar']);
});

test('a grant ends with its last day, by the clocks of cloud and servers', async () => {
  const reader = await somebody();
  const given = await shareWith(reader, { ...vitals, until: '2026-11-25' });
  const [row] = await lockRows(given);
  const before = new Date(stage.clock()).toISOString();
  stage.clock.to('2026-11-26T00:00:01Z');
  expect(await fresh(reader)).toEqual({ ids: [], problems: [] });
  const theirs = { keyServers: stage.keyServersFor(reader), keyring: reader, mathematics: mathematicsHere };
  expect(await refusal(nodeKeys(theirs, nameOf(given), [row!.node_id]))).toBe('denied');
  stage.clock.to(before);
});

test('a server that was away when something was shared is told with the next renewal', async () => {
  const reader = await somebody();
  await shareWith(reader, vitals, around(ada, without(ada, 3)));
  expect((await openWith(reader, without(reader, 1))).ids).toEqual([]);
  await renewConsents(around());
  expect((await openWith(reader, without(reader, 1))).ids.length).toBeGreaterThan(4);
});

test('a server that never heard of a grant takes its end from her whose chart it is, and the grant not any more', async () => {
  const reader = await somebody();
  const given = await shareWith(reader, vitals, around(ada, without(ada, 3)));
  const bodies = (await stage.cloudAs(ada).kdc.grants()).grants.map(({ grant }) => grant);
  const body = bodies.find((bytes) => equalPublic(readGrant(bytes, ada.card)!.grant, given.grant))!;
  const [chart] = (await stage.cloudAs(ada).records.charts()).charts.filter(({ pat }) => equalPublic(pat, given.pat));
  expect(await unshare(around(), given.grant)).toEqual({ cloud: true, mediator: true });
  expect(ada.sharing.grants.find(({ grant }) => equalPublic(grant, given.grant))!.servers).toEqual([false, false, false]);
  const writer = encodeCard(northgate.keyring.card);
  const late = { kind: 'lay', grant: body, writer, deed: chart!.deed, nodes: [] } as const;
  for (const server of [1, 2, 3]) expect(await refusal(stage.keyServersFor(ada).say(server, late))).toBe('conflict');
});

test('with two servers away nothing is shared, and nothing holds', async () => {
  const reader = await somebody();
  expect(await refusal(shareWith(reader, vitals, around(ada, without(ada, 1, 3))))).toBe('unavailable');
  expect((await fresh(reader)).ids).toEqual([]);
  expect(whoReads(ada, stage.clock() / 1000).some(({ doctorName }) => doctorName === reader.title)).toBe(false);
});

test('another copy of the keyring learns what was shared, and what was taken back stays so', async () => {
  const copy = decodeKeyring(encodeKeyring(ada));
  const reader = await somebody();
  const given = await shareWith(reader);
  const now = () => Math.floor(stage.clock() / 1000);
  await recallGrants({ keyring: copy, cloud: stage.cloudAs(copy), now });
  const there = () => whoReads(copy, now()).some(({ grant }) => hex(grant) === hex(given.grant));
  expect(there()).toBe(true);
  expect(await unshare(around(copy), given.grant)).toEqual({ cloud: true, mediator: true });
  expect((await fresh(reader)).ids).toEqual([]);
  ada.sharing = together(ada.sharing, copy.sharing);
  expect(ada.sharing.grants.find(({ grant }) => hex(grant) === hex(given.grant))).toMatchObject({
    holds: { cloud: false, mediator: false },
    servers: [false, false, false],
  });
});

test('whoever opens through the servers is told of a cloud that does not promise to write that down', async () => {
  const reader = await somebody();
  await shareWith(reader);
  const cloud = stage.cloudAs(reader);
  const hand: typeof cloud.kdc.hand = async (asked) => ({ ...(await cloud.kdc.hand(asked)), promise: undefined });
  const told = await stage.open({ ...reader, opened: {} }, { cloud: { ...cloud, kdc: { ...cloud.kdc, hand } } });
  expect(told.problems.map(({ what }) => what)).toContain(noPromise);
  expect((await fresh(reader)).problems).toEqual([]);
});

test('a grant is nobody’s but the patient’s to make and to end', async () => {
  const ivy = stage.patient('Ivy');
  const reader = await somebody();
  const given = await shareWith(reader);
  expect(await refusal(shareWith(reader, vitals, around(ivy)))).toBe('missing');
  expect(await refusal(shareWith(ada))).toBe('invalid');
  expect(await refusal(stage.cloudAs(ivy).kdc.end({ pat: given.pat, grant: given.grant, end: new Uint8Array(64) }))).toBe('denied');
  const end = { kind: 'end', grant: given.grant, pat: given.pat, end: new Uint8Array(64) } as const;
  for (const server of [1, 2, 3]) expect(await refusal(stage.keyServersFor(ivy).say(server, end))).toBe('denied');
  expect((await fresh(reader)).ids.length).toBeGreaterThan(4);
});

test('with a doctor whom she denies nothing is shared; denied, she gets no key of any two servers, which the cloud’s word alone would give her', async () => {
  const denied = await colleague();
  const given = await shareWith(denied);
  const nodes = (await lockRows(given)).map(({ node_id }) => node_id);
  const asks = () =>
    refusal(nodeKeys({ keyServers: stage.keyServersFor(denied), keyring: denied, mathematics: mathematicsHere }, nameOf(given), nodes));
  expect(await asks()).toBe('ok');
  // Another copy of her keyring gave it, which she learns from the cloud.
  const forgetful = {
    ...ada,
    sharing: { ...ada.sharing, grants: ada.sharing.grants.filter(({ grant }) => hex(grant) !== hex(given.grant)) },
  };
  expect(await deny(around(forgetful), denied.card.id)).toEqual({ charts: 1, grants: 1, left: 0 });
  expect(await asks()).toBe('denied');
  const grants = async () => (await stage.sql('select 1 from shared_grant')).length;
  const before = await grants();
  expect(await refusal(shareWith(denied))).toBe('conflict');
  expect(await grants()).toBe(before);
  expect(ada.sharing.grants.filter(({ doctor }) => hex(doctor) === hex(denied.card.id))).toHaveLength(1);
});

test('denied while the servers were away, she is refused by them once they hear of it', async () => {
  const denied = await colleague();
  const given = await shareWith(denied);
  const nodes = (await lockRows(given)).map(({ node_id }) => node_id);
  const asks = () =>
    refusal(nodeKeys({ keyServers: stage.keyServersFor(denied), keyring: denied, mathematics: mathematicsHere }, nameOf(given), nodes));
  expect(await deny(around(ada, without(ada, 1, 2, 3)), denied.card.id)).toEqual({ charts: 1, grants: 1, left: 1 });
  expect(await asks()).toBe('ok');
  expect(await deny(around(), denied.card.id)).toEqual({ charts: 0, grants: 1, left: 0 });
  expect(await asks()).toBe('denied');
});
