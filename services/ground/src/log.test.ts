import { describe, expect, test } from 'vitest';
import { event, type Fields, logger, traceOf } from './log.ts';

function listening(level?: 'debug' | 'info' | 'silent') {
  const lines: string[] = [];
  const log = logger('cloud', { ...(level !== undefined && { level }), destination: { write: (line: string) => void lines.push(line) } });
  return { log, lines, told: () => lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
}

describe('a log', () => {
  test('tells an event in one line', () => {
    const { log, told } = listening();
    event(log, 'posting.kept', { op: 'records.post', rows: 12, ms: 1.5, ok: true, count: undefined });
    expect(told()).toEqual([
      {
        level: 'info',
        time: expect.stringMatching(/^\d{4}-.*Z$/),
        service: 'cloud',
        op: 'records.post',
        rows: 12,
        ms: 1.5,
        ok: true,
        event: 'posting.kept',
      },
    ]);
  });

  test.each([
    ['a sentence', { op: 'Ada has a fever' }],
    ['a key in hex', { op: 'a3'.repeat(32) }],
    ['a query', { address: '/records?name=Lovelace' }],
    ['text for a number', { rows: 'Lovelace' as unknown as number }],
    ['a number for a word', { op: 1815 as unknown as string }],
    ['an object', { op: { name: 'Lovelace' } as unknown as string }],
    ['no number', { ms: Number.NaN }],
    ['a line break', { op: 'x\nLovelace' }],
  ])('shows a question mark instead of %s', (_, fields: Fields) => {
    const { log, lines, told } = listening();
    event(log, 'http', fields);
    expect(lines.join('')).not.toMatch(/Lovelace|fever|a3a3/);
    expect(Object.values(told()[0]!)).toContain('?');
  });

  test('leaves out fields that are not on the list, and names that are no names', () => {
    const { log, told } = listening();
    event(log, 'Patient Ada', { patient: 'Ada', __proto__: { body: 'x' } } as Fields);
    expect(told()[0]).toEqual({ level: 'info', time: expect.any(String), service: 'cloud', event: '?' });
  });

  test('keeps to its level', () => {
    const quiet = listening();
    event(quiet.log, 'http', {}, 'debug');
    expect(quiet.lines).toEqual([]);
    const chatty = listening('debug');
    event(chatty.log, 'http', {}, 'debug');
    event(chatty.log, 'http', {}, 'error');
    expect(chatty.told().map(({ level }) => level)).toEqual(['debug', 'error']);
    const silent = listening('silent');
    event(silent.log, 'http', {}, 'error');
    expect(silent.lines).toEqual([]);
  });

  test('tells of an error what it was and where, not what it said', () => {
    const error = Object.assign(new RangeError('Ada Lovelace\n    at Ada (lovelace.ts:18:15)'), { code: '23505' });
    const trace = traceOf(error);
    expect(trace).toMatchObject({ error: 'RangeError', code: '23505' });
    expect(traceOf('Ada Lovelace')).toEqual({ error: 'string' });
    expect(traceOf(new TypeError('x')).at).toMatch(/^log\.test\.ts:\d+:\d+$/);
  });
});
