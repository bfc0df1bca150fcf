/**
 * Why a value does not have the shape it should, in words that may cross the wire.
 *
 * Zod's own messages quote unknown keys, and a path through a map quotes the map's keys: both come from the
 * sender and may be a name or a secret. Here a path shows only words that stand in the schema (`*` for the
 * others), and what is said of a value is what the schema wants, never what was sent.
 *
 * @module
 */
import * as z from 'zod';

/**
 * One line for the first issue: where, and what was expected there.
 *
 * @param schema the schema that refused
 * @param value what it refused; looked at only to tell *missing* from *wrong*
 * @example
 * ```ts
 * import * as z from 'zod';
 * import { explain } from '@carelet/care/wire';
 * const schema = z.strictObject({ rows: z.array(z.strictObject({ mark: z.string() })) });
 * const value = { rows: [{ mark: 'a' }, { mark: 7 }] };
 * explain(schema, value, schema.safeParse(value).error!.issues); // 'rows[1].mark: expected string'
 * ```
 */
export function explain(schema: z.ZodType, value: unknown, issues: readonly z.core.$ZodIssue[]): string {
  const [first] = issues;
  if (first === undefined) return 'the shape is not the one agreed';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const wanted = isMissing(value, first.path) ? 'is missing' : want(first);
  return `${where(schema, first.path)}: ${wanted}${more}`;
}

function want(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${issue.expected}`;
    case 'invalid_value':
      return `expected one of ${issue.values.slice(0, 20).map(String).join(', ')}`;
    case 'invalid_format':
      return issue.message.startsWith('Invalid ') ? `expected the format ${issue.format}` : issue.message;
    case 'too_small':
      return `expected ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unit(issue.origin)}`;
    case 'too_big':
      return `expected ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unit(issue.origin)}`;
    case 'not_multiple_of':
      return `expected a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return issue.keys.length === 1 ? 'has a field we do not know' : `has ${issue.keys.length} fields we do not know`;
    case 'invalid_union':
      return 'expected one of the shapes in the contract';
    case 'invalid_key':
      return 'has a key of the wrong shape';
    case 'invalid_element':
      return 'has an entry of the wrong shape';
    case 'custom':
      return issue.message; // written by the author of the schema, who has no value to quote
  }
}

function unit(origin: string): string {
  if (origin === 'string') return ' characters';
  return origin === 'array' || origin === 'set' || origin === 'map' ? ' items' : '';
}

function where(schema: z.ZodType, path: readonly PropertyKey[]): string {
  let place = '';
  for (const step of path) {
    if (typeof step === 'number') place += `[${step}]`;
    else {
      const word = typeof step === 'string' && words(schema).has(step) ? step : '*';
      place += place === '' ? word : `.${word}`;
    }
  }
  return place === '' ? 'the body' : place;
}

function isMissing(value: unknown, path: readonly PropertyKey[]): boolean {
  let at = value;
  for (const step of path) {
    if (typeof at !== 'object' || at === null) return false;
    at = (at as Record<PropertyKey, unknown>)[step];
  }
  return path.length > 0 && at === undefined;
}

const known = new WeakMap<z.ZodType, ReadonlySet<string>>();

/** Every property name a schema mentions. */
function words(schema: z.ZodType): ReadonlySet<string> {
  const found = known.get(schema);
  if (found !== undefined) return found;
  const collected = new Set<string>();
  collect(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }), collected);
  known.set(schema, collected);
  return collected;
}

function collect(node: unknown, into: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  for (const [key, child] of Object.entries(node)) {
    if (key === 'properties' && typeof child === 'object' && child !== null) for (const name of Object.keys(child)) into.add(name);
    collect(child, into);
  }
}
