import { natsProgram } from '@carelet/cloudlet/queue/nats.testing';
import { expect, test } from 'vitest';
import { crashMatrix } from './matrix.testing.ts';

test('a bus of three servers whose leader is killed again and again, beside everything else that falls', async ({ skip }) => {
  skip(natsProgram === null, 'strips wait on a NATS JetStream, and there is no nats-server on this machine');
  const fell = await crashMatrix({ seed: 'cluster', rounds: 30, bus: { program: natsProgram!, servers: 3 } });
  expect(fell.strips).toBeGreaterThan(80);
  for (const part of ['cloudlet', 'bus'] as const) expect(fell[part], part).toBeGreaterThan(2);
}, 900_000);
