import { natsProgram } from '@carelet/cloudlet/queue/nats.testing';
import { expect, test } from 'vitest';
import { crashMatrix } from './matrix.testing.ts';

test('with strips waiting on a bus, cloudlet or bus killed at any moment: what was acknowledged arrives, once, in its order', async ({
  skip,
}) => {
  skip(natsProgram === null, 'strips wait on a NATS JetStream, and there is no nats-server on this machine');
  const { strips, cloudlet, bus } = await crashMatrix({ seed: 'harbour', rounds: 4, bus: { program: natsProgram!, servers: 1 } });
  expect([cloudlet, bus]).toEqual([1, 1]);
  expect(strips).toBeGreaterThan(5);
}, 240_000);
