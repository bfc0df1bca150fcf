/**
 * JSON of any length, one value at a time: the elements of an array, the lines of NDJSON, or the one object there is.
 *
 * Values are cut out of the stream by their brackets and read with all their digits (`parseJson`); one value is in
 * memory at a time.
 *
 * @module
 */
import { asCareletError, CareletError, isLosslessNumber, isObject, type Json, type JsonObject, own, parseJson } from '@carelet/care/model';
import type { Source } from './source.ts';

/** One value longer than this is no measurement. */
const longest = 64 * 2 ** 20;

/** A value of the file, and which it is, from 1. */
export type Element = { readonly value: Json; readonly number: number };

/**
 * @throws {CareletError} `invalid`, naming the element, for what is not JSON
 */
export async function* elementsOf({ name, bytes }: Source): AsyncGenerator<Element> {
  const decoder = new TextDecoder('utf-8');
  const cutter = new Cutter(name);
  let number = 0;
  const read = (text: string): Element => {
    try {
      return { value: parseJson(text), number: ++number };
    } catch (error) {
      throw refuse(name, `value ${number + 1} is not JSON: ${asCareletError(error, 'read recording').because}`, error);
    }
  };
  for await (const chunk of bytes()) for (const text of cutter.cut(decoder.decode(chunk, { stream: true }))) yield read(text);
  for (const text of cutter.cut(decoder.decode())) yield read(text);
  cutter.end();
}

/** Cuts a stream of characters into the texts of its values. */
class Cutter {
  readonly #name: string;
  /** An array around everything is opened, so that its elements come one by one. */
  #array: 'none' | 'open' | 'closed' = 'none';
  #depth = 0;
  #quoted = false;
  #escaped = false;
  /** What belongs to the value that has begun and has not ended. */
  #begun: string[] = [];
  #length = 0;

  constructor(name: string) {
    this.#name = name;
  }

  *cut(text: string): Generator<string> {
    let from = this.#depth > 0 ? 0 : -1;
    for (let i = 0; i < text.length; i++) {
      const character = text.charCodeAt(i);
      if (this.#quoted) {
        if (this.#escaped) this.#escaped = false;
        else if (character === 0x5c) this.#escaped = true;
        else if (character === 0x22) this.#quoted = false;
      } else if (character === 0x22) {
        if (this.#depth === 0) throw this.#stray();
        this.#quoted = true;
      } else if (character === 0x7b || (character === 0x5b && (this.#depth > 0 || this.#array !== 'none'))) {
        if (this.#depth++ === 0) from = i;
      } else if (character === 0x5b) this.#array = 'open';
      else if (character === 0x7d || character === 0x5d) {
        if (this.#depth === 0) {
          if (character !== 0x5d || this.#array !== 'open') throw this.#stray();
          this.#array = 'closed';
        } else if (--this.#depth === 0) {
          this.#begun.push(text.slice(from, i + 1));
          yield this.#begun.join('');
          this.#begun = [];
          this.#length = 0;
          from = -1;
        }
      } else if (this.#depth === 0 && !/[\s,\ufeff]/.test(text[i]!)) throw this.#stray();
    }
    if (from < 0) return;
    this.#begun.push(text.slice(from));
    this.#length += text.length - from;
    if (this.#length > longest) throw refuse(this.#name, 'one value in it is longer than 64 MB');
  }

  end(): void {
    if (this.#depth > 0 || this.#array === 'open') throw refuse(this.#name, 'it ends within a value: it is cut short');
  }

  #stray(): CareletError {
    return refuse(this.#name, 'it is not JSON of objects');
  }
}

export const refuse = (subject: string, because: string, cause?: unknown): CareletError =>
  new CareletError('invalid', 'read recording', { subject, because, cause });

/** A number's digits as printed, whether JSON wrote it as a number or as a text; undefined for what is no number. */
export function digitsOf(value: Json | undefined): string | undefined {
  if (typeof value === 'number') return String(value);
  if (isLosslessNumber(value)) return value.value;
  return typeof value === 'string' && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value.trim()) ? value.trim() : undefined;
}

/** A member, and a member's member: `at(point, 'header', 'schema_id')`. */
export function at(value: Json | undefined, ...names: readonly string[]): Json | undefined {
  let here = value;
  for (const name of names) here = isObject(here) ? own(here, name) : undefined;
  return here;
}

export const textAt = (value: Json | undefined, ...names: readonly string[]): string | undefined => {
  const text = at(value, ...names);
  return typeof text === 'string' ? text : undefined;
};

/** The objects of an array; none for what is none. */
export function objectsAt(value: Json | undefined, ...names: readonly string[]): readonly JsonObject[] {
  const list = at(value, ...names);
  return Array.isArray(list) ? list.filter(isObject) : [];
}
