import { describe, expect, test } from 'vitest';
import { CareletError } from '../model/error.ts';
import { encodeBody } from './codec.ts';
import { type ConnectOptions, connect, type ToAuthorize } from './connect.ts';
import { lockerContract, serveLocker } from './example.ts';

type Fetch = (request: Request) => Promise<Response>;

const asAda = async () => 'I am Ada';
const sealed = Uint8Array.of(1, 2, 3);
const hurry = { sleep: async () => {} };
const locker = (fetch: Fetch, options: Omit<ConnectOptions, 'url' | 'fetch'> = {}) =>
  connect(lockerContract, { fetch, authorize: asAda, retry: hurry, ...options });

const answer = (body: unknown, headers: Record<string, string> = {}, status = 200) =>
  new Response(encodeBody('json', body), { status, headers: { 'content-type': 'application/json', ...headers } });
const problem = (body: unknown, headers: Record<string, string> = {}, status = 403) =>
  answer(body, { 'content-type': 'application/problem+json', ...headers }, status);

describe('a connected role', () => {
  test('is a plain object that may be awaited and passed around', async () => {
    const role = locker(serveLocker());
    expect(await role).toBe(role);
    expect(Object.keys(role)).toEqual(['parcels', 'countParcels', 'countDown', 'refuse']);
    expect(Object.keys(role.parcels)).toEqual(['leave', 'fetch', 'throwAway', 'watch']);
  });

  test('posts to the path of the operation below its URL, follows nothing and carries no cookie', async () => {
    const seen: Request[] = [];
    const fetch: Fetch = async (request) => {
      seen.push(request);
      return answer({ total: 0, byLetter: {} });
    };
    for (const url of ['http://127.0.0.1:4100', 'http://127.0.0.1:4100/town/', new URL('http://127.0.0.1:4100/town')]) {
      await connect(lockerContract, { url, fetch, authorize: asAda }).countParcels();
    }
    expect(seen.map(({ url }) => url)).toEqual([
      'http://127.0.0.1:4100/v1/count-parcels',
      'http://127.0.0.1:4100/town/v1/count-parcels',
      'http://127.0.0.1:4100/town/v1/count-parcels',
    ]);
    const { method, redirect, credentials, headers } = seen[0]!;
    expect({ method, redirect, credentials }).toEqual({ method: 'POST', redirect: 'error', credentials: 'omit' });
    expect(headers.has('authorization')).toBe(false); // anyone is not asked who they are, so does not say
  });

  test('signs exactly the bytes it sends', async () => {
    let asked: ToAuthorize | undefined;
    let sent: Uint8Array | undefined;
    const role = locker(
      async (request) => {
        sent = new Uint8Array(await request.clone().arrayBuffer());
        return serveLocker()(request);
      },
      {
        authorize: async (toSign) => {
          asked = toSign;
          return 'I am Ada';
        },
      },
    );
    await role.parcels.leave({ name: 'letters', sealed });
    expect(asked).toEqual({ op: 'parcels.leave', body: sent, skew: 0 });
  });

  test('without a signer is denied by the server', async () => {
    await expect(connect(lockerContract, { fetch: serveLocker() }).parcels.fetch({ name: 'x' })).rejects.toThrow(
      /this needs a signed request/,
    );
  });

  test('says which server does not answer, and keeps the cause to itself', async () => {
    const role = connect(lockerContract, {
      url: 'http://127.0.0.1:4100/town',
      fetch: async () => Promise.reject(new TypeError('fetch failed')),
      retry: hurry,
    });
    const error = await role.countParcels().catch((thrown: CareletError) => thrown);
    expect(error).toMatchObject({ kind: 'unavailable', because: 'the locker at http://127.0.0.1:4100 does not answer' });
  });

  test.each(['127.0.0.1', 'file:///etc', 'http://ada:secret@locker', 'http://locker/?token=secret', 'http://locker/#secret', ''])(
    'has no address like %j',
    (url) => {
      expect(() => connect(lockerContract, { url })).toThrow('Cannot connect to the locker: the address is not a plain http or https URL');
    },
  );

  test('does not wait longer than it was told', async () => {
    const started = performance.now();
    const role = locker(() => new Promise(() => {}), { timeoutMs: 30, retry: { attempts: 1 } });
    await expect(role.countParcels()).rejects.toMatchObject({ kind: 'unavailable', because: 'the locker did not answer within 30 ms' });
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('does not wait longer for an answer that never ends', async () => {
    const dribble = new ReadableStream({ pull: () => new Promise(() => {}) });
    const role = locker(async () => new Response(dribble), { timeoutMs: 30, retry: { attempts: 1 } });
    await expect(role.countParcels()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('refuses input that cannot be written', async () => {
    const role = locker(serveLocker());
    const error = role.parcels.leave({ name: 'letters', sealed: (() => 1) as unknown as Uint8Array });
    await expect(error).rejects.toMatchObject({ kind: 'invalid', because: 'the input cannot be written as a body' });
  });

  test.each<[string, () => Response]>([
    ['a wrong shape', () => answer({ total: 'many', byLetter: {} })],
    ['a field too many', () => answer({ total: 1, byLetter: {}, script: '<script>' })],
    ['another media type', () => answer({ total: 1, byLetter: {} }, { 'content-type': 'text/html' })],
    ['no JSON', () => new Response('{"total":1', { headers: { 'content-type': 'application/json' } })],
    ['a page instead of a problem', () => new Response('<h1>418</h1>', { status: 418, headers: { 'content-type': 'text/html' } })],
    ['a problem of no kind', () => problem({ kind: 'sorry', op: 'x', because: 'y' })],
    ['a problem that would redraw the terminal', () => problem({ kind: 'denied', op: 'x', because: '\u001b[2J' })],
    ['a problem that claims to be fine', () => problem({ kind: 'denied', op: 'x', because: 'y' }, {}, 200)],
    ['an answer without end', () => answer({ total: 1, byLetter: { a: 1, ['b'.repeat(5000)]: 2 } })],
  ])('refuses a server that answers with %s', async (_, make) => {
    const error = await locker(async () => make(), { limit: 1000 })
      .countParcels()
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(CareletError);
    expect(error).toMatchObject({ kind: 'invalid', op: 'ask for count-parcels' });
    expect((error as CareletError).because).toMatch(/^the locker answered (in a shape we do not know|with more than 1000 bytes)$/);
  });

  test('takes a broken proxy for an unavailable server', async () => {
    const role = locker(async () => new Response('<h1>Bad gateway</h1>', { status: 502 }));
    await expect(role.countParcels()).rejects.toMatchObject({
      kind: 'unavailable',
      because: 'the locker cannot be reached through its proxy',
    });
  });
});

describe('trying again', () => {
  const failing = (times: number) => {
    const handler = serveLocker();
    let tries = 0;
    const fetch: Fetch = async (request) => {
      tries++;
      if (tries <= times) throw new TypeError('fetch failed');
      return handler(request);
    };
    return { fetch, tries: () => tries };
  };

  test('an idempotent operation is tried again, longer apart each time, up to a bound', async () => {
    const waits: number[] = [];
    const retry = { attempts: 5, firstWaitMs: 100, longestWaitMs: 300, sleep: async (ms: number) => void waits.push(ms) };
    const server = failing(4);
    expect(await locker(server.fetch, { retry }).countParcels()).toEqual({ total: 0, byLetter: {} });
    for (const [i, longest] of [100, 200, 300, 300].entries()) {
      expect(waits[i]).toBeGreaterThanOrEqual(longest / 2);
      expect(waits[i]).toBeLessThanOrEqual(longest);
    }
  });

  test('an idempotent operation is given up after so many tries', async () => {
    const server = failing(99);
    await expect(locker(server.fetch).countParcels()).rejects.toMatchObject({ kind: 'unavailable' });
    expect(server.tries()).toBe(3);
  });

  test('any other operation is tried once', async () => {
    const server = failing(1);
    await expect(locker(server.fetch).parcels.leave({ name: 'letters', sealed })).rejects.toMatchObject({ kind: 'unavailable' });
    expect(server.tries()).toBe(1);
  });

  test('a refusal is not argued with', async () => {
    let tries = 0;
    const handler = serveLocker();
    const role = locker(async (request) => {
      tries++;
      return handler(request);
    });
    await expect(role.parcels.fetch({ name: 'letters' })).rejects.toMatchObject({ kind: 'missing' });
    expect(tries).toBe(1);
  });
});

describe('a caller whose clock is off by a day', () => {
  const day = 86_400_000;
  const serverTime = Date.UTC(2026, 10, 20, 10);
  const minute = 60_000;

  /** A locker that believes only signatures made within five minutes of its own clock. */
  const punctual = serveLocker({
    clock: () => serverTime,
    identify: async ({ authorization }) => {
      if (Math.abs(Number(authorization) - serverTime) < 5 * minute) return 'Ada';
      throw new CareletError('denied', 'identify caller', { because: 'clock is off by more than five minutes' });
    },
  });

  const connected = (fetch: Fetch) => {
    const clock = () => serverTime - day;
    const skews: number[] = [];
    const authorize = async ({ skew }: ToAuthorize) => {
      skews.push(skew);
      return String(clock() + skew);
    };
    return { role: connect(lockerContract, { fetch, authorize, clock, retry: hurry }), skews };
  };

  test('is told the time, signs again with it, and remembers', async () => {
    const { role, skews } = connected(punctual);
    await role.parcels.leave({ name: 'letters', sealed });
    await role.parcels.fetch({ name: 'letters' });
    expect(skews).toEqual([0, day, day]);
  });

  test('signs again only once, and forgets a correction that did not help', async () => {
    const { role, skews } = connected(async () =>
      problem({ kind: 'denied', op: 'identify caller', because: 'clock is off' }, { date: new Date(serverTime).toUTCString() }),
    );
    await expect(role.parcels.fetch({ name: 'letters' })).rejects.toMatchObject({ kind: 'denied', because: 'clock is off' });
    await expect(role.parcels.fetch({ name: 'letters' })).rejects.toMatchObject({ kind: 'denied' });
    expect(skews).toEqual([0, day, 0, day]);
  });

  test('is not helped by a server that does not tell the time', async () => {
    const { role, skews } = connected(async () => problem({ kind: 'denied', op: 'identify caller', because: 'clock is off' }));
    await expect(role.parcels.fetch({ name: 'letters' })).rejects.toMatchObject({ kind: 'denied' });
    expect(skews).toEqual([0]);
  });
});
