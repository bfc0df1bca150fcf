/**
 * Text a note was written in, as headings, paragraphs and list items: plain strings, whatever came in.
 *
 * Hospitals break lines at the width of a sheet. A line is joined to the next one where its first word would not
 * have fitted; a break that was meant (a letterhead, an address) stays, as a line break inside the paragraph.
 *
 * @module
 */

export type Block = { readonly kind: 'heading' | 'paragraph' | 'item'; readonly text: string };

/** Widths at which people and machines break lines. */
const narrowest = 60;
const widest = 120;

/**
 * A plain text in blocks. Headings are lines in capitals, or begin with `#`; items begin with `-`, `*` or `•`.
 *
 * @example
 * ```ts
 * import { blocksOfText } from '@carelet/care/rules/chart/text';
 * blocksOfText('PLAN\nNo change.\n\n- Feet every week');
 * // [{ kind: 'heading', text: 'PLAN' }, { kind: 'paragraph', text: 'No change.' }, { kind: 'item', text: 'Feet every week' }]
 * ```
 */
export function blocksOfText(text: string): readonly Block[] {
  const lines = printable(text)
    .split('\n')
    .map((line) => line.trim());
  const width = lines.reduce((longest, { length }) => Math.max(longest, length), 0);
  const blocks: Block[] = [];
  let open: { kind: 'paragraph' | 'item'; text: string; last: string } | undefined;
  const close = (): void => {
    if (open) blocks.push({ kind: open.kind, text: open.text });
    open = undefined;
  };
  for (const line of lines) {
    const heading = headingIn(line);
    const item = /^[-*•]\s+(?=\S)/.exec(line);
    if (line === '' || heading !== undefined) {
      close();
      if (heading) blocks.push({ kind: 'heading', text: heading });
    } else if (item) {
      close();
      const said = line.slice(item[0].length);
      open = { kind: 'item', text: said, last: line };
    } else if (open) {
      open = { kind: open.kind, text: `${open.text}${wasBroken(open.last, line, width) ? ' ' : '\n'}${line}`, last: line };
    } else open = { kind: 'paragraph', text: line, last: line };
  }
  close();
  return blocks;
}

/** Without control characters; line ends are `\n`. */
export const printable = (text: string): string => text.replace(/\r\n?|[\u2028\u2029]/g, '\n').replace(/[^\P{Cc}\n\t]|\ufeff/gu, '');

/** Did the line end only because the next word did not fit? */
function wasBroken(line: string, next: string, width: number): boolean {
  const space = next.search(/\s/);
  return width >= narrowest && width <= widest && line.length + 1 + (space < 0 ? next.length : space) > width;
}

/** The heading a line is; empty for a `#` without words. */
function headingIn(line: string): string | undefined {
  if (/^#{1,6}(\s|$)/.test(line)) return line.replace(/^#+\s*/, '');
  const capitals = line.length <= narrowest && !/\p{Ll}/u.test(line) && /(?:\p{Lu}[^\p{Lu}]*){3}/u.test(line);
  return capitals ? line.replace(/:$/, '') : undefined;
}
