import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { defineContract, nothing } from './contract/kit.ts';
import { lockerContract } from './example.ts';
import { openapi } from './openapi.ts';

const info = { title: 'Locker', version: '0.1.0' };

/** Every `$ref` in a document. */
const references = (node: unknown): string[] =>
  typeof node !== 'object' || node === null
    ? []
    : Object.entries(node).flatMap(([key, child]) => (key === '$ref' && typeof child === 'string' ? [child] : references(child)));

const resolve = (document: unknown, reference: string): unknown =>
  reference
    .slice(2)
    .split('/')
    .reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], document);

describe('the OpenAPI document', () => {
  test('has a path, a summary, both bodies and the problem for every operation', () => {
    const document = openapi(lockerContract, info);
    expect(document.openapi).toBe('3.1.0');
    expect(document.info).toEqual(info);
    expect(Object.keys(document.paths)).toEqual([
      '/v1/parcels/leave',
      '/v1/parcels/fetch',
      '/v1/parcels/throw-away',
      '/v1/parcels/watch',
      '/v1/count-parcels',
      '/v1/count-down',
      '/v1/refuse',
    ]);
    for (const path of Object.values(document.paths)) {
      expect(path).toMatchObject({
        post: {
          operationId: expect.any(String),
          summary: expect.any(String),
          requestBody: { content: expect.any(Object) },
          responses: { '200': {}, default: {} },
        },
      });
    }
    expect(JSON.parse(JSON.stringify(document))).toEqual(document);
  });

  test('describes bytes, limits, strictness and who has to sign', () => {
    const { post } = openapi(lockerContract, info).paths['/v1/parcels/leave'] as Record<string, Record<string, unknown>>;
    expect(post).toMatchObject({
      security: [{ card: [] }],
      requestBody: {
        content: {
          'application/cbor': {
            schema: {
              type: 'object',
              properties: {
                name: { type: 'string', minLength: 1, maxLength: 64 },
                sealed: { type: 'string', format: 'binary', maxLength: 1024 },
                tags: { type: 'array', maxItems: 8, items: { type: 'string', format: 'binary', minLength: 4, maxLength: 4 } },
              },
              required: ['name', 'sealed'],
              additionalProperties: false,
            },
          },
        },
      },
    });
    expect(openapi(lockerContract, info).paths['/v1/count-parcels']).not.toHaveProperty('post.security');
  });

  test('describes a stream by one of its events', () => {
    const { post } = openapi(lockerContract, info).paths['/v1/count-down'] as Record<string, { responses: Record<string, unknown> }>;
    expect(post!.responses['200']).toMatchObject({
      description: expect.stringContaining('`data:` is one, as JSON'),
      content: { 'text/event-stream': { schema: { type: 'object', properties: { left: { type: 'integer' } }, required: ['left'] } } },
    });
  });

  test('of several contracts resolves every reference, shared shapes included', () => {
    const person = z.strictObject({ given: z.string(), age: z.bigint() }).meta({ id: 'Person' });
    const contract = defineContract('family', {
      'people.add': { summary: 'Adds.', caller: 'known', body: 'json', input: z.strictObject({ person, mother: person }), output: nothing },
      'people.list': { summary: 'Lists.', caller: 'known', body: 'json', input: nothing, output: z.array(person) },
    });
    const document = openapi([lockerContract, contract], info);
    const found = new Set(references(document));
    expect([...found]).toContain('#/components/schemas/people.add.input.Person');
    for (const reference of found) expect(resolve(document, reference), reference).toBeDefined();
    expect(resolve(document, '#/components/schemas/people.add.input.Person')).toMatchObject({ properties: { age: { type: 'integer' } } });
  });
});
