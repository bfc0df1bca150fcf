/**
 * JSON that keeps what was written.
 *
 * FHIR says that 1.00 is not 1.0: the digits of a decimal carry its precision. A number that JavaScript would
 * print back as it was written is a `number`; any other is a `LosslessNumber` that keeps the text. So
 * `printJson(parseJson(t))` changes white space and the spelling of strings (escapes), never a number (names that
 * are whole numbers come first, as in any JavaScript object; FHIR has none), and two
 * values are deeply equal exactly when their texts mean the same to FHIR.
 *
 * Stricter than `JSON.parse`: a key twice in one object is refused (which of the two was checked, and which was
 * stored?), and so is nesting that would exhaust a stack. A key `__proto__` is a key like any other.
 *
 * @module
 */
import { isLosslessNumber, LosslessNumber } from 'lossless-json';
import { CareletError } from './error.ts';

export { isLosslessNumber, LosslessNumber };

export type JsonObject = { readonly [name: string]: Json };
export type Json = null | boolean | number | string | LosslessNumber | readonly Json[] | JsonObject;

/** Deeper than any resource is; a thousand brackets are an attack, not a chart. */
export const maxDepth = 200;

/** An object of JSON: not null, not an array, not a number that keeps its digits. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isLosslessNumber(value);
}

/** `object[name] = value` for any name: `__proto__` becomes a member, not a prototype. */
export function put<V>(object: { [name: string]: V }, name: string, value: V): void {
  if (name === '__proto__') Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
  else object[name] = value;
}

/** The member's own value, or undefined: nothing inherited. */
export function own(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/**
 * Equal as JSON: the order of an object's members does not matter, a number's digits do.
 *
 * @example
 * ```ts
 * import { equalJson, parseJson } from '@carelet/care/model';
 * equalJson(parseJson('{"a":1.0,"b":2}'), parseJson('{"b":2,"a":1.0}')); // true
 * equalJson(parseJson('1.0'), parseJson('1.00')); // false
 * ```
 */
export function equalJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isLosslessNumber(a) || isLosslessNumber(b)) return isLosslessNumber(a) && isLosslessNumber(b) && a.value === b.value;
  if (Array.isArray(a) || Array.isArray(b)) {
    return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((item, i) => equalJson(item, b[i] as Json));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const names = Object.keys(a);
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equalJson(a[name]!, b[name]!));
}

/**
 * Reads one JSON text.
 *
 * @throws CareletError `invalid`, naming line and column, never the text itself: it may hold a patient's words
 *
 * @example
 * ```ts
 * import { parseJson, printJson } from '@carelet/care/model';
 * printJson(parseJson('{ "value": 1.00, "big": 12345678901234567890 }')); // '{"value":1.00,"big":12345678901234567890}'
 * ```
 */
export function parseJson(text: string): Json {
  let i = 0;
  const value = readValue(1);
  if (i < text.length) fail('expected the end of the text');
  return value;

  /** A value with the white space around it. */
  function readValue(depth: number): Json {
    skipSpace();
    const value = readBare(depth);
    skipSpace();
    return value;
  }

  function readBare(depth: number): Json {
    switch (text.charCodeAt(i)) {
      case openBrace:
        return readObject(depth);
      case openBracket:
        return readArray(depth);
      case quote:
        return readString();
      case 0x74:
        return readWord('true', true);
      case 0x66:
        return readWord('false', false);
      case 0x6e:
        return readWord('null', null);
      default:
        return readNumber();
    }
  }

  function readObject(depth: number): JsonObject {
    if (depth > maxDepth) fail(`nested deeper than ${maxDepth}`);
    const object: { [name: string]: Json } = {};
    i++;
    skipSpace();
    if (text.charCodeAt(i) === closeBrace) {
      i++;
      return object;
    }
    for (;;) {
      if (text.charCodeAt(i) !== quote) fail('expected a name in quotes');
      const start = i;
      const name = readString();
      if (Object.hasOwn(object, name)) fail('the same name twice in one object', start);
      skipSpace();
      if (text.charCodeAt(i) !== colon) fail('expected ":"');
      i++;
      put(object, name, readValue(depth + 1));
      const next = text.charCodeAt(i);
      if (next === closeBrace) break;
      if (next !== comma) fail('expected "," or "}"');
      i++;
      skipSpace();
    }
    i++;
    return object;
  }

  function readArray(depth: number): Json[] {
    if (depth > maxDepth) fail(`nested deeper than ${maxDepth}`);
    const array: Json[] = [];
    i++;
    skipSpace();
    if (text.charCodeAt(i) === closeBracket) {
      i++;
      return array;
    }
    for (;;) {
      array.push(readValue(depth + 1));
      const next = text.charCodeAt(i);
      if (next === closeBracket) break;
      if (next !== comma) fail('expected "," or "]"');
      i++;
    }
    i++;
    return array;
  }

  function readString(): string {
    const start = i;
    let escaped = false;
    for (i++; ; i++) {
      const code = text.charCodeAt(i);
      if (code === quote) break;
      if (code === backslash) {
        escaped = true;
        i++;
      } else if (code < 0x20) fail('a control character in a string');
      else if (Number.isNaN(code)) fail('a string that does not end', start);
    }
    i++;
    if (!escaped) return text.slice(start + 1, i - 1);
    try {
      return JSON.parse(text.slice(start, i)) as string;
    } catch {
      return fail('an escape that JSON does not know', start);
    }
  }

  function readNumber(): number | LosslessNumber {
    number.lastIndex = i;
    const digits = number.exec(text)?.[0];
    if (digits === undefined) return fail(i < text.length ? 'expected a value' : 'the text ends too early');
    i += digits.length;
    const value = Number(digits);
    return String(value) === digits ? value : new LosslessNumber(digits);
  }

  function readWord<V>(word: string, value: V): V {
    if (!text.startsWith(word, i)) fail('expected a value');
    i += word.length;
    return value;
  }

  function skipSpace(): void {
    for (;;) {
      const code = text.charCodeAt(i);
      if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return;
      i++;
    }
  }

  function fail(because: string, at = Math.min(i, text.length)): never {
    const before = text.slice(0, at);
    const line = before.split('\n').length;
    throw new CareletError('invalid', 'read JSON', { because: `${because} (line ${line}, column ${at - before.lastIndexOf('\n')})` });
  }
}

/**
 * One line of JSON, numbers as they were written.
 *
 * @throws CareletError `invalid` for NaN and infinities, which JSON cannot say
 */
export function printJson(value: Json): string {
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new CareletError('invalid', 'print JSON', { because: 'a number that is not finite' });
    return JSON.stringify(value);
  }
  if (value === null || typeof value === 'boolean') return String(value);
  if (isLosslessNumber(value)) return value.value;
  if (Array.isArray(value)) return `[${value.map(printJson).join(',')}]`;
  return `{${Object.entries(value)
    .map(([name, member]) => `${JSON.stringify(name)}:${printJson(member)}`)
    .join(',')}}`;
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
