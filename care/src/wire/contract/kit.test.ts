import { describe, expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod';
import { explain } from '../explain.ts';
import { base64url, bytes, defineContract, httpPath, methodPath, nothing, type RoleOf } from './kit.ts';

const operation = { summary: '', caller: 'anyone', body: 'json', input: nothing, output: nothing } as const;

describe('a contract', () => {
  test('turns dots into groups and hyphens into capitals', () => {
    expect(methodPath('records.fetch-node-2s')).toEqual(['records', 'fetchNode2s']);
    expect(httpPath('records.fetch-nodes')).toBe('v1/records/fetch-nodes');
    const contract = defineContract('cloud', {
      'records.fetch-nodes': { ...operation, input: z.strictObject({ from: z.string().brand('PatId') }), output: z.array(bytes()) },
      'records.wraps.drop': operation,
      ping: operation,
      'records.changes': {
        ...operation,
        input: z.strictObject({ after: z.int() }),
        output: z.strictObject({ pat: bytes() }),
        stream: true,
      },
    });
    type Cloud = RoleOf<typeof contract>;
    expectTypeOf<Cloud['records']['fetchNodes']>().toEqualTypeOf<(input: { from: string & z.$brand<'PatId'> }) => Promise<Uint8Array[]>>();
    expectTypeOf<Cloud['records']['wraps']['drop']>().toEqualTypeOf<() => Promise<void>>();
    expectTypeOf<Cloud['records']['changes']>().toEqualTypeOf<
      (input: { after: number }, options?: { readonly signal?: AbortSignal }) => AsyncIterable<{ pat: Uint8Array }>
    >();
    expectTypeOf<Cloud['ping']>().toEqualTypeOf<() => Promise<void>>();
  });

  test.each([
    'Records',
    'records.',
    '.records',
    'records..post',
    'records/post',
    'records_post',
    '',
    '__proto__',
    'a.then',
    'then',
    'constructor',
    'to-string',
    'has-own-property',
    'x-',
    'x y',
    'valueOf',
  ])('has no operation named %j', (name) => {
    expect(() => defineContract('cloud', { [name]: operation })).toThrow(TypeError);
  });

  test('may write a method in capitals or with hyphens, but not twice', () => {
    const contract = defineContract('cloud', { 'records.openChart': operation });
    expectTypeOf<RoleOf<typeof contract>['records']['openChart']>().toEqualTypeOf<() => Promise<void>>();
    expect(httpPath('records.openChart')).toBe('v1/records/openChart');
    expect(() => defineContract('cloud', { 'open-chart': operation, openChart: operation })).toThrow(/same method/);
  });

  test('has no operation that is a group as well', () => {
    expect(() => defineContract('cloud', { records: operation, 'records.post': operation })).toThrow(/operation and a group/);
  });
});

describe('the schema of bytes', () => {
  test('counts them', () => {
    const ok = (schema: z.ZodType, length: number) => schema.safeParse(new Uint8Array(length)).success;
    expect([15, 16, 17].map((n) => ok(bytes({ length: 16 }), n))).toEqual([false, true, false]);
    expect([0, 1, 4, 5].map((n) => ok(bytes({ min: 1, max: 4 }), n))).toEqual([false, true, true, false]);
    expect(ok(bytes(), 0)).toBe(true);
    expect(bytes().safeParse([1, 2]).success).toBe(false);
    expect(bytes().safeParse('AQI').success).toBe(false);
  });

  test('as base64url counts the bytes it stands for', () => {
    expect(base64url({ length: 16 }).safeParse('A'.repeat(22)).success).toBe(true);
    expect(base64url({ length: 16 }).safeParse('A'.repeat(24)).success).toBe(false);
    expect(base64url({ max: 3 }).safeParse('AAAAA').success).toBe(false);
    expect(base64url().safeParse('A+==').success).toBe(false);
  });
});

describe('an explanation', () => {
  const schema = z.strictObject({
    pat: bytes({ length: 16 }),
    rows: z.array(z.strictObject({ mark: z.string().min(2).max(4), kind: z.enum(['MI', 'QID']) })).max(2),
    labels: z.record(z.string(), z.int()).optional(),
    when: z.iso.date().optional(),
  });
  const good = { pat: new Uint8Array(16), rows: [{ mark: 'ab', kind: 'MI' }] };
  const why = (value: unknown) => explain(schema, value, schema.safeParse(value).error!.issues);

  test.each([
    [{ ...good, pat: undefined }, 'pat: is missing'],
    [{ ...good, pat: new Uint8Array(3) }, 'pat: expected 16 bytes'],
    [{ ...good, rows: [good.rows[0], { mark: 5, kind: 'MI' }] }, 'rows[1].mark: expected string'],
    [{ ...good, rows: [{ mark: 'Ada Lovelace', kind: 'MI' }] }, 'rows[0].mark: expected at most 4 characters'],
    [{ ...good, rows: [{ mark: 'A', kind: 'MI' }] }, 'rows[0].mark: expected at least 2 characters'],
    [{ ...good, rows: [{ mark: 'ab', kind: 'Lovelace' }] }, 'rows[0].kind: expected one of MI, QID'],
    [{ ...good, rows: [1, 2, 3] }, 'rows: expected at most 2 items'],
    [{ ...good, rows: [1, 2] }, 'rows[0]: expected object (and 1 more)'],
    [{ ...good, labels: { Lovelace: 'x' } }, 'labels.*: expected number'],
    [{ ...good, when: 'Lovelace' }, 'when: expected the format date'],
    [{ ...good, Lovelace: 1 }, 'the body: has a field we do not know'],
    [{ ...good, Lovelace: 1, Ada: 2 }, 'the body: has 2 fields we do not know'],
    ['Lovelace', 'the body: expected object'],
    [null, 'the body: expected object'],
  ])('names the place and never the value (%#)', (value, words) => {
    expect(why(value)).toBe(words);
    expect(why(value)).not.toMatch(/Lovelace|Ada/);
  });
});
