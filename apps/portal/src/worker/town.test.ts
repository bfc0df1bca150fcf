import { expect, test } from 'vitest';
import { townStatus } from './town.ts';

const now = Date.parse('2026-11-20T09:41:00Z');
const silent = async (): Promise<Response> => new Response(null, { status: 503 });

/** A cloudlet that answers with these times. */
function cloudlet(lastForward: string, waitingSince: string | null) {
  const state = {
    devices: 1,
    waiting: 2,
    forwarded: 3,
    cloud: 'reachable',
    lastForward,
    waitingSince,
    outages: 0,
    outageSince: null,
    unkept: 0,
  };
  return async (request: Request): Promise<Response> =>
    Response.json(new URL(request.url).pathname === '/readyz' ? { ready: true, because: [] } : state);
}

test('a cloudlet that says nonsense for a time says nothing, and spoils nobody else’s line', async () => {
  const status = await townStatus(
    {
      town: 'a town',
      manifest: '',
      authority: silent,
      cloud: silent,
      cloudlets: [
        { organisation: 'Northgate', where: cloudlet('some time ago', 'never') },
        { organisation: 'Riverside', where: cloudlet('2026-11-20T09:40:00Z', null) },
      ],
    },
    now,
  );
  expect(status.cloudlets).toMatchObject([
    { organisation: 'Northgate', health: 'well', waiting: 2, lastForward: null, waitingSince: null },
    { organisation: 'Riverside', health: 'well', waiting: 2, lastForward: now - 60_000, waitingSince: null },
  ]);
  expect(status.cloud.health).toBe('silent');
});
