/**
 * HTML as plain text: what a narrative says, and nothing that a browser would do.
 *
 * No parser is needed to lose everything but words. Tags are cut out, entities become characters, scripts and
 * styles vanish with their content; the result is strings, and whoever shows them shows strings. One pass, so that a
 * megabyte of `<` takes as long as a megabyte of words.
 *
 * @module
 */
import { type Block, printable } from './text.ts';

/** Elements of which nothing is read. */
const silent = new Set(['script', 'style', 'head', 'title', 'template', 'noscript', 'svg', 'math', 'iframe', 'object']);
/** Elements that begin on a new line. */
const apart = new Set(
  'address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure footer form header hr html main nav ol p pre section summary table tbody tfoot thead tr ul'.split(
    ' ',
  ),
);

/**
 * The blocks of an HTML or XHTML text.
 *
 * @example
 * ```ts
 * import { blocksOfHtml } from '@carelet/care/rules/chart/html';
 * blocksOfHtml('<div><h2>Plan</h2>Less salt &amp; <b>more</b> walks<script>alert(1)</script></div>');
 * // [{ kind: 'heading', text: 'Plan' }, { kind: 'paragraph', text: 'Less salt & more walks' }]
 * ```
 */
export function blocksOfHtml(html: string): readonly Block[] {
  const blocks: Block[] = [];
  const open: { kind: Block['kind']; pieces: string[] } = { kind: 'paragraph', pieces: [] };
  const close = (next: Block['kind'] = 'paragraph'): void => {
    const text = tidy(open.pieces.join(''));
    if (text !== '') blocks.push({ kind: open.kind, text });
    open.pieces = [];
    open.kind = next;
  };
  const lastEnd = html.lastIndexOf('>');
  for (let i = 0; i < html.length; ) {
    const sign = html.indexOf('<', i);
    if (sign < 0 || sign > lastEnd) {
      open.pieces.push(wordsOf(html.slice(i)));
      break;
    }
    open.pieces.push(wordsOf(html.slice(i, sign)));
    const { tag, end, next } = tagAt(html, sign);
    i = next;
    if (tag === undefined) continue;
    if (tag === '') open.pieces.push('<');
    else if (/^h[1-6]$/.test(tag)) close(end ? 'paragraph' : 'heading');
    else if (tag === 'li') close(end ? 'paragraph' : 'item');
    else if (tag === 'br') open.pieces.push('\n');
    else if (tag === 'td' || tag === 'th') open.pieces.push(end ? '\t' : '');
    else if (apart.has(tag)) close(open.kind === 'item' && !end ? 'item' : 'paragraph');
    else if (silent.has(tag) && !end) i = afterSilence(html, tag, next);
  }
  close();
  return blocks;
}

/** What begins with the `<` at `sign`: a tag, a comment (no tag), or, as `''`, a mere sign. */
function tagAt(html: string, sign: number): { readonly tag: string | undefined; readonly end: boolean; readonly next: number } {
  if (html.startsWith('<!--', sign)) return { tag: undefined, end: false, next: after(html, '-->', sign + 4) };
  if (html.startsWith('<![CDATA[', sign)) return { tag: undefined, end: false, next: sign + 9 };
  tagName.lastIndex = sign;
  const match = tagName.exec(html);
  if (!match) return { tag: '', end: false, next: sign + 1 };
  const tag = /^[!?]/.test(match[2]!) ? undefined : match[2]!.toLowerCase();
  return { tag, end: match[1] === '/', next: after(html, '>', tagName.lastIndex) };
}

const tagName = /<(\/?)([a-zA-Z][a-zA-Z0-9]{0,15}|[!?])/y;

/** Past the text, or the end where it does not come: a comment that never ends hides what follows, as in browsers. */
function after(html: string, text: string, from: number): number {
  const found = html.indexOf(text, from);
  return found < 0 ? html.length : found + text.length;
}

function afterSilence(html: string, tag: string, from: number): number {
  const ending = new RegExp(`</${tag}`, 'gi');
  ending.lastIndex = from;
  return ending.test(html) ? after(html, '>', ending.lastIndex) : html.length;
}

/** A line break in the source is a space; the ones that are meant come from `<br>`. */
const wordsOf = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,6}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return Object.hasOwn(named, name) ? named[name]! : whole;
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff) ? String.fromCodePoint(code) : '\ufffd';
  });

const named: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  ndash: '–',
  mdash: '—',
  hellip: '…',
  lsquo: '‘',
  rsquo: '’',
  ldquo: '“',
  rdquo: '”',
  bull: '•',
  middot: '·',
  deg: '°',
  micro: 'µ',
  plusmn: '±',
  times: '×',
  frac12: '½',
  le: '≤',
  ge: '≥',
  copy: '©',
};

/** Cells of a row stand apart by a bar; lines hold what is in them. */
const tidy = (text: string): string =>
  printable(text)
    .split('\n')
    .map((line) =>
      line
        .split('\t')
        .map((cell) => cell.replace(/ +/g, ' ').trim())
        .filter((cell) => cell !== '')
        .join(' | '),
    )
    .filter((line) => line !== '')
    .join('\n');
