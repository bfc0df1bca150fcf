/**
 * A small whole day in the town: what operators see of it, and what the logs say of anybody's medicine: nothing.
 */
import { vital } from '@carelet/care/model';
import { packStrip } from '@carelet/care/rules/strip/index';
import { mathematicsHere } from '@carelet/client/mathematics';
import { pairDevice } from '@carelet/client/session/pair';
import { sender } from '@carelet/client/session/send';
import { hex } from '@carelet/crypto/algebra/bytes';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hivTest, openStage, patient, pulse, refusal, result, type Stage } from './fixture.testing.ts';

let stage: Stage;
let logs = '';
/** Words that stood in somebody's records, and ids by which somebody could be found. */
const planted: string[] = [];

beforeAll(async () => {
  const write = (line: string) => {
    logs += line;
  };
  stage = await openStage({ overHttp: true, logTo: { write } });
  const harbour = await stage.place('harbour');
  const diagnosis = { note: [{ text: 'Plantedcondition: a secret of hers' }], performer: [{ display: 'Dr Planteddoctor' }] };
  await stage.take(harbour, [
    patient('p-planted', 'Plantedname', 'Plantedgiven'),
    pulse('p-planted', 'planted-pulse', '2026-11-18', diagnosis),
    result('p-planted', 'planted-hiv', '2026-11-19', hivTest),
  ]);
  const ada = stage.patient('plantedada');
  const [chart] = harbour.keyring.charts;
  await stage.link(harbour, chart!, ada);
  const { code } = await stage.cloudletAs(harbour.keyring).sessions.pair();
  await stage.open(ada);
  const wearable = await pairDevice(
    { keyring: ada, cloud: stage.cloudAs(ada), cloudlet: stage.cloudletAs(ada), mathematics: mathematicsHere, clock: stage.clock },
    { name: 'planted-watch', code, address: '' },
  );
  const watch = sender({ wearable, save: async () => {}, cloudlet: stage.cloudletAs(null), clock: stage.clock });
  const at = stage.clock();
  await watch.keep({ kind: 'vital-signs', from: at, bytes: packStrip([vital('heart-rate', at, 'planted-watch', [123])]) });
  await watch.send();
  const chen = await stage.doctor('Dr Plantedchen', { at: harbour });
  await stage.open(chen);
  await stage.open(ada);
  // And what goes wrong in a day: somebody who may not, something that is none, a card nobody knows.
  const ivy = stage.patient('plantedivy');
  expect(await refusal(stage.cloudAs(ivy).records.versions({ pat: chart!.pat, part: 'MI', rowIds: [] }))).toBe('denied');
  expect(await refusal(stage.cloudletAs(null).sessions.frame({ frame: new TextEncoder().encode('Plantedframe') }))).toBe('cannot-open');
  await fetch(`${stage.cloudUrl}/v1/Plantedpath?Plantedquery=1`, { method: 'POST', body: 'Plantedbody' });
  await fetch(`${stage.cloudUrl}/v1/records/post`, {
    method: 'POST',
    headers: { authorization: 'Plantedauthorization' },
    body: 'Plantedbody',
  });

  planted.push('lanted', 'Marlow', '960 711', '1955-03-14', hivTest, 'heart-rate', code);
  for (const { card } of [harbour.keyring, ada, chen, ivy]) planted.push(hex(card.id));
  planted.push(hex(chart!.pat), hex(wearable.pat), hex(wearable.relays[0]!.device.device), hex(wearable.card.id), hex(chart!.ridKey));
}, 60_000);

afterAll(() => stage?.[Symbol.asyncDispose]());

test('the logs of a day hold many lines and none of its words or ids', () => {
  const lines = logs.trim().split('\n');
  expect(lines.length).toBeGreaterThan(60);
  for (const line of lines) {
    const told = JSON.parse(line) as { service: string; event: string };
    expect(['issuer', 'authority', 'cloud', 'cloudlet']).toContain(told.service);
  }
  for (const service of ['issuer', 'authority', 'cloud', 'cloudlet']) expect(logs).toContain(`"service":"${service}"`);
  expect(logs).toContain('"op":"records.post"');
  expect(logs).toContain('"kind":"denied"');
  const base64 = (id: string) => Buffer.from(id, 'hex').toString('base64').replace(/=+$/, '');
  for (const word of planted) {
    expect(logs.toLowerCase()).not.toContain(word.toLowerCase());
    if (/^[0-9a-f]{32,}$/.test(word)) expect(logs).not.toContain(base64(word));
  }
});

describe.each([
  ['authority', 'keys.issue'],
  ['cloud', 'records.post'],
  ['cloudlet', 'sessions.frame'],
])('the %s', (name, op) => {
  const url = () => {
    const { authority, cloudlets } = stage.town;
    return name === 'authority' ? authority.url : name === 'cloud' ? stage.cloudUrl : cloudlets.get('harbour')!.url;
  };

  test('is well and ready', async () => {
    expect(await (await fetch(`${url()}/healthz`)).json()).toEqual({ service: name, ok: true });
    const ready = await fetch(`${url()}/readyz`);
    expect([ready.status, await ready.json()]).toEqual([200, { service: name, ready: true, because: [] }]);
  });

  test('counts its day for Prometheus, by operation and status and nothing else', async () => {
    const text = await (await fetch(`${url()}/metrics`)).text();
    expect(text).toMatch(new RegExp(`carelet_http_seconds_count\\{service="${name}",op="${op}",status="200"\\} [1-9]`));
    for (const word of planted) expect(text.toLowerCase()).not.toContain(word.toLowerCase());
    const labels = new Set(
      [...text.matchAll(/^carelet_http_seconds\w*\{([^}]*)\}/gm)].flatMap(([, inside]) =>
        [...inside!.matchAll(/(\w+)=/g)].map(([, label]) => label),
      ),
    );
    expect([...labels].sort()).toEqual(['le', 'op', 'service', 'status']);
  });

  test('describes what can be asked of it', async () => {
    const document = (await (await fetch(`${url()}/openapi.json`)).json()) as { openapi: string; paths: Record<string, unknown> };
    expect(document.openapi).toMatch(/^3\./);
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(['/v1/login/present', '/v1/town/state']));
  });

  test('opens no other door', async () => {
    for (const path of ['/', '/v1', '/v1/records/everything', '/../etc/passwd', '/.env'])
      expect((await fetch(`${url()}${path}`)).status).toBe(404);
    const foreign = await fetch(`${url()}/v1/town/state`, {
      method: 'OPTIONS',
      headers: { origin: 'https://ivy.example', 'access-control-request-method': 'POST' },
    });
    expect(foreign.headers.get('access-control-allow-origin')).toBeNull();
  });
});
