/**
 * What a contract is made of: operations with a summary, a shape that goes in and a shape that comes out.
 *
 * A contract is data, not code: `RoleOf` reads the TypeScript interface of a role from it, `serve` a fetch
 * handler, `connect` the other end, `openapi` the document. Operation names are dotted words of nurses and
 * mathematicians, `records.fetch-nodes`; the role has `role.records.fetchNodes(input)` and HTTP has
 * `POST /v1/records/fetch-nodes`. `records.fetchNodes` is as good, and HTTP then has that.
 *
 * An operation may be a stream: it is asked for like every other, and answers with one event after another until
 * one of the two has enough. A stream ends; whoever wants more asks again, and says from where.
 *
 * Schemas say what a value *is*; they never change it. No `transform`, `default`, `coerce` or `preprocess`:
 * both ends must see the same value, and a signature was made over the bytes of that one.
 *
 * @module
 */
import * as z from 'zod';

/**
 * One thing that can be asked of a role.
 *
 * - `summary`: one plain sentence, for the OpenAPI page.
 * - `caller`: `known` callers sign each request and are identified before the body is even parsed; `anyone`
 *   is not asked who they are.
 * - `body`: `cbor` where bytes travel, `json` elsewhere; of the request and of the answer.
 * - `idempotent`: asking twice is as good as once, so `connect` may try again by itself.
 * - `limit`: the largest request body in bytes, where the server's general limit does not fit.
 * - `stream`: the answer is events, and `output` the shape of one of them. `connect` never asks again by itself.
 */
export type Operation<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> = {
  readonly summary: string;
  readonly caller: 'anyone' | 'known';
  readonly body: 'json' | 'cbor';
  readonly input: I;
  readonly output: O;
  readonly idempotent?: boolean;
  readonly limit?: number;
  readonly stream?: boolean;
};

export type Operations = { readonly [name: string]: Operation };

/** Some operations of a contract that stands in several files. */
export const operations = <const Ops extends Operations>(some: Ops): Ops => some;

/** A role's promises: its name, as in `cloud`, and its operations. */
export type Contract<Ops extends Operations = Operations> = { readonly name: string; readonly operations: Ops };

/**
 * A contract from its operations.
 *
 * @throws {TypeError} on a name that is not words joined by `-` and `.`, that would hide a property every
 *   object has, that is a group of other operations as well, or that means the same method as another
 * @example
 * ```ts
 * import * as z from 'zod';
 * import { bytes, defineContract, nothing } from '@carelet/care/wire';
 * const shelf = defineContract('shelf', {
 *   'rows.put': {
 *     summary: 'Keeps one sealed row.',
 *     caller: 'known',
 *     body: 'cbor',
 *     input: z.strictObject({ rowId: bytes({ length: 16 }), sealed: bytes({ max: 65_536 }) }),
 *     output: nothing,
 *     idempotent: true,
 *   },
 * });
 * shelf.operations['rows.put'].caller; // 'known'
 * ```
 */
export function defineContract<const Ops extends Operations>(name: string, operations: Ops): Contract<Ops> {
  const names = Object.keys(operations);
  for (const operation of names) {
    if (!/^[a-z][A-Za-z0-9]*(-[a-z0-9]+)*(\.[a-z][A-Za-z0-9]*(-[a-z0-9]+)*)*$/.test(operation)) {
      throw new TypeError(`operation "${operation}" of ${name} is not named in words joined by "-" and "."`);
    }
    if (methodPath(operation).some((step) => step === 'then' || step in Object.prototype)) {
      throw new TypeError(`operation "${operation}" of ${name} hides a property that every object has`);
    }
    const method = methodPath(operation).join('.');
    if (names.some((other) => other !== operation && methodPath(other).join('.') === method)) {
      throw new TypeError(`"${operation}" of ${name} means the same method as another`);
    }
    if (names.some((other) => methodPath(other).join('.').startsWith(`${method}.`))) {
      throw new TypeError(`"${operation}" of ${name} is an operation and a group of operations`);
    }
  }
  return { name, operations };
}

/**
 * The interface of a role, as its server implements it and its client calls it.
 *
 * Dots nest and hyphens become capitals. An operation whose input is `nothing` takes no argument; one whose
 * output is `nothing` gives `Promise<void>`. A stream always takes its input, and gives events: it is asked for
 * when the first one is wanted, and it ends, without an error, when its signal aborts.
 */
export type RoleOf<C> = C extends Contract<infer Ops> ? Group<Ops> : never;

type Group<Ops> = {
  readonly [H in Head<keyof Ops & string> as Camel<H>]: H extends keyof Ops ? Method<Ops[H]> : Group<Below<Ops, H>>;
};
type Head<Name extends string> = Name extends `${infer H}.${string}` ? H : Name;
type Below<Ops, H extends string> = { readonly [K in keyof Ops & string as K extends `${H}.${infer Rest}` ? Rest : never]: Ops[K] };
type Camel<Word extends string> = Word extends `${infer A}-${infer B}` ? `${A}${Capitalize<Camel<B>>}` : Word;

type Method<Op> =
  Op extends Operation<infer I, infer O>
    ? Op extends { readonly stream: true }
      ? (input: z.output<I>, options?: StreamOptions) => AsyncIterable<z.output<O>>
      : Call<z.output<I>, z.output<O>>
    : never;
type Call<In, Out> = [In] extends [Nothing] ? () => Answer<Out> : (input: In) => Answer<Out>;
type Answer<Out> = [Out] extends [Nothing] ? Promise<void> : Promise<Out>;

type Nothing = Record<string, never>;

/** How whoever asked for a stream says that he has enough, even while no event comes. */
export type StreamOptions = { readonly signal?: AbortSignal };

/** The empty object: an operation that needs no input, or has no answer but "done". */
export const nothing = z.strictObject({});

/** The HTTP path of an operation, without the leading slash: `v1/records/fetch-nodes`. */
export const httpPath = (operation: string): string => `v1/${operation.replaceAll('.', '/')}`;

/** Where an operation stands in its role: `['records', 'fetchNodes']`. */
export function methodPath(operation: string): string[] {
  return operation.split('.').map((word) => word.replace(/-([a-z0-9])/g, (_, first: string) => first.toUpperCase()));
}

/**
 * The schema of bytes in a CBOR body: exactly `length` of them, or at least `min` and at most `max`.
 *
 * @example
 * ```ts
 * import { bytes } from '@carelet/care/wire';
 * bytes({ length: 16 }).safeParse(new Uint8Array(15)).success; // false
 * ```
 */
export function bytes(
  size: { readonly length?: number; readonly min?: number; readonly max?: number } = {},
): z.ZodType<Uint8Array, Uint8Array> {
  const min = size.length ?? size.min ?? 0;
  const max = size.length ?? size.max ?? Number.POSITIVE_INFINITY;
  const shape = {
    type: 'string',
    format: 'binary',
    ...(min > 0 && { minLength: min }),
    ...(max < Number.POSITIVE_INFINITY && { maxLength: max }),
  };
  return z
    .custom<Uint8Array>((value) => value instanceof Uint8Array && value.length >= min && value.length <= max, {
      error: `expected ${count(min, max)}`,
    })
    .meta(shape);
}

/**
 * The schema of bytes in a JSON body: unpadded base64url text that stands for `length` bytes, or for at most
 * `max`. `fromBase64url` reads it.
 */
export function base64url(size: { readonly length?: number; readonly max?: number } = {}): z.ZodType<string, string> {
  const letters = (bytesCount: number) => Math.ceil((bytesCount * 4) / 3);
  const text = z.string().regex(/^[A-Za-z0-9_-]*$/, { error: 'expected base64url without padding' });
  if (size.length !== undefined) return text.length(letters(size.length));
  return size.max === undefined ? text : text.max(letters(size.max));
}

function count(min: number, max: number): string {
  if (min === max) return `${min} bytes`;
  if (max === Number.POSITIVE_INFINITY) return min === 0 ? 'bytes' : `at least ${min} bytes`;
  return min === 0 ? `at most ${max} bytes` : `${min} to ${max} bytes`;
}
