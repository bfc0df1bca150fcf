import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineContract } from './contract/kit.ts';
import { type HandlerOptions, outcomeOf, serve } from './serve.ts';
import type { StreamPatience } from './serve-stream.ts';

const tick = z.strictObject({ n: z.int() });
const contract = defineContract('clock', {
  tick: { summary: 'Ticks.', caller: 'anyone', body: 'json', input: z.strictObject({}), output: tick, stream: true },
});

/** What a role says; `null` is nothing until somebody has enough. */
type Words = readonly (unknown | null)[];

/** A clock that says these words, and how its streams were left. */
function clock(words: Words, patience: StreamPatience = {}) {
  const left: string[] = [];
  const handler = serve(contract, {
    identify: async () => null,
    streams: patience,
    role: () => ({
      async *tick(_, { signal } = {}) {
        try {
          for (const word of words) {
            if (word instanceof Error) throw word;
            if (word === null) await new Promise((done) => signal!.addEventListener('abort', done));
            else yield word as { n: number };
          }
        } finally {
          left.push(signal!.aborted ? 'told to' : 'by itself');
        }
      },
    }),
  });
  const ask = (init: RequestInit = {}, options: HandlerOptions = {}) =>
    handler(
      new Request('http://clock/v1/tick', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}', ...init }),
      options,
    );
  return { ask, left };
}

/** Reads on until this was said. */
async function until(reader: ReadableStreamDefaultReader<Uint8Array>, said: string): Promise<string> {
  for (let heard = ''; ; ) {
    const { done, value } = await reader.read();
    if (done) return expect.unreachable(`it ended after ${heard}`);
    heard += new TextDecoder().decode(value);
    if (heard.includes(said)) return heard;
  }
}

const readerOf = (response: Response) => (response.body as ReadableStream<Uint8Array>).getReader();

describe('a served stream', () => {
  test('is events and an end, never kept by anybody on the way', async () => {
    const response = await clock([{ n: 1 }, { n: 2 }]).ask();
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-accel-buffering': 'no',
      date: expect.any(String),
    });
    const { ended, ...begun } = outcomeOf(response)!;
    expect(begun).toEqual({ op: 'tick', kind: 'ok', bytesIn: 2, bytesOut: 0 });
    const text = await response.text();
    expect(text).toBe('data: {"n":1}\n\ndata: {"n":2}\n\nevent: end\ndata:\n\n');
    expect(await ended).toEqual({ kind: 'ok', bytesOut: text.length });
  });

  test('begins with its first heartbeat when there is no event yet, and goes on beating', async () => {
    const { ask, left } = clock([null], { heartbeatMs: 20 });
    const started = performance.now();
    const reader = readerOf(await ask());
    expect(performance.now() - started).toBeGreaterThanOrEqual(19);
    expect(await until(reader, ':\n\n:\n\n')).toBe(':\n\n:\n\n');
    await reader.cancel();
    await expect.poll(() => left).toEqual(['told to']);
  });

  test('does not beat for whoever does not listen', async () => {
    const response = await clock([{ n: 1 }, null], { heartbeatMs: 5 }).ask();
    await new Promise((done) => setTimeout(done, 60));
    await response.body!.cancel();
    expect(await outcomeOf(response)!.ended).toEqual({ kind: 'ok', bytesOut: 'data: {"n":1}\n\n'.length });
  });

  test('ends after the longest time, when its service closes and when its caller goes, and leaves the role', async () => {
    const closing = new AbortController();
    const gone = new AbortController();
    const short = clock([{ n: 1 }, null], { longestMs: 30 });
    expect(await (await short.ask()).text()).toBe('data: {"n":1}\n\nevent: end\ndata:\n\n');
    const closed = clock([{ n: 1 }, null]);
    const response = await closed.ask({}, { closing: closing.signal });
    closing.abort();
    expect(await response.text()).toBe('data: {"n":1}\n\nevent: end\ndata:\n\n');
    const left = clock([{ n: 1 }, null]);
    const unread = await left.ask({ signal: gone.signal });
    gone.abort();
    expect(await outcomeOf(unread)!.ended).toMatchObject({ kind: 'ok' });
    const dropped = clock([{ n: 1 }, null]);
    await (await dropped.ask()).body!.cancel();
    for (const each of [short, closed, left, dropped]) await expect.poll(() => each.left).toEqual(['told to']);
  });

  test.each(['gone', 'closing'] as const)('is left before its first event when whoever waits is %s', async (who) => {
    const stop = new AbortController();
    const { ask, left } = clock([null]);
    const response = who === 'gone' ? ask({ signal: stop.signal }) : ask({}, { closing: stop.signal });
    await new Promise((done) => setTimeout(done, 20));
    stop.abort();
    expect(await (await response).text()).toBe('event: end\ndata:\n\n');
    expect(left.length).toBe(1);
  });

  test('does not begin at a service that closes', async () => {
    const closing = new AbortController();
    closing.abort();
    const response = await clock([{ n: 1 }]).ask({}, { closing: closing.signal });
    expect([response.status, await response.json()]).toEqual([
      503,
      { kind: 'unavailable', op: 'answer tick', because: 'the service is closing' },
    ]);
  });

  test.each<[string, Words]>([
    ['throws', [{ n: 1 }, new Error('Ada Lovelace')]],
    ['says what the contract does not promise', [{ n: 1 }, { n: 2, patient: 'Ada Lovelace' }]],
    ['says nothing at all', [{ n: 1 }, undefined]],
  ])('of a role that %s ends with a problem that does not say why', async (_, words) => {
    const { ask, left } = clock(words);
    const response = await ask();
    expect(await response.text()).toBe(
      'data: {"n":1}\n\nevent: problem\ndata: {"kind":"internal","op":"answer tick","because":"something broke on our side"}\n\n',
    );
    expect(await outcomeOf(response)!.ended).toMatchObject({ kind: 'internal', cause: expect.any(Error) });
    expect(left.length).toBe(1);
  });

  test('of a role that breaks before its first event is an ordinary refusal', async () => {
    const response = await clock([new Error('Ada Lovelace')]).ask();
    expect(response.status).toBe(500);
    expect(outcomeOf(response)?.ended).toBeUndefined();
    expect(await response.text()).not.toContain('Lovelace');
  });
});
