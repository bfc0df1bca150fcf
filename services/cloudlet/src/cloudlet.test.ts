/**
 * A cloudlet by itself: its own keys and epochs, and what it says before a clinic is installed and to strangers.
 * What needs a cloud, a patient or a watch is told in the testbed.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, encodeBody, serve } from '@carelet/care/wire';
import { authorityContract } from '@carelet/care/wire/contract/authority';
import { introducing } from '@carelet/care/wire/introduce';
import { hex } from '@carelet/crypto/algebra/bytes';
import { systemRandom } from '@carelet/crypto/algebra/random';
import { signingKey } from '@carelet/crypto/algebra/sign';
import { type CardKind, encodeCard, vouch } from '@carelet/crypto/cards/card';
import { encodeManifest, signManifest } from '@carelet/crypto/cards/manifest';
import { newCard } from '@carelet/crypto/cards/owner';
import { signRequest } from '@carelet/crypto/login/request';
import { begin, newDevice } from '@carelet/crypto/session/device';
import { parsePairingCode } from '@carelet/crypto/session/pairing';
import { openDatabase } from '@carelet/ground/database';
import { type Listening, listen } from '@carelet/ground/http';
import { logger } from '@carelet/ground/log';
import { metrics } from '@carelet/ground/metrics';
import { freshDatabase, type TestDatabase } from '@carelet/ground/test-database';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CloudletRole, cloudletContract } from './cloudlet.ts';
import { type CloudletTables, migrations } from './schema.ts';
import { type RunningCloudlet, startCloudlet } from './service.ts';

const issuers = [0, 1, 2].map((issuer) => ({ issuer, ...signingKey() }));
const manifest = encodeManifest(
  signManifest({ town: 'a town', serial: 1, issuers: issuers.map((key) => key.public), domains: [] }, issuers.slice(0, 2)),
);

let database: TestDatabase;
let folder: string;
let authority: Listening;
let cloudlet: RunningCloudlet;
let now = Date.parse('2026-11-20T09:41:00Z');

const configOf = (keys: string, schema = 'cloudlet') => ({
  databaseUrl: database.url,
  schema,
  host: '127.0.0.1',
  port: 0,
  nextFree: false,
  cors: [],
  logLevel: 'silent' as const,
  keys,
  authority: authority.url,
  cloud: 'http://127.0.0.1:9',
  clock: () => now,
});
const start = (keys: string) => startCloudlet(configOf(keys));

beforeAll(async () => {
  database = await freshDatabase();
  folder = mkdtempSync(join(tmpdir(), 'carelet-cloudlet-'));
  const role = { town: { manifest: async () => ({ manifest }) } } as never;
  const handler = serve(authorityContract, { role: () => role, identify: async () => null });
  const log = logger('authority', { level: 'silent' });
  authority = await listen({ name: 'authority', handlers: [handler], port: 0, log, metrics: metrics('authority') });
  cloudlet = await start(folder);
}, 60_000);

afterAll(async () => {
  await cloudlet?.close();
  await authority?.close();
  rmSync(folder, { recursive: true, force: true });
  await database?.[Symbol.asyncDispose]();
});

type Where = 'in this process' | 'across HTTP';
const where = (place: Where) => (place === 'across HTTP' ? { url: cloudlet.url } : { fetch: cloudlet.fetch });

function person(kind: CardKind, place: Where): CloudletRole {
  const { card: plain, secrets } = newCard(kind, now / 1000 + 86_400);
  const card = issuers.slice(0, 2).reduce((one, { issuer, secret }) => vouch(one, issuer, secret), plain);
  const role = connect(cloudletContract, {
    ...where(place),
    clock: () => now,
    authorize: async ({ op, body, skew }) =>
      signRequest({ id: card.id, edSk: secrets.edSk }, { audience: 'cloudlet', op, body }, Math.floor((now + skew) / 1000)),
  });
  return introducing(role, () => role.login.present({ card: encodeCard(card), with: [] }));
}

const clinic = () => {
  const { card, secrets } = newCard('organisation', now / 1000 + 86_400);
  return { card, edSk: secrets.edSk, orgKey: systemRandom(32), domain: systemRandom(100), pq: systemRandom(32), emergency: null };
};

describe.each<Where>(['in this process', 'across HTTP'])('a cloudlet %s', (place) => {
  test('says that it is there, and what waits in it', async () => {
    const { devices: _, ...state } = await connect(cloudletContract, where(place)).town.state();
    expect(state).toEqual({
      waiting: 0,
      forwarded: 0,
      cloud: 'unknown',
      lastForward: null,
      waitingSince: null,
      outages: 0,
      outageSince: null,
      unkept: 0,
    });
  });

  test('answers everything it cannot open alike', async () => {
    const ask = async (op: 'frame' | 'init', bytes: Uint8Array) => {
      const body = encodeBody('cbor', { [op]: bytes });
      const headers = { 'content-type': 'application/cbor' };
      const url = `${place === 'across HTTP' ? cloudlet.url : 'http://cloudlet'}/v1/sessions/${op}`;
      const request = new Request(url, { method: 'POST', headers, body });
      const response = await (place === 'across HTTP' ? fetch(request) : cloudlet.fetch(request));
      return `${response.status} ${await response.text()}`;
    };
    const answers = new Set<string>();
    for (const length of [0, 1, 4, 20, 64, 240, 4000]) {
      answers.add(await ask('frame', systemRandom(length)));
      answers.add(await ask('init', systemRandom(length)));
      answers.add(await ask('frame', new Uint8Array(length).fill(0x44)));
    }
    expect(answers.size).toBe(1);
  });

  test('pairs for administrators and its clinic only', async () => {
    await cloudlet.install(clinic());
    for (const kind of ['patient', 'doctor', 'organisation'] as const) {
      await expect(person(kind, place).sessions.pair()).rejects.toMatchObject({ kind: 'denied' });
    }
    const { code, device } = await person('administrator', place).sessions.pair();
    expect(hex(parsePairingCode(code)!.device)).toBe(hex(device));
    expect(parsePairingCode(code)!.expires).toBe(now / 1000 + 600);
  });

  test('lets nobody adopt a device without the code, nor whoever is no patient', async () => {
    await cloudlet.install(clinic());
    const { device } = await person('administrator', place).sessions.pair();
    const { card } = newCard('device', now / 1000 + 86_400);
    const attempt = { device, proof: systemRandom(32), deviceCard: encodeCard(card) };
    await expect(person('patient', place).sessions.adopt(attempt)).rejects.toMatchObject({ kind: 'denied' });
    await expect(person('patient', place).sessions.adopt({ ...attempt, device: systemRandom(16) })).rejects.toMatchObject({
      kind: 'denied',
    });
    await expect(person('doctor', place).sessions.adopt(attempt)).rejects.toMatchObject({ kind: 'denied' });
  });

  test('gives labels to nobody for a chart that is not theirs', async () => {
    const nodes = [{ part: 'MI' as const, category: ['vital-signs', 'N', 'none'] as [string, string, string], period: '2026-11-20' }];
    await expect(person('patient', place).sharing.labels({ pat: systemRandom(16), nodes })).rejects.toMatchObject({ kind: 'denied' });
  });
});

test('without a clinic it pairs nobody, and says why', async () => {
  const empty = mkdtempSync(join(tmpdir(), 'carelet-cloudlet-'));
  await using other = await startCloudlet(configOf(empty, 'empty'));
  const { card, secrets } = newCard('administrator', now / 1000 + 86_400);
  const vouched = issuers.slice(0, 2).reduce((one, { issuer, secret }) => vouch(one, issuer, secret), card);
  const role = connect(cloudletContract, {
    fetch: other.fetch,
    clock: () => now,
    authorize: async ({ op, body }) => signRequest({ id: card.id, edSk: secrets.edSk }, { audience: 'cloudlet', op, body }, now / 1000),
  });
  await role.login.present({ card: encodeCard(vouched), with: [] });
  await expect(role.sessions.pair()).rejects.toMatchObject({ kind: 'unavailable', because: 'no organisation is installed here yet' });
  rmSync(empty, { recursive: true, force: true });
});

describe('a cloudlet’s epochs', () => {
  const role = () => connect(cloudletContract, { fetch: cloudlet.fetch });
  const announcement = async () => hex((await role().sessions.announcement()).announcement);
  const kept = async () => {
    await using db = await openDatabase<CloudletTables>({ url: database.url, schema: 'cloudlet', migrations });
    return await db.selectFrom('epoch').select('until').execute();
  };

  test('last a day, follow each other by halves, and are erased when they are over', async () => {
    const first = await announcement();
    expect(await announcement()).toBe(first);
    now += 11 * 3_600_000;
    expect(await announcement()).toBe(first);
    now += 2 * 3_600_000;
    const second = await announcement();
    expect(second).not.toBe(first);
    expect((await kept()).length).toBe(2);
    now += 12 * 3_600_000;
    await announcement();
    for (const { until } of await kept()) expect(until).toBeGreaterThan(now / 1000);
  });

  test('made while its clock was a day ahead are not announced once it is right again', async () => {
    now += 86_400_000;
    await announcement();
    now -= 86_400_000;
    const { staticPublicKey, announcement: told } = await role().sessions.announcement();
    await cloudlet.install(clinic());
    const { code } = await person('administrator', 'in this process').sessions.pair();
    const device = newDevice(parsePairingCode(code)!);
    expect(begin(device, staticPublicKey, told, { now: now / 1000, trusted: true })).not.toBeNull();
  });

  test('and its own keys survive a restart; with another key file it does not speak for itself', async () => {
    const { staticPublicKey } = await role().sessions.announcement();
    await using again = await start(folder);
    const same = await connect(cloudletContract, { url: again.url }).sessions.announcement();
    expect(hex(same.staticPublicKey)).toBe(hex(staticPublicKey));
    const thief = mkdtempSync(join(tmpdir(), 'carelet-cloudlet-'));
    await using stolen = await start(thief);
    await expect(connect(cloudletContract, { url: stolen.url }).sessions.announcement()).rejects.toMatchObject({ kind: 'cannot-open' });
    rmSync(thief, { recursive: true, force: true });
  });
});

test('a pairing that nobody used in time is forgotten', async () => {
  await cloudlet.install(clinic());
  const administrator = person('administrator', 'in this process');
  const { device } = await administrator.sessions.pair();
  const offered = async () => (await person('administrator', 'in this process').devices.list()).devices;
  const fresh = { state: 'offered', lastSeen: null, waitsHere: 0, urgency: null };
  expect(await offered()).toContainEqual(expect.objectContaining({ device: hex(device), ...fresh }));
  now += 601_000;
  expect(await offered()).toEqual([]);
  const later = await person('administrator', 'in this process').sessions.pair();
  expect(await offered()).toMatchObject([{ device: hex(later.device), state: 'offered' }]);
  // Offered is not paired.
  expect((await administrator.town.state()).devices).toBe(0);
});
