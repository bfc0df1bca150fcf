/**
 * HTML as a tagged template: what is put in is escaped, unless it is HTML itself.
 *
 * @module
 */

/** HTML that may be put into HTML as it is. */
export class Html {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Piece = Html | string | number | readonly Piece[] | null | undefined;

/**
 * @example
 * ```ts
 * import { html } from '@carelet/portal/html';
 * html`<p>${'1 < 2'}</p>`.text; // '<p>1 &lt; 2</p>'
 * ```
 */
export function html(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  return new Html(strings.map((text, i) => text + (i < pieces.length ? written(pieces[i]) : '')).join(''));
}

function written(piece: Piece): string {
  if (piece instanceof Html) return piece.text;
  if (Array.isArray(piece)) return (piece as readonly Piece[]).map(written).join('');
  return piece === null || piece === undefined ? '' : escaped(String(piece));
}

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => entities[letter]!);
