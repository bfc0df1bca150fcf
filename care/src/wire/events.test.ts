import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeEvent, encodeEvent, encodeProblem, type Message, messageReader, writeMessage } from './events.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** The messages of bytes that arrive in these pieces. */
const read = (whole: Uint8Array, cuts: readonly number[] = [], limit = 1000): Message[] => {
  const reader = messageReader(limit);
  const places = [...new Set([0, ...cuts.map((cut) => cut % (whole.length + 1)), whole.length])].sort((a, b) => a - b);
  return places.slice(1).flatMap((to, i) => reader(whole.subarray(places[i], to)));
};

describe('a stream', () => {
  const value = fc.record({ says: fc.string({ unit: 'grapheme' }).filter((s) => !/[\0\ufffd]/.test(s)), n: fc.integer() });
  const message = fc.oneof(
    fc.tuple(value, fc.constantFrom('json' as const, 'cbor' as const)).map(([event, kind]) => encodeEvent(kind, event)),
    fc.constant(encodeProblem({ kind: 'denied', op: 'watch', because: 'no\u2028way' })),
    fc.constant<Message>({ kind: 'heartbeat' }),
    fc.constant<Message>({ kind: 'end' }),
  );

  test('says the same however it was cut on its way', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), fc.array(fc.nat()), (messages, cuts) => {
        const pieces = messages.map(writeMessage);
        const whole = Uint8Array.from(pieces.flatMap((piece) => [...piece]));
        expect(read(whole, cuts, 100_000)).toEqual(messages);
      }),
    );
  });

  test('gives an event back in either form', () => {
    fc.assert(
      fc.property(value, fc.constantFrom('json' as const, 'cbor' as const), (event, kind) => {
        const [told] = read(writeMessage(encodeEvent(kind, event)), [], 100_000);
        expect(decodeEvent(kind, (told as Message & { kind: 'event' }).data)).toEqual(event);
      }),
    );
  });

  test.each([
    'data:{}\n\n',
    'data: {}\r\n\r\n\n\n',
    'data: {}\ndata: {}\n\n',
    'id: 7\ndata: {}\n\n',
    'event: other\ndata: {}\n\n',
    'event: problem\n\n',
    'event: end\n\n',
    ': hello\n\n',
    '\n\n',
    'retry: 1\n\n',
    '\ufeffdata: {}\n\n',
    '<h1>Bad gateway</h1>\n\n',
  ])('knows no such word as %j', (words) => {
    expect(() => read(bytes(words))).toThrow(TypeError);
  });

  test('is text', () => {
    expect(() => read(Uint8Array.of(...bytes('data: "'), 0xff, ...bytes('"\n\n')))).toThrow(TypeError);
  });

  test('has messages of a size, told as soon as it is passed', () => {
    expect(read(bytes(`data: ${'a'.repeat(94)}\n\n`), [], 100).length).toBe(1);
    expect(() => read(bytes(`data: ${'a'.repeat(95)}\n\n`), [], 100)).toThrow(/too large/);
    const reader = messageReader(100);
    let taken = 0;
    const dribble = () => {
      for (; taken < 1000; taken++) reader(bytes('a'));
    };
    expect(dribble).toThrow(/too large/);
    expect(taken).toBe(102);
  });

  test('has events that are strict about what they hold', () => {
    for (const data of ['AB=', 'A', '{}', '']) expect(() => decodeEvent('cbor', data)).toThrow();
    for (const data of ['{"a":1,"a":2}', '{', '']) expect(() => decodeEvent('json', data)).toThrow(TypeError);
  });
});
