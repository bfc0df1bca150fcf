/**
 * Which documents are shown and what they are called when saved.
 *
 * @module
 */

/** Images that hold no program. SVG may, and is offered as a file like everything else. */
const shown = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp']);

/** Whether the page shows it as a picture. */
export const isShown = (type: string): boolean => shown.has(plain(type));

/** What people call a document of this type. */
export type Sort = 'pdf' | 'picture' | 'text' | 'file';

export function sortOf(type: string): Sort {
  if (plain(type) === 'application/pdf') return 'pdf';
  if (plain(type) === 'text/plain') return 'text';
  return plain(type).startsWith('image/') ? 'picture' : 'file';
}

const endings: Readonly<Record<string, string>> = {
  'application/pdf': 'pdf',
  'application/json': 'json',
  'application/fhir+json': 'json',
  'application/dicom': 'dcm',
  'application/xml': 'xml',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/xml': 'xml',
  'text/csv': 'csv',
  'text/rtf': 'rtf',
  'application/rtf': 'rtf',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
  'image/avif': 'avif',
  'image/bmp': 'bmp',
  'image/svg+xml': 'svg',
  'image/tiff': 'tiff',
};

/**
 * A name for the file, made of its title: letters, figures and a few signs, at most eighty, with the ending of its type.
 *
 * The ending a title brings along is the record's own word and is not believed.
 *
 * @example
 * ```ts no-run
 * fileName('Discharge letter', 'application/pdf'); // 'Discharge letter.pdf'
 * ```
 */
export function fileName(title: string, type: string): string {
  const ending = Object.hasOwn(endings, plain(type)) ? endings[plain(type)]! : 'bin';
  const stem = title
    .normalize('NFC')
    .replace(/[^\p{L}\p{M}\p{N} _-]+/gu, ' ')
    .replace(/ +/g, ' ')
    .trim();
  return `${[...stem].slice(0, 80).join('').trim() || 'document'}.${ending}`;
}

/** A media type without its parameters. */
const plain = (type: string): string => type.split(';')[0]!.trim().toLowerCase();
