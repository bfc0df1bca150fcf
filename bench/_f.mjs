import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { reader } from '@carelet/client/records/reader';
import { hex } from '@carelet/crypto/algebra/bytes';
import { many } from '@carelet/testbed/days/index';
import { bundleText, clock, importInto, sourceOf, withStage } from './stage.mjs';

const to = new Date('2026-11-20T09:41:00Z');
for await (const _ of withStage(async function* (stage) {
  const { clinic, cloud, mathematics } = stage;
  const mine = reader({ keyring: clinic.keyring, cloud, mathematics, clock });
  const before = new Set((await mine.charts()).map(({ pat }) => hex(pat)));
  await importInto(stage, [sourceOf('many', bundleText(many(10001, `x`, { perPatient: 10001, to })))]);
  const sealed = (await mine.charts()).find(({ pat }) => !before.has(hex(pat)));
  for (let i = 0; i < 2; i++) await mine.open(sealed);
  const s = new Session();
  s.connect();
  await s.post('Profiler.enable');
  await s.post('Profiler.setSamplingInterval', { interval: 200 });
  await s.post('Profiler.start');
  const t = performance.now();
  const c = process.cpuUsage();
  for (let i = 0; i < 3; i++) await mine.open(sealed);
  const d = process.cpuUsage(c);
  console.log('wall', (performance.now() - t) / 3, 'cpu', (d.user + d.system) / 3000);
  const { profile } = await s.post('Profiler.stop');
  writeFileSync('/tmp/fetch.cpuprofile', JSON.stringify(profile));
}));
