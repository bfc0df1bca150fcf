/**
 * What identifies, inside free text.
 *
 * A note opens with `Patient: Ada Lovelace   DOB: 1815-12-10`, a narrative with `<b>subject</b>: <a>Ada</a>`.
 * Such words are cut out and go to the part they belong to; each leaves one `█` behind, so who reads only MI
 * sees that something stood there. Two rules find them: a known label in the head of a text, and the patient's
 * own words (`wordsOf`) anywhere. Neither is de-identification (a story can name somebody without naming him):
 * MI is sealed as well, and this only keeps it from saying the name on every page.
 *
 * @module
 */
import { isObject, type Json, own, type Resource } from '../../model/index.ts';

/** Stands where something was cut. */
export const mark = '█';

/** The n-th mark of the text, counted from 0, stands for this. */
export type Filling = readonly [nth: number, words: string];

export type CutText = { readonly text: string; readonly EID: readonly Filling[]; readonly QID: readonly Filling[] };

export type Scissors = (text: string, head: boolean) => CutText | undefined;

const eidLabels =
  "patient'?s? name|full name|last name|first name|surname|given names?|family name|patient|name|subject|beneficiary|mrn|" +
  'medical record (?:number|no\\.?)|patient (?:id|number|no\\.?)|hospital (?:number|no\\.?)|ssn|social security(?: number| no\\.?)?|' +
  'national id|nhs (?:number|no\\.?)|insurance (?:id|number|no\\.?)|member id|policy (?:number|no\\.?)|(?:home )?address|street|' +
  '(?:tele)?phone|tel\\.?|mobile|fax|e-?mail|next of kin|emergency contact';
const qidLabels =
  'date of birth|birth ?date|d\\.?o\\.?b\\.?|born|sex|gender|post ?code|zip(?: code)?|city|marital status|language|nationality|race|ethnicity';

// A label at the start of a line, a cell or a paragraph, or after a wide gap; then ":" or the next cell; then the words.
const labelled = new RegExp(
  `(?:^|[\\n\\r>]|\\s{2,}|[;|])\\s*(?:(${eidLabels})|(${qidLabels}))\\s*(?:</\\w+>\\s*)*(?::\\s*(?:<[^<>]*>\\s*)*|</t[dh]>\\s*<t[dh][^<>]*>\\s*)` +
    `([^<>\\n\\r;|]+?)(?=\\s*(?:$|[<>\\n\\r;|]|\\s{2,}|,?\\s(?:${eidLabels}|${qidLabels})\\s*:))`,
  'gi',
);
/** A head is this long: further down "Name:" is a medicine's. */
const headLength = 2000;

/**
 * @param words the patient's own, as `wordsOf` gives them
 */
export function scissors(words: readonly string[] = []): Scissors {
  const spelled = [...new Set(words.filter((word) => word.trim().length >= 3).flatMap((word) => [word, escapeXml(word)]))];
  const own =
    spelled.length === 0
      ? undefined
      : new RegExp(
          `(?<![\\p{L}\\p{N}])(?:${spelled
            .sort((a, b) => b.length - a.length)
            .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'))
            .join('|')})(?![\\p{L}\\p{N}])`,
          'gu',
        );
  return (text, head) => {
    const spans: { start: number; end: number; part: 'EID' | 'QID' }[] = [];
    if (head) {
      for (const found of text.slice(0, headLength).matchAll(labelled)) {
        const value = found[3]!.trimEnd();
        const start = found.index + found[0].lastIndexOf(found[3]!);
        spans.push({ start, end: start + value.length, part: found[1] === undefined ? 'QID' : 'EID' });
      }
    }
    if (own) for (const found of text.matchAll(own)) spans.push({ start: found.index, end: found.index + found[0].length, part: 'EID' });
    return spans.length === 0 ? undefined : cutOut(text, spans);
  };
}

function cutOut(text: string, spans: { start: number; end: number; part: 'EID' | 'QID' }[]): CutText {
  spans.sort((a, b) => a.start - b.start || b.end - a.end);
  const pieces: string[] = [];
  const cut: { EID: Filling[]; QID: Filling[] } = { EID: [], QID: [] };
  let done = 0;
  let marks = 0;
  const keep = (piece: string) => {
    marks += piece.split(mark).length - 1;
    pieces.push(piece);
  };
  for (const { start, end, part } of spans) {
    if (start < done || start === end) continue;
    keep(text.slice(done, start));
    cut[part].push([marks, text.slice(start, end)]);
    marks++;
    pieces.push(mark);
    done = end;
  }
  keep(text.slice(done));
  return { text: pieces.join(''), ...cut };
}

/** The inverse of cutting, as far as the fillings go: marks that have none stay. */
export function fill(text: string, fillings: readonly Filling[]): string {
  if (fillings.length === 0) return text;
  const by = new Map(fillings);
  let nth = 0;
  return text.replaceAll(mark, () => by.get(nth++) ?? mark);
}

/** The text inside an attachment's base64, or undefined if it is no text or would not come back letter for letter. */
export function textOfBase64(data: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)));
    return base64OfText(text) === data ? text : undefined;
  } catch {
    return undefined;
  }
}

export function base64OfText(text: string): string {
  const bytes = new TextEncoder().encode(text);
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  return btoa(binary);
}

/**
 * The words that name a patient: names, numbers, telephone numbers, streets; not his city, not his birth date.
 *
 * @param patient a `Patient`, `Person` or `RelatedPerson`
 *
 * @example
 * ```ts
 * import { wordsOf } from '@carelet/care/rules/records';
 * wordsOf({ resourceType: 'Patient', name: [{ family: 'Lovelace', given: ['Ada'] }] }); // ['Lovelace', 'Ada']
 * ```
 */
export function wordsOf(patient: Resource): readonly string[] {
  const words = new Set<string>();
  const add = (value: Json | undefined, atLeast: number) => {
    for (const item of Array.isArray(value) ? value : [value])
      if (typeof item === 'string' && item.trim().length >= atLeast) words.add(item);
  };
  for (const name of objects(own(patient, 'name'))) for (const field of ['text', 'family', 'given']) add(own(name, field), 3);
  for (const identifier of objects(own(patient, 'identifier'))) add(own(identifier, 'value'), 4);
  for (const telecom of objects(own(patient, 'telecom'))) add(own(telecom, 'value'), 5);
  for (const address of objects(own(patient, 'address'))) for (const field of ['line', 'text']) add(own(address, field), 5);
  return [...words];
}

const objects = (value: Json | undefined) => (Array.isArray(value) ? value : []).filter(isObject);
const escapeXml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll("'", '&#39;');
