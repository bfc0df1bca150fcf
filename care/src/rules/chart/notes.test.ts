import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bundle, bundleNames, present } from '../records/pack.testing.ts';
import { blocksOfHtml } from './html.ts';
import { notesOf } from './notes.ts';
import { blocksOfText } from './text.ts';

const recorded = present ? test : (): void => {};
const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64');
const paragraphs = (...texts: string[]) => texts.map((text) => ({ kind: 'paragraph', text }));

test('a sheet’s line breaks are undone, a letterhead’s are kept', () => {
  const wrapped =
    'Northgate Hospital, cardiology\nAda Marlow\n\nPressure rising since Sunday, no chest pain and no breathlessness, no headache, her\nleft knee has been sore since she cleared the cellar.\nNo change.';
  expect(blocksOfText(wrapped)).toEqual(
    paragraphs(
      'Northgate Hospital, cardiology\nAda Marlow',
      'Pressure rising since Sunday, no chest pain and no breathlessness, no headache, her left knee has been sore since she cleared the cellar.\nNo change.',
    ),
  );
});

test('capitals and hashes are headings, dashes are items; a script without capitals has none', () => {
  expect(blocksOfText('SINCE LAST TIME:\nWell.\n# Plan\n- Less salt\n* More walks\n\nICU\r\n血圧は安定')).toEqual([
    { kind: 'heading', text: 'SINCE LAST TIME' },
    { kind: 'paragraph', text: 'Well.' },
    { kind: 'heading', text: 'Plan' },
    { kind: 'item', text: 'Less salt' },
    { kind: 'item', text: 'More walks' },
    { kind: 'heading', text: 'ICU' },
    { kind: 'paragraph', text: '血圧は安定' },
  ]);
});

test('no word of a text is lost, and none is added', () => {
  const word = fc.stringMatching(/^[a-zA-Z0-9äÉ.,:]{1,12}$/);
  fc.assert(
    fc.property(fc.array(fc.tuple(word, fc.constantFrom(' ', '\n', '\n\n', '\r\n'))), (pieces) => {
      const text = pieces.map(([word, space]) => word + space).join('');
      const colonless = (words: string) => words.replace(/:/g, '').split(/\s+/).join(' ').trim();
      expect(
        colonless(
          blocksOfText(text)
            .map((block) => block.text)
            .join(' '),
        ),
      ).toBe(colonless(text));
    }),
  );
});

test('of a page only its words remain', () => {
  const page = `<!DOCTYPE html><html><head><title>x</title><style>p { color: red }</style></head><body onload="alert(1)">
    <h1>Discharge &amp; plan</h1><p>Well,<br/>afebrile &#62; 2 days.</p><ul><li>Walk</li><li><p>Less <b>salt</b></p></li></ul>
    <table><tr><th>Test</th><th>Value</th></tr><tr><td>K</td><td>4.4</td></tr></table><!-- <p>hidden</p> -->
    <script>steal('</p>')</script><img src=x onerror=alert(1)>2 < 3</body></html>`;
  expect(blocksOfHtml(page)).toEqual([
    { kind: 'heading', text: 'Discharge & plan' },
    { kind: 'paragraph', text: 'Well,\nafebrile > 2 days.' },
    { kind: 'item', text: 'Walk' },
    { kind: 'item', text: 'Less salt' },
    { kind: 'paragraph', text: 'Test | Value' },
    { kind: 'paragraph', text: 'K | 4.4' },
    { kind: 'paragraph', text: '2 < 3' },
  ]);
});

test('a sign that begins no tag is a sign, and words after it are read', () => {
  expect(blocksOfHtml('<p>SpO2 <92 at rest')).toEqual(paragraphs('SpO2 <92 at rest'));
  expect(blocksOfHtml('K <b then more')).toEqual(paragraphs('K <b then more'));
});

test('what cannot be a character becomes the sign for that', () => {
  expect(blocksOfHtml('a&#xD800;b&#0;c&#x110000;d&unknown;')).toEqual(paragraphs('a\ufffdb\ufffdc\ufffdd&unknown;'));
});

test.each([
  ['<'.repeat(400_000)],
  ['<a '.repeat(200_000)],
  ['<!--'.repeat(100_000)],
  ['<script>'.repeat(100_000)],
  ['&#'.repeat(200_000)],
  ['<p><'.repeat(100_000)],
  [' '.repeat(400_000)],
])('a long text of %.8s… takes no longer than words', (html) => {
  const begun = process.cpuUsage();
  blocksOfHtml(html);
  blocksOfText(html);
  expect(process.cpuUsage(begun).user / 1000).toBeLessThan(2000);
});

test('nothing comes out that a browser would act on but the words themselves', () => {
  fc.assert(
    fc.property(fc.array(fc.constantFrom('<', '>', '/', 'script', 'p', ' ', 'x', '"', '!--', '-->', '&lt;', 'li', 'h1')), (pieces) => {
      for (const { text } of blocksOfHtml(pieces.join(''))) {
        expect(text).toBe(text.trim());
        expect(text).not.toBe('');
      }
    }),
  );
});

test('a document is read in the letters it was written in', () => {
  const document = (contentType: string, data: string) =>
    notesOf({ resourceType: 'DocumentReference', content: [{ attachment: { contentType, data } }] });
  expect(document('text/plain; charset=utf-8', base64('Zoë hustet.'))).toEqual(paragraphs('Zoë hustet.'));
  expect(document('text/plain;charset="ISO-8859-1"', base64('Zoë hustet.', 'latin1'))).toEqual(paragraphs('Zoë hustet.'));
  expect(document('text/plain; charset=klingon', base64('Well.'))).toEqual(paragraphs('Well.'));
  expect(document('text/html', base64('<b>Well.</b>'))).toEqual(paragraphs('Well.'));
  expect(document('application/pdf', base64('%PDF'))).toEqual([]);
  expect(document('text/plain', '%%%')).toEqual([]);
});

test('a Composition is its sections, a report its conclusion, a condition its notes', () => {
  const div = (text: string) => ({ text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${text}</div>` } });
  expect(
    notesOf({
      resourceType: 'Composition',
      section: [{ title: 'Plan', ...div('<p>Rest</p>'), section: [{ code: { text: 'Diet' }, ...div('Less salt') }] }],
    }),
  ).toEqual([
    { kind: 'heading', text: 'Plan' },
    { kind: 'paragraph', text: 'Rest' },
    { kind: 'heading', text: 'Diet' },
    { kind: 'paragraph', text: 'Less salt' },
  ]);
  expect(
    notesOf({
      resourceType: 'DiagnosticReport',
      conclusion: 'Steady.',
      presentedForm: [{ contentType: 'text/plain', data: base64('Page') }],
    }),
  ).toEqual(paragraphs('Steady.', 'Page'));
  expect(notesOf({ resourceType: 'Condition', note: [{ text: 'Left more than right.' }] })).toEqual(paragraphs('Left more than right.'));
});

recorded('all notes of Synthea are readable', () => {
  let notes = 0;
  let headings = 0;
  for (const name of bundleNames().filter((name) => name.startsWith('notes'))) {
    for (const { resource } of bundle(name)) {
      if (resource.resourceType !== 'DocumentReference') continue;
      const blocks = notesOf(resource);
      notes++;
      headings += blocks.filter(({ kind }) => kind === 'heading').length;
      expect(blocks.length).toBeGreaterThan(2);
    }
  }
  expect(notes).toBe(1288);
  expect(headings).toBeGreaterThan(4 * notes);
});

if (!present) test.skip('the Synthea bundles are not here (CARELET_DATA)', () => {});
