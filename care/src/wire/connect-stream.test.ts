import { describe, expect, test } from 'vitest';
import { CareletError } from '../model/error.ts';
import { type ConnectOptions, connect, type ToAuthorize } from './connect.ts';
import { lockerContract, serveLocker } from './example.ts';

type Fetch = (request: Request) => Promise<Response>;

const bytes = (text: string) => new TextEncoder().encode(text);
const eventStream = { headers: { 'content-type': 'text/event-stream' } };

/** A server that sends these pieces as a stream, then ends it, breaks it or says no more; `dropped` tells who was hung up on. */
function server(pieces: readonly string[], then: 'end' | 'break' | 'silence' = 'end') {
  const dropped: string[] = [];
  const fetch: Fetch = async () => {
    const waiting = [...pieces];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const piece = waiting.shift();
        if (piece !== undefined) controller.enqueue(bytes(piece));
        else if (then === 'end') controller.close();
        else if (then === 'break') controller.error(new Error('socket hang up'));
        else return new Promise(() => {});
      },
      cancel: () => void dropped.push('hung up'),
    });
    return new Response(body, eventStream);
  };
  return { fetch, dropped };
}

type Options = Omit<ConnectOptions, 'url' | 'fetch'>;
const listening = (fetch: Fetch, options: Options = {}, signal?: AbortSignal) =>
  connect(lockerContract, { fetch, ...options }).countDown({ from: 3 }, signal && { signal });

/** Everything a stream gives, and what it throws in the end. */
async function all(stream: AsyncIterable<{ left: number }>): Promise<[number[], CareletError | null]> {
  const seen: number[] = [];
  try {
    for await (const { left } of stream) seen.push(left);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(CareletError);
    return [seen, thrown as CareletError];
  }
  return [seen, null];
}

const one = 'data: {"left":1}\n\n';
const end = 'event: end\ndata:\n\n';
const strange = 'the locker answered in a shape we do not know';

describe('a connected stream', () => {
  test('asks when it is listened to and not before, for events, signed like everything else', async () => {
    const seen: Request[] = [];
    const asked: ToAuthorize[] = [];
    const role = connect(lockerContract, {
      fetch: async (request) => {
        seen.push(request);
        return new Response(end, eventStream);
      },
      authorize: async (toSign) => {
        asked.push(toSign);
        return 'I am Ada';
      },
    });
    const stream = role.parcels.watch({ after: 7 });
    expect(seen).toEqual([]);
    for await (const _ of stream) expect.unreachable('nothing was told');
    expect(asked).toMatchObject([{ op: 'parcels.watch', skew: 0 }]);
    expect(Object.fromEntries(seen[0]!.headers)).toEqual({
      accept: 'text/event-stream, application/problem+json',
      authorization: 'I am Ada',
      'content-type': 'application/cbor',
    });
  });

  test('takes heartbeats for what they are', async () => {
    expect(await all(listening(server([':\n\n', one, ':\n\n:\n', '\n', end]).fetch))).toEqual([[1], null]);
  });

  test.each<[string, string[], ('end' | 'break')?]>([
    ['ends without saying so', [one], 'end'],
    ['ends in the middle of a word', [one, 'data: {"le'], 'end'],
    ['breaks', [one], 'break'],
  ])('that %s is unavailable', async (_, pieces, then) => {
    const [seen, error] = await all(listening(server(pieces, then).fetch));
    expect(seen).toEqual([1]);
    expect(error).toMatchObject({ kind: 'unavailable', op: 'ask for count-down', because: 'the locker broke off' });
  });

  test('that falls silent is given up and hung up on', async () => {
    const silent = server([one], 'silence');
    const [seen, error] = await all(listening(silent.fetch, { silentMs: 30 }));
    expect([seen, error?.kind, error?.because]).toEqual([[1], 'unavailable', 'the locker said nothing for 30 ms']);
    expect(silent.dropped).toEqual(['hung up']);
  });

  test('is not silent while one is busy with an event', async () => {
    const seen: number[] = [];
    for await (const { left } of listening(serveLocker(), { silentMs: 20 })) {
      seen.push(left);
      await new Promise((done) => setTimeout(done, 40));
    }
    expect(seen).toEqual([3, 2, 1]);
  });

  test.each<[string, string[]]>([
    ['a wrong shape', ['data: {"left":"one"}\n\n']],
    ['a field too many', ['data: {"left":1,"script":"<script>"}\n\n']],
    ['no JSON', ['data: {"left":1\n\n']],
    ['another word', ['event: surprise\ndata: {"left":1}\n\n']],
    ['a problem of no kind', ['event: problem\ndata: {"kind":"sorry","op":"x","because":"y"}\n\n']],
    ['a problem that would redraw the terminal', ['event: problem\ndata: {"kind":"denied","op":"x","because":"\\u001b[2J"}\n\n']],
    ['an event without end', Array.from({ length: 30 }, () => 'data: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')],
  ])('refuses %s, and hangs up', async (_, pieces) => {
    const odd = server([one, ...pieces], 'silence');
    const [seen, error] = await all(listening(odd.fetch, { eventLimit: 1000 }));
    expect([seen, error?.kind, error?.because]).toEqual([[1], 'invalid', strange]);
    expect(odd.dropped).toEqual(['hung up']);
  });

  test('refuses an answer that is no stream', async () => {
    const answer = async () => new Response('{"left":1}', { headers: { 'content-type': 'application/json' } });
    expect((await all(listening(answer)))[1]).toMatchObject({ kind: 'invalid', because: strange });
    const failing = async () => new Response(one + end, { ...eventStream, status: 500 });
    expect((await all(listening(failing)))[1]).toMatchObject({ kind: 'invalid', because: strange });
  });

  test('says when the server cannot be reached, and does not ask twice', async () => {
    let asked = 0;
    const away: Fetch = async () => {
      asked++;
      throw new TypeError('fetch failed');
    };
    expect(await all(listening(away))).toEqual([
      [],
      expect.objectContaining({ kind: 'unavailable', because: 'the locker does not answer' }),
    ]);
    expect(asked).toBe(1);
  });

  test.each(['before it is asked for', 'before it begins', 'while it says nothing'])(
    'ends without an error when one has enough %s',
    async (when) => {
      const enough = new AbortController();
      if (when === 'before it is asked for') enough.abort();
      const silent = server([one], 'silence');
      const never: Fetch = () => new Promise(() => {});
      const listened = all(listening(when === 'before it begins' ? never : silent.fetch, {}, enough.signal));
      await new Promise((done) => setTimeout(done, 20));
      enough.abort();
      expect(await listened).toEqual([when === 'while it says nothing' ? [1] : [], null]);
      if (when === 'while it says nothing') expect(silent.dropped).toEqual(['hung up']);
    },
  );

  test('hangs up when one stops listening', async () => {
    const silent = server([one], 'silence');
    for await (const _ of listening(silent.fetch)) break;
    expect(silent.dropped).toEqual(['hung up']);
  });

  test('of a caller whose clock is off is signed again with the time it was told', async () => {
    const serverTime = Date.UTC(2026, 10, 20, 10);
    const punctual = serveLocker({
      clock: () => serverTime,
      identify: async ({ authorization }) => {
        if (Number(authorization) === serverTime) return 'Ada';
        throw new CareletError('denied', 'identify caller', { because: 'clock is off by more than five minutes' });
      },
    });
    const clock = () => serverTime - 86_400_000;
    const role = connect(lockerContract, { fetch: punctual, clock, authorize: async ({ skew }) => String(clock() + skew) });
    await role.parcels.leave({ name: 'letters', sealed: Uint8Array.of(1) });
    const late = connect(lockerContract, { fetch: punctual, clock, authorize: async ({ skew }) => String(clock() + skew) });
    for await (const { name } of late.parcels.watch({ after: 0 })) {
      expect(name).toBe('letters');
      break;
    }
  });
});
