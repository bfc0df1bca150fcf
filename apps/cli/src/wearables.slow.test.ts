import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { connectCloudlet } from '@carelet/client/login';
import { mathematicsInThreads } from '@carelet/client/threads';
import { keyrings } from '@carelet/testbed/keyrings';
import { type Scratch, scratch } from '@carelet/testbed/scratch';
import { settle } from '@carelet/testbed/settle';
import { openTown, type Town } from '@carelet/testbed/town';
import { fitTime, madeEdf, madeFit, madeTexts } from '@carelet/wearable/formats/making.testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { main } from './carelet.ts';
import { parseTranscript, rewrite, runTranscript } from './transcript.testing.ts';

const record100 = resolve(import.meta.dirname, '../../..', process.env.CARELET_DATA ?? '../shared/data', '03-signals/wfdb/100.hea');

let folder: Scratch;
let town: Town;

beforeAll(async () => {
  folder = scratch();
  const home = join(folder.path, '.carelet');
  town = await openTown({ folder: home, durable: false });
  folder.also(town.postgres.folder);
  await using mathematics = mathematicsInThreads();
  const rings = keyrings(join(home, 'keyrings'), town.manifest, Date.now);
  const only = { organisations: ['harbour'], patients: ['ada'], doctors: ['dr-chen'] } as const;
  await settle({ town, keyrings: rings, mathematics, clock: Date.now, seed: 'town', tell: () => {}, only });
  writeFileSync(join(home, 'keyrings/README'), 'Keyrings of the demo town.\n');
});

afterAll(async () => {
  await town?.close();
  folder?.[Symbol.dispose]();
});

const carelet = (...argv: string[]) => careletWith({}, ...argv);

async function careletWith(env: Record<string, string>, ...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    cwd: folder.path,
    env,
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    ask: null,
    clock: Date.now,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

/** How many records somebody's keys open. */
async function opened(who: string): Promise<number> {
  const { out } = await carelet('records', 'list', '--as', who, '--json');
  return (JSON.parse(out.trim().split('\n').at(-1)!) as { records: number }).records;
}

test('a clinic shows a code, a patient pairs by it, and the wearable runs', async () => {
  const { code, out } = await carelet('wearable', 'code', '--as', 'harbour', '--at', 'harbour');
  expect(code).toBe(0);
  const pairing = out.trim();
  expect(pairing).toMatch(/^([0-9A-Z]{5}-)+[0-9A-Z]{1,5}$/);

  const paired = await carelet('wearable', 'pair', '--as', 'ada', '--code', pairing.toLowerCase(), '--name', 'second-watch');
  expect(paired, paired.err).toMatchObject({ code: 0 });
  expect(existsSync(join(folder.path, '.carelet/wearables/second-watch.wearable'))).toBe(true);

  const before = await opened('dr-chen');
  const ran = await carelet('wearable', 'run', '--name', 'second-watch', '--for', '1s', '--speed', '180', '--json');
  expect(ran, ran.err).toMatchObject({ code: 0 });
  const told = JSON.parse(ran.out) as Record<string, number>;
  expect(told).toMatchObject({ waiting: 0, sent: told.strips });
  expect(told.readings).toBeGreaterThan(200);
  expect(told.strips).toBeGreaterThanOrEqual(3);

  await forwarded();
  expect(await opened('dr-chen')).toBe(before + told.strips!);
});

test('a wearable sends over MQTT when told so, to the broker of its town or to one that is named', async () => {
  const { out } = await carelet('wearable', 'code', '--as', 'harbour', '--at', 'harbour');
  await carelet('wearable', 'pair', '--as', 'ada', '--code', out.trim(), '--name', 'mqtt-watch');
  const run = (over: string) =>
    carelet('wearable', 'run', '--name', 'mqtt-watch', '--for', '1s', '--speed', '60', '--json', '--over', over);
  const { mqtt } = town.addresses.cloudlets.find(({ organisation }) => organisation === 'Harbour Clinic')!;
  const ran = await run('mqtt');
  expect(ran, ran.err).toMatchObject({ code: 0 });
  const told = JSON.parse(ran.out) as Record<string, number>;
  expect(told).toMatchObject({ waiting: 0, sent: told.strips });
  const elsewhere = town.addresses.cloudlets.find(({ organisation }) => organisation !== 'Harbour Clinic')!.mqtt!;
  expect((await run(elsewhere)).err).toContain('it does not know this device');
  expect((await run('carrier-pigeon')).err).toContain('its address begins with mqtt:// or mqtts://');
  expect(JSON.parse((await run(mqtt!)).out)).toMatchObject({ waiting: 0 });
});

test('the files of a Mosquitto know every wearable by its names, and nobody’s password in clear', async () => {
  const env = {
    DATABASE_URL: town.postgres.url(),
    CARELET_SCHEMA: 'cloudlet_harbour',
    CARELET_KEYS: join(town.folder, 'keys/harbour'),
    CARELET_MQTT_BROKER: 'mqtts://harbour:a%20secret@broker.example',
  };
  const out = join(folder.path, 'mosquitto');
  const pem = ['--certificate', '/etc/broker.pem', '--key', '/etc/broker.key'];
  const written = await careletWith(env, 'cloudlet', 'mosquitto', '--out', out, ...pem);
  expect(written, written.err).toMatchObject({ code: 0 });
  const [configuration, passwords, access] = ['mosquitto.conf', 'passwords', 'access'].map((name) => readFileSync(join(out, name), 'utf8'));
  expect(configuration).toContain('listener 8883\ncertfile /etc/broker.pem\nkeyfile /etc/broker.key\n');
  const users = passwords!.trim().split('\n');
  expect(users[0]).toMatch(/^harbour:\$7\$101\$/);
  expect(users.slice(1).every((line) => /^[0-9a-f]{32}:\$7\$101\$[^$]{16}\$[^$]{88}$/.test(line))).toBe(true);
  expect(written.out).toContain(`${users.length - 1} wearables may come`);
  expect(passwords).not.toContain('secret');
  expect(access!.match(/^user /gm)!.length).toBe(users.length);
  expect(statSync(join(out, 'passwords')).mode & 0o077).toBe(0);

  const bare = await careletWith(env, 'cloudlet', 'mosquitto', '--out', out);
  expect(bare).toMatchObject({ code: 2 });
  const nobody = await careletWith({ ...env, CARELET_MQTT_BROKER: 'mqtt://broker.example' }, 'cloudlet', 'mosquitto', '--out', out);
  expect(nobody).toMatchObject({ code: 1 });
  expect(nobody.err).toContain('mqtts://user:password@broker.example:8883');
});

test('a code is for one wearable, and a mistyped one is none', async () => {
  const { out } = await carelet('wearable', 'code', '--as', 'sam', '--at', 'Harbour Clinic');
  const code = out.trim();
  expect(await carelet('wearable', 'pair', '--as', 'ada', '--code', code, '--name', 'third-watch')).toMatchObject({ code: 0 });
  const again = await carelet('wearable', 'pair', '--as', 'ada', '--code', `${code.slice(0, -2)}00`, '--name', 'fourth-watch');
  expect(again).toMatchObject({ code: 1 });
  expect(again.err).toContain('this is no pairing code');
  expect(existsSync(join(folder.path, '.carelet/wearables/fourth-watch.wearable'))).toBe(false);
});

test('who may not is told so, and a name that is taken or unknown too', async () => {
  const doctor = await carelet('wearable', 'code', '--as', 'dr-chen', '--at', 'harbour');
  expect(doctor).toMatchObject({ code: 1 });
  expect(doctor.err).toContain('an organisation or an administrator does that');
  const nowhere = await carelet('wearable', 'code', '--as', 'harbour', '--at', 'northgate');
  expect(nowhere.err).toContain('no such clinic has one; there are Harbour Clinic, Millbrook Clinic');
  const unknown = await carelet('wearable', 'run', '--name', 'nobody-watch', '--for', '1s');
  expect(unknown.err).toContain('no such wearable; there are ada-watch');
  const fast = await carelet('wearable', 'run', '--name', 'ada-watch', '--speed', '60');
  expect(fast).toMatchObject({ code: 2 });
  expect(fast.err).toContain('--speed needs --for');
});

test('its owner says what is urgent to a wearable; nobody else does, and what cannot be meant is asked about', async () => {
  const urgency = (...more: string[]) => carelet('wearable', 'urgency', '--name', 'ada-watch', ...more);
  expect((await urgency()).out).toContain('Heart rate: emergency at or below 40, at or above 131 beats/min; usual from 51 to 90 beats/min');
  const changed = await urgency('--as', 'ada', '--emergency', 'heart-rate:45-,blood-pressure:90-200/-121');
  expect(changed, changed.err).toMatchObject({ code: 0 });
  expect(changed.out).toContain('Heart rate: emergency at or below 45 beats/min; usual from 51 to 90 beats/min');
  expect(changed.out).toContain('Diastolic blood pressure: emergency at or above 121 mmHg');
  expect((await urgency()).out).toBe(changed.out);
  expect(await urgency('--alike')).toMatchObject({ code: 2 });
  expect(await urgency('--as', 'ada', '--alike', '--reset')).toMatchObject({ code: 2 });
  for (const wrong of ['heart-rat:1-2', 'heart-rate', 'heart-rate:1-2/3-4', 'blood-pressure:90-200', 'heart-rate:a-b']) {
    expect(await urgency('--as', 'ada', '--emergency', wrong), wrong).toMatchObject({ code: 2 });
  }
  expect((await urgency('--as', 'ada', '--emergency', 'heart-rate:140-40')).err).toContain('the lower limit of heart-rate is not below');
  expect((await urgency('--as', 'dr-chen', '--alike')).code).toBe(1);
  expect((await urgency('--as', 'ada', '--alike')).out).toContain('Everything is monitoring');
  expect((await urgency('--as', 'ada', '--reset')).out).toContain('at or above 131');
});

test('who is unwell is an emergency at once, and the cloud has it when the command ends', async () => {
  const ran = await carelet('wearable', 'run', '--name', 'ada-watch', '--for', '1s', '--speed', '60', '--unwell', '--json');
  expect(ran, ran.err).toMatchObject({ code: 0 });
  const told = JSON.parse(ran.out) as Record<string, number>;
  expect(told.waiting).toBe(0);
  expect(told.emergencies).toBeGreaterThanOrEqual(3);
  const client = connectCloudlet(town.cloudlets.get('harbour')!.url, null);
  expect((await client.town.state()).cloud).toBe('reachable');
  expect(told.strips).toBeGreaterThan(3);
});
// Twenty commands, each unlocking a keyring on purpose slowly.
test('a phone replays recordings of every kind (transcripts/wearables/recordings.txt)', { timeout: 120_000 }, async () => {
  const file = resolve(import.meta.dirname, 'transcripts/wearables/recordings.txt');
  mkdirSync(join(folder.path, 'recorded'));
  for (const [name, bytes] of Object.entries(madeRecordings())) writeFileSync(join(folder.path, 'recorded', name), bytes);
  const transcript = parseTranscript(readFileSync(file, 'utf8'));
  const { expected, actual } = await runTranscript(transcript, { cwd: folder.path, clock: Date.now, kept: new Map() });
  if (process.env.CARELET_TRANSCRIPTS === 'write') rewrite(file, transcript, actual);
  else expect(actual).toBe(expected);
});

/** The recordings that are not text. */
function madeRecordings(): Record<string, Uint8Array> {
  const noon = fitTime(Date.parse('2026-11-20T12:00:00Z'));
  const time = { number: 253, type: 'uint32' } as const;
  const flow = { label: 'Flow', unit: 'L/min', physical: ['0', '100'], digital: [0, 2047], records: [[0, 2047]] } as const;
  const rows = [
    [noon, 71, 1234],
    [noon + 1, 72, 1250],
  ];
  return {
    'trace.dat': new Uint8Array(Int16Array.from([995, 1000, 1010, 990]).buffer),
    'sleep.edf': madeEdf([flow], { texts: [madeTexts('+0', ['+0.5', 'Apnoea', '12'])] }),
    'ride.fit': madeFit([
      { global: 20, fields: [time, { number: 3, type: 'uint8' }, { number: 6, type: 'uint16' }], rows },
      { global: 18, fields: [time], rows: [[noon]] },
    ]),
    'entries.json.gz': gzipSync('[{"type":"sgv","sgv":104,"date":1795176000000},{"type":"sgv","sgv":5,"date":1795176300000}]'),
    'picture.png': Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 0, 1, 2),
  };
}

// A dozen commands, each unlocking a file on purpose slowly.
test('a wearable gets a further cloudlet of its clinic, calls at both, and shows what it thinks of them', {
  timeout: 120_000,
}, async () => {
  const { startCloudlet } = await import('@carelet/cloudlet/service');
  const { installedOrganisation } = await import('@carelet/cloudlet/organisation');
  const config = {
    databaseUrl: town.postgres.url(),
    host: '127.0.0.1',
    nextFree: true,
    cors: [],
    logLevel: 'silent',
    authority: town.addresses.authority,
    cloud: town.addresses.cloud,
  } as const;
  await using ward = await startCloudlet({ ...config, port: 0, schema: 'cloudlet_ward', keys: join(town.folder, 'keys/ward') });
  await ward.install((await installedOrganisation(join(town.folder, 'keys/harbour')))!);

  expect(await carelet('wearable', 'code', '--as', 'harbour')).toMatchObject({ code: 2 });
  const { out } = await carelet('wearable', 'code', '--as', 'harbour', '--cloudlet', ward.url);
  const further = ['wearable', 'pair', '--as', 'ada', '--code', out.trim(), '--cloudlet', ward.url, '--also', 'second-watch'];
  expect(await carelet(...further, '--called', 'The Ward')).toMatchObject({ code: 2 });
  expect(await carelet(...further, '--name', 'another')).toMatchObject({ code: 2 });
  const paired = await carelet(...further, '--called', 'ward');
  expect(paired, paired.err).toMatchObject({ code: 0, out: 'second-watch may hand its strips to ward as well: cloudlet-1, ward.\n' });

  const run = ['wearable', 'run', '--name', 'second-watch', '--for', '1s', '--speed', '60', '--unwell', '--spot', 'bed', '--json'];
  const ran = await carelet(...run);
  expect(ran, ran.err).toMatchObject({ code: 0 });
  expect(JSON.parse(ran.out)).toMatchObject({ waiting: 0 });
  expect(ran.err).toContain('ward is there.');
  const shown = await carelet('wearable', 'show', '--name', 'second-watch');
  expect(shown.out).toMatch(/^ward: http:\S+, there, met 1 time at bed$/m);
  expect(shown.out).toContain('0 strips waiting');
  const { forwarded, waiting } = await connectCloudlet(ward.url, null).town.state();
  expect(forwarded + waiting).toBeGreaterThan(0);

  await ward.close(100);
  const alone = await carelet(...run);
  expect(alone, alone.err).toMatchObject({ code: 0 });
  expect(alone.err).toContain('ward does not answer.');
  expect((await carelet('wearable', 'show', '--name', 'second-watch')).out).toMatch(/^ward: http:\S+, away, met 1 time at bed$/m);
  expect((await carelet(...run, '--over', 'mqtt://127.0.0.1:1')).err).toContain('has several cloudlets');
  expect(await carelet(...run.slice(0, -3), '--spot', 'My Bed')).toMatchObject({ code: 2 });
});

test('while the cloudlet is away strips wait, and go when it is back', async () => {
  const { out } = await carelet('wearable', 'code', '--as', 'harbour', '--at', 'harbour');
  // A watch that looks for its cloudlet where nobody is.
  const paired = await carelet('wearable', 'pair', '--as', 'ada', '--code', out.trim(), '--name', 'far-watch');
  expect(paired, paired.err).toMatchObject({ code: 0 });
  const cloudlet = town.cloudlets.get('harbour')!;
  await cloudlet.close(100);
  const alone = await carelet('wearable', 'run', '--name', 'far-watch', '--for', '1s', '--speed', '60', '--json');
  expect(alone, alone.err).toMatchObject({ code: 1 });
  expect(JSON.parse(alone.out)).toMatchObject({ sent: 0 });
  expect(alone.err).toContain('The cloudlet does not answer. Strips wait here, sealed');

  const { startCloudlet } = await import('@carelet/cloudlet/service');
  await using back = await startCloudlet({
    databaseUrl: town.postgres.url(),
    host: '127.0.0.1',
    port: cloudlet.port,
    nextFree: false,
    cors: [],
    logLevel: 'silent',
    schema: 'cloudlet_harbour',
    keys: join(town.folder, 'keys/harbour'),
    authority: town.addresses.authority,
    cloud: town.addresses.cloud,
  });
  expect(back.port).toBe(cloudlet.port);
  const waited = (JSON.parse(alone.out) as { waiting: number }).waiting;
  const later = await carelet('wearable', 'run', '--name', 'far-watch', '--for', '1s', '--speed', '60', '--json');
  expect(later, later.err).toMatchObject({ code: 0 });
  const told = JSON.parse(later.out) as Record<string, number>;
  expect(told).toMatchObject({ waiting: 0, sent: waited + told.strips! });

  await replayed();
});

/** In this town, whose cloudlet is back for so long. */
async function replayed(): Promise<void> {
  mkdirSync(join(folder.path, 'files'));
  const lines = Array.from({ length: 120 }, (_, i) => `${new Date(Date.now() - (120 - i) * 60_000).toISOString()},${70 + (i % 9)}`);
  writeFileSync(join(folder.path, 'files/pulse.csv'), `time,heart rate (bpm)\n${lines.join('\n')}\nnonsense,nonsense\n`);
  const csv = await carelet('wearable', 'replay', 'files/pulse.csv', '--name', 'far-watch', '--json');
  expect(csv, csv.err).toMatchObject({ code: 0 });
  expect(JSON.parse(csv.out)).toMatchObject({ format: 'CSV', readings: 120, waiting: 0, leftOut: 1 });
  const missing = await carelet('wearable', 'replay', 'files/none.hea', '--name', 'far-watch');
  expect(missing).toMatchObject({ code: 1 });
  if (!existsSync(record100)) return console.log('Record 100 of MIT-BIH is not here: it is not replayed.');
  const trace = await carelet('wearable', 'replay', record100, '--name', 'far-watch', '--seconds', '60', '--json');
  expect(trace, trace.err).toMatchObject({ code: 0 });
  expect(JSON.parse(trace.out)).toMatchObject({ readings: 6, strips: 2, waiting: 0 });
}

async function forwarded(): Promise<void> {
  for (let waited = 0; waited < 10_000; waited += 50) {
    const answer = await fetch(`${town.cloudlets.get('harbour')!.url}/v1/town/state`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    if (((await answer.json()) as { waiting: number }).waiting === 0) return;
    await new Promise((done) => setTimeout(done, 50));
  }
}
