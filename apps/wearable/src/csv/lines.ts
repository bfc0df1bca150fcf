/**
 * The lines of a text file, one at a time, however long the file.
 *
 * @module
 */
import { CareletError } from '@carelet/care/model';
import type { Source } from '../formats/source.ts';

/** A line and its number, from 1. */
export type Line = { readonly line: number; readonly text: string };

/** A line longer than this is no line: the file is something else. */
const longest = 65_536;

/**
 * UTF-8 lines numbered from 1, ended by any of CR LF, LF, CR; a byte order mark is dropped, what is not UTF-8 becomes
 * U+FFFD.
 *
 * @throws {CareletError} `invalid` on a line of more than 65,536 characters
 */
export async function* linesOf({ name, bytes }: Source): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  for await (const chunk of bytes()) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop()!;
    if (rest.length > longest)
      throw new CareletError('invalid', 'read CSV', { subject: name, because: `line ${line + lines.length + 1} never ends` });
    for (const text of lines) yield { line: ++line, text };
  }
  const last = (rest + decoder.decode()).replace(/\r$/, '');
  if (last !== '') yield { line: line + 1, text: last };
}

/** The fields of a line (RFC 4180 §2), trimmed; undefined if a quote is not closed. */
export function fieldsOf(text: string, separator: string): string[] | undefined {
  if (!text.includes('"')) return text.split(separator).map((field) => field.trim());
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    while (text[at] === ' ') at++;
    if (text[at] === '"') {
      let field = '';
      for (at++; ; at++) {
        if (at >= text.length) return undefined;
        if (text[at] !== '"') field += text[at];
        else if (text[at + 1] === '"') field += text[at++];
        else break;
      }
      fields.push(field.trim());
      at = text.indexOf(separator, at);
    } else {
      const end = text.indexOf(separator, at);
      fields.push(text.slice(at, end < 0 ? undefined : end).trim());
      at = end;
    }
    if (at < 0) return fields;
    at++;
  }
}
