/**
 * Notes: what somebody wrote, readable, out of whatever resource carries it.
 *
 * @module
 */
import { type Json, type JsonObject, own } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import { at, objectsIn, textIn, wordsIn } from './fhir.ts';
import { blocksOfHtml } from './html.ts';
import { type Block, blocksOfText } from './text.ts';

/**
 * The text of a note: of a document its attachments, of a Composition its sections, of a report its conclusion and
 * its pages, of anything else its annotations. Never HTML; empty where there is nothing to read (a scan, a PDF).
 *
 * @example
 * ```ts
 * import { notesOf } from '@carelet/care/rules/chart/notes';
 * notesOf({
 *   resourceType: 'DocumentReference',
 *   content: [{ attachment: { contentType: 'text/plain', data: btoa('PLAN\nNo change.') } }],
 * });
 * // [{ kind: 'heading', text: 'PLAN' }, { kind: 'paragraph', text: 'No change.' }]
 * ```
 */
export function notesOf(resource: Resource): readonly Block[] {
  const annotations = objectsIn(own(resource, 'note')).flatMap((note) => blocksOfText(textIn(own(note, 'text')) ?? ''));
  switch (resource.resourceType) {
    case 'DocumentReference':
      return objectsIn(own(resource, 'content')).flatMap((content) => pagesIn(own(content, 'attachment')));
    case 'Binary':
      return pagesIn(resource);
    case 'Composition':
      return objectsIn(own(resource, 'section')).flatMap((section) => sectionOf(section));
    case 'DiagnosticReport':
      return [...blocksOfText(textIn(own(resource, 'conclusion')) ?? ''), ...pagesIn(own(resource, 'presentedForm')), ...annotations];
    case 'ClinicalImpression':
      return [...['description', 'summary'].flatMap((name) => blocksOfText(textIn(own(resource, name)) ?? '')), ...annotations];
    case 'Communication':
      return [
        ...objectsIn(own(resource, 'payload')).flatMap((payload) => [
          ...blocksOfText(textIn(own(payload, 'contentString')) ?? ''),
          ...pagesIn(own(payload, 'contentAttachment')),
        ]),
        ...annotations,
      ];
    default:
      return annotations;
  }
}

function sectionOf(section: JsonObject): readonly Block[] {
  const title = textIn(own(section, 'title')) ?? wordsIn(own(section, 'code'));
  return [
    ...(title === undefined ? [] : [{ kind: 'heading', text: title } as const]),
    ...blocksOfHtml(textIn(at(section, 'text', 'div')) ?? ''),
    ...objectsIn(own(section, 'section')).flatMap((inner) => sectionOf(inner)),
  ];
}

/** The pages of attachments that are text. */
function pagesIn(value: Json | undefined): readonly Block[] {
  return objectsIn(value).flatMap((attachment) => {
    const [type, charset] = typeOf(own(attachment, 'contentType'));
    if (type !== 'text/plain' && type !== 'text/html' && type !== 'application/xhtml+xml' && type !== 'text/markdown') return [];
    const text = textOfBase64(own(attachment, 'data'), charset);
    return type === 'text/plain' || type === 'text/markdown' ? blocksOfText(text) : blocksOfHtml(text);
  });
}

/** `text/plain; charset=utf-8` as its two words. */
function typeOf(value: Json | undefined): readonly [type: string, charset: string] {
  const text = (textIn(value) ?? '').toLowerCase();
  return [text.split(';')[0]!.trim(), /;\s*charset="?([a-z0-9_-]{1,40})/.exec(text)?.[1] ?? 'utf-8'];
}

function textOfBase64(value: Json | undefined, charset: string): string {
  if (typeof value !== 'string') return '';
  try {
    const bytes = Uint8Array.from(atob(value), (letter) => letter.charCodeAt(0));
    return decoderOf(charset).decode(bytes);
  } catch {
    return ''; // no base64: nothing that could be read
  }
}

function decoderOf(charset: string) {
  try {
    return new TextDecoder(charset);
  } catch {
    return new TextDecoder();
  }
}
