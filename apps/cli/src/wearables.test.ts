import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
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

async function carelet(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await main(argv, {
    cwd: folder.path,
    env: {},
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
