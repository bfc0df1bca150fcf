/**
 * Cutting a stream of JSON into pieces that fit in memory, without understanding it.
 *
 * A bundle of 200 MB is one JSON text; what we want are its entries, one after the other. This scanner counts
 * brackets and skips strings, byte by byte, and hands over the text of each entry (and, last, of the bundle
 * without its entries). It does not check the grammar: whoever parses a piece does, and a broken entry is only a
 * broken entry as long as its brackets fit. If they do not, nothing after them can be trusted to be an entry;
 * then it goes on at the next line that begins with a bracket, as every line of an .ndjson file does.
 *
 * (stream-json would do the cutting too, but builds every token on the way, and says it is not made for hostile
 * input.)
 *
 * @module
 */

export type Slice =
  /** An entry of a bundle, an item of an array. */
  | { readonly kind: 'item'; readonly at: number; readonly bytes: Uint8Array; readonly tentative: boolean }
  /** A whole top-level value, or a bundle with `"entry":[]` if its entries came as items. */
  | { readonly kind: 'document'; readonly at: number; readonly bytes: Uint8Array; readonly entriesCame: boolean }
  | { readonly kind: 'broken'; readonly at: number; readonly because: string };

/** No resource is larger; a larger one is refused before it fills the memory. */
export const largestPiece = 64 * 1024 * 1024;

type Capture = { at: number; pieces: Uint8Array[]; size: number; from: number | undefined };

/** Types of bundles that are records themselves, not containers of records. */
export const wholeBundles: ReadonlySet<unknown> = new Set(['document', 'message']);

export class Slicer {
  /** Bundles stay whole. */
  readonly #whole: boolean;

  constructor(options: { readonly whole?: boolean } = {}) {
    this.#whole = options.whole ?? false;
  }

  /** Bytes of all chunks before this one. */
  #before = 0;
  #chunk: Uint8Array = new Uint8Array();
  #open: number[] = [];
  #inString = false;
  #escaped = false;
  /** The last byte that was neither white space nor inside a string. */
  #last = 0;
  #document: Capture | undefined;
  #item: Capture | undefined;
  /** Items lie at this depth; undefined outside an array of items. */
  #itemDepth: number | undefined;
  #entriesCame = false;
  /** What a top-level object has said of itself so far. */
  #key = '';
  #type: string | undefined;
  #word: number[] | undefined;
  #notBundle = false;
  /** Items came before the bundle had said that it is one; the first decides. */
  #undecided = false;
  /** Nothing stands before this byte on its line. */
  #lineBegins = false;
  /** Where the byte after the item is, in this chunk. */
  #resume = 0;
  /** After something broken: 'rest' of the line, then the 'start' of the next. */
  #skipping: 'rest' | 'start' | undefined;

  /** The pieces that end in this chunk. Take each before asking for the next. */
  *push(chunk: Uint8Array): Generator<Slice, void, undefined> {
    this.#chunk = chunk;
    for (const capture of [this.#document, this.#item]) if (capture && capture.from !== undefined) capture.from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const c = chunk[i]!;
      if (this.#skipping !== undefined) {
        this.#skip(c);
        if (this.#skipping !== undefined) continue;
      }
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (c === backslash) this.#escaped = true;
        else if (c === quote) {
          this.#inString = false;
          this.#last = quote;
          this.#endWord();
        } else if (c === newline) {
          yield this.#break(i, 'a string that does not end on its line');
          this.#skipping = 'start';
        } else this.#word?.push(c);
        continue;
      }
      switch (c) {
        case space:
        case newline:
        case carriageReturn:
        case tab:
          if (this.#item && this.#open.length === this.#itemDepth) yield* this.#endItem(i);
          break;
        case quote:
          if (this.#open.length === 0) {
            yield this.#break(i, notAnObject);
            break;
          }
          this.#begin(i);
          this.#inString = true;
          if (this.#open.length === 1 && this.#itemDepth === undefined) this.#word = [];
          break;
        case openBrace:
        case openBracket:
          if (this.#open.length > 0 && this.#last !== colon && this.#last !== comma && this.#last !== openBracket) {
            const lineBegins = this.#lineBegins;
            yield this.#break(i, 'a bracket where none can be');
            if (!lineBegins) break;
            // The line before was not finished, this one is not to blame.
            this.#skipping = undefined;
          }
          this.#openBracket(c, i);
          break;
        case closeBrace:
        case closeBracket:
          yield* this.#closeBracket(c, i);
          break;
        case comma:
          if (this.#item && this.#open.length === this.#itemDepth) yield* this.#endItem(i);
          if (this.#open.length === 1) this.#key = '';
          break;
        case colon:
          break;
        default:
          if (this.#open.length === 0) yield this.#break(i, notAnObject);
          else this.#begin(i);
      }
      if (c > space) this.#last = c;
      this.#lineBegins = c === newline;
    }
    for (const capture of [this.#document, this.#item]) if (capture) this.#keep(capture, chunk.length, true);
    this.#before += chunk.length;
  }

  /** When the source has ended. */
  *end(): Generator<Slice, void, undefined> {
    if (this.#document || this.#item || this.#open.length > 0) {
      yield { kind: 'broken', at: this.#before, because: 'the file ends in the middle' };
    }
  }

  /** The tentative item was not a bundle's entry after all: back into the document with it. */
  notBundle(item: Uint8Array): void {
    const document = this.#document!;
    document.pieces.push(item);
    document.size += item.length;
    document.from = this.#resume;
    this.#itemDepth = undefined;
    this.#entriesCame = false;
    this.#notBundle = true;
  }

  /** A value begins, unless one has. */
  #begin(i: number): void {
    if (this.#open.length === 0 && !this.#document) this.#document = { at: this.#before + i, pieces: [], size: 0, from: i };
    if (this.#open.length === this.#itemDepth && !this.#item) this.#item = { at: this.#before + i, pieces: [], size: 0, from: i };
  }

  #openBracket(c: number, i: number): void {
    const depth = this.#open.length;
    if (depth === 0 && c === openBracket) {
      this.#itemDepth = 1;
    } else if (depth === 1 && c === openBracket && this.#itemDepth === undefined && this.#key === 'entry' && this.#mayBeBundle()) {
      this.#keep(this.#document!, i + 1, false);
      this.#itemDepth = 2;
      this.#entriesCame = true;
      this.#undecided = this.#type === undefined;
    } else this.#begin(i);
    this.#open.push(c);
    if (depth === 0) {
      this.#key = '';
      this.#type = undefined;
      this.#notBundle = this.#whole;
    }
  }

  #mayBeBundle(): boolean {
    return !this.#notBundle && !this.#entriesCame && (this.#type === undefined || this.#type === 'Bundle');
  }

  *#closeBracket(c: number, i: number): Generator<Slice, void, undefined> {
    if (this.#item && this.#open.length === this.#itemDepth) yield* this.#endItem(i);
    const opened = this.#open.pop();
    if (opened !== (c === closeBrace ? openBrace : openBracket)) {
      yield this.#break(i, 'brackets that do not fit');
      return;
    }
    const depth = this.#open.length;
    if (this.#item && depth === this.#itemDepth) yield* this.#endItem(i + 1);
    else if (this.#itemDepth !== undefined && depth === this.#itemDepth - 1) {
      // The array of items is over: what follows is the document again.
      this.#itemDepth = undefined;
      if (this.#document) this.#document.from = i;
    }
    if (depth > 0 || !this.#document) return;
    const { at } = this.#document;
    const bytes = this.#take(this.#document, i + 1);
    const entriesCame = this.#entriesCame;
    this.#document = undefined;
    this.#entriesCame = false;
    yield bytes ? { kind: 'document', at, bytes, entriesCame } : { kind: 'broken', at, because: tooLarge };
  }

  *#endItem(i: number): Generator<Slice, void, undefined> {
    const item = this.#item!;
    const bytes = this.#take(item, i);
    this.#item = undefined;
    this.#resume = i;
    const tentative = this.#undecided;
    this.#undecided = false;
    yield bytes ? { kind: 'item', at: item.at, bytes, tentative } : { kind: 'broken', at: item.at, because: tooLarge };
  }

  /** A key or a value of the top-level object has been read. */
  #endWord(): void {
    if (!this.#word) return;
    const word = new TextDecoder().decode(Uint8Array.from(this.#word));
    this.#word = undefined;
    if (this.#key === '') this.#key = word;
    else if (this.#key === 'resourceType') this.#type = word;
    // A document or a message was signed or sent as one: it stays one.
    else if (this.#key === 'type' && wholeBundles.has(word)) this.#notBundle = true;
  }

  #break(i: number, because: string): Slice {
    this.#open = [];
    this.#inString = this.#escaped = false;
    this.#document = this.#item = this.#itemDepth = this.#word = undefined;
    this.#entriesCame = this.#undecided = false;
    this.#last = 0;
    this.#skipping = 'rest';
    return { kind: 'broken', at: this.#before + i, because };
  }

  #skip(c: number): void {
    if (c === newline) this.#skipping = 'start';
    else if (this.#skipping === 'start') this.#skipping = c === openBrace || c === openBracket ? undefined : 'rest';
  }

  /** Adds what this chunk holds of a capture up to byte `to`. */
  #keep(capture: Capture, to: number, more: boolean): void {
    if (capture.from === undefined) return;
    capture.size += to - capture.from;
    if (capture.size <= largestPiece) capture.pieces.push(this.#chunk.subarray(capture.from, to));
    else capture.pieces = [];
    capture.from = more ? 0 : undefined;
  }

  /** The whole capture, or undefined if it was too large to keep. */
  #take(capture: Capture, to: number): Uint8Array | undefined {
    this.#keep(capture, to, false);
    if (capture.size > largestPiece) return undefined;
    const [only] = capture.pieces;
    if (only && capture.pieces.length === 1) return only;
    const whole = new Uint8Array(capture.size);
    let at = 0;
    for (const piece of capture.pieces) {
      whole.set(piece, at);
      at += piece.length;
    }
    return whole;
  }
}

const notAnObject = 'neither an object nor an array';
const tooLarge = `it is larger than ${largestPiece / 1024 / 1024} MiB`;
const tab = 0x09;
const newline = 0x0a;
const carriageReturn = 0x0d;
const space = 0x20;
const quote = 0x22;
const comma = 0x2c;
const colon = 0x3a;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
