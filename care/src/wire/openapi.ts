/**
 * The OpenAPI 3.1 document of contracts, made from the schemas that also guard the door.
 *
 * Bytes are `{ type: string, format: binary }`: OpenAPI has no word for a byte string inside CBOR. Nor has it one for
 * a stream: of `text/event-stream` the schema is that of one event, and the description says how events are written.
 *
 * @module
 */
import * as z from 'zod';
import { mediaTypes } from './codec.ts';
import { type Contract, httpPath, methodPath, type Operation } from './contract/kit.ts';
import { eventStreamType } from './events.ts';
import { problemShape, problemType } from './problem.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type Schemas = Record<string, Json>;

/**
 * @example
 * ```ts
 * import { defineContract, nothing, openapi } from '@carelet/care/wire';
 * const contract = defineContract('bell', { ring: { summary: 'Rings.', caller: 'anyone', body: 'json', input: nothing, output: nothing } });
 * openapi(contract, { title: 'Bell', version: '1' }).openapi; // '3.1.0'
 * ```
 */
export function openapi(contracts: Contract | readonly Contract[], info: { readonly title: string; readonly version: string }) {
  const schemas: Schemas = { Problem: schemaOf(problemShape, 'output', 'Problem', {}) };
  const paths: Record<string, Json> = {};
  const all: readonly Contract[] = 'operations' in contracts ? [contracts] : contracts;
  for (const contract of all) {
    for (const [op, operation] of Object.entries(contract.operations)) {
      paths[`/${httpPath(op)}`] = { post: describe(contract.name, op, operation, schemas) };
    }
  }
  return {
    openapi: '3.1.0',
    info: { title: info.title, version: info.version },
    paths,
    components: {
      schemas,
      securitySchemes: {
        card: { type: 'apiKey', in: 'header', name: 'authorization', description: 'A request signed with the key of a card.' },
      },
    },
  } as const;
}

function describe(role: string, op: string, operation: Operation, schemas: Schemas): Json {
  const media = mediaTypes[operation.body];
  const output = schemaOf(operation.output, 'output', `${op}.output`, schemas);
  const done: Json =
    operation.stream === true
      ? { description: streamed[operation.body], content: { [eventStreamType]: { schema: output } } }
      : { description: 'Done.', content: { [media]: { schema: output } } };
  return {
    operationId: methodPath(op).join('.'),
    summary: operation.summary,
    tags: [role],
    ...(operation.caller === 'known' && { security: [{ card: [] }] }),
    requestBody: { required: true, content: { [media]: { schema: schemaOf(operation.input, 'input', `${op}.input`, schemas) } } },
    responses: {
      '200': done,
      default: {
        description: 'Refused; `kind` says why.',
        content: { [problemType]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

const late = '`event: problem` with a problem as JSON is a refusal that came late, `event: end` ends the stream.';

/** What the answer of a stream is, by the kind of its events. */
const streamed = {
  json: `Events: \`data:\` is one, as JSON; ${late}`,
  cbor: `Events: \`data:\` is one, as base64url of CBOR; ${late}`,
} as const;

/** A schema as JSON Schema; what it names on its own moves to the document's `components` under `name`. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', name: string, schemas: Schemas): Json {
  const made = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') Object.assign(jsonSchema, { type: 'integer' });
    },
  });
  const text = JSON.stringify({ ...made, $schema: undefined }).replaceAll('"#/$defs/', `"#/components/schemas/${name}.`);
  const { $defs = {}, ...own } = JSON.parse(text) as { $defs?: Schemas; [key: string]: Json | undefined };
  for (const [part, definition] of Object.entries($defs)) schemas[`${name}.${part}`] = definition;
  return own as Json;
}
