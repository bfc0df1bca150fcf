import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64OfText, fill, mark, scissors, textOfBase64, wordsOf } from './freetext.ts';
import { merge } from './merge.ts';
import { partition } from './partition.ts';

const cutHead = (text: string) => scissors()(text, true);

test('the head of a note says who it is about: that is cut out, and what she shares with others too', () => {
  const note = 'Patient: Ada Lovelace   DOB: 1815-12-10\nMRN: 4711; Phone: 555-0100\nSex: F\n\nShe is well. Pulse 72.';
  const cut = cutHead(note)!;
  expect(cut.text).toBe(`Patient: ${mark}   DOB: ${mark}\nMRN: ${mark}; Phone: ${mark}\nSex: ${mark}\n\nShe is well. Pulse 72.`);
  expect(cut.EID).toEqual([
    [0, 'Ada Lovelace'],
    [2, '4711'],
    [3, '555-0100'],
  ]);
  expect(cut.QID).toEqual([
    [1, '1815-12-10'],
    [4, 'F'],
  ]);
  expect(fill(fill(cut.text, [...cut.EID, ...cut.QID]), [])).toBe(note);
});

test('a narrative stays XHTML', () => {
  const div =
    '<div><p><b>subject</b>: <a href="x">P. van de Heuvel</a></p><table><tr><td>Name</td><td>Ada</td></tr></table><p>ok</p></div>';
  expect(cutHead(div)?.text).toBe(
    `<div><p><b>subject</b>: <a href="x">${mark}</a></p><table><tr><td>Name</td><td>${mark}</td></tr></table><p>ok</p></div>`,
  );
});

test('a word that is no label, and a label far down, are left alone', () => {
  expect(cutHead('Medication name: ibuprofen, dose 400')).toBeUndefined();
  expect(cutHead(`${'She is well. '.repeat(200)}\nName: ibuprofen`)).toBeUndefined();
  expect(cutHead('Her sex life, her address book')).toBeUndefined();
});

test("the patient's own words are cut wherever they stand, as words", () => {
  const cut = scissors(['Ada', "O'Hara"])("Ada went with Adam. ADA. O&#39;Hara, O'Hara", false)!;
  expect(cut.text).toBe(`${mark} went with Adam. ADA. ${mark}, ${mark}`);
  expect(scissors(['Al'])('Al is too short to be looked for', false)).toBeUndefined();
});

test('with one part of the words, the others stay marked', () => {
  const chart = { pat: '00112233445566778899aabbccddeeff', references: [] };
  const data = base64OfText('Name: Ada\nDOB: 1815-12-10\nWell █.');
  const resource = { resourceType: 'DocumentReference', content: [{ attachment: { contentType: 'text/plain; charset=utf-8', data } }] };
  const { EID, QID, MI } = partition({ resource }, chart);
  const textOf = (portions: Parameters<typeof merge>[0]) =>
    textOfBase64((merge(portions, chart).resource as unknown as typeof resource).content[0]!.attachment.data);
  expect(textOf({ MI: MI! })).toBe('Name: █\nDOB: █\nWell █.');
  expect(textOf({ EID: EID!, MI: MI! })).toBe('Name: Ada\nDOB: █\nWell █.');
  expect(textOf({ QID: QID!, MI: MI! })).toBe('Name: █\nDOB: 1815-12-10\nWell █.');
  expect(textOf({ EID: EID!, QID: QID!, MI: MI! })).toBe('Name: Ada\nDOB: 1815-12-10\nWell █.');
});

test('what is cut can be filled in again, whatever the text', () => {
  const piece = fc.constantFrom(
    'Name: ',
    'DOB:',
    'Ada',
    '\n',
    ' ',
    '  ',
    mark,
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    ':',
    ';',
    'x',
    'Patient',
    '|',
    '<td>',
    '</td>',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, head) => {
      const text = pieces.join('');
      const cut = scissors(['Ada', 'Patient'])(text, head);
      if (cut) expect(fill(cut.text, [...cut.QID, ...cut.EID])).toBe(text);
    }),
    { numRuns: 2000 },
  );
});

test('a head made to be slow is not', () => {
  for (const text of [
    'name '.repeat(500),
    '<'.repeat(2000),
    '<td>'.repeat(500),
    `name:${' '.repeat(1990)}`,
    '</b>'.repeat(500),
    `name${'<b> '.repeat(400)}`,
  ]) {
    const begin = performance.now();
    cutHead(text);
    expect(performance.now() - begin).toBeLessThan(250);
  }
});

test('base64 that would not come back letter for letter is left alone', () => {
  expect(textOfBase64('QQ==')).toBe('A');
  expect(textOfBase64('QR==')).toBeUndefined();
  expect(textOfBase64('QQ')).toBeUndefined();
  expect(textOfBase64('/w==')).toBeUndefined();
  expect(textOfBase64(base64OfText('\ufeffÄ ☃'.repeat(5000)))).toBe('\ufeffÄ ☃'.repeat(5000));
});

test("a patient's words are names, numbers, telephones and streets, not her city or her age", () => {
  const words = wordsOf({
    resourceType: 'Patient',
    name: [{ family: 'Lovelace', given: ['Ada', 'K'] }],
    identifier: [{ value: '4711' }],
    telecom: [{ value: '555-0100' }],
    address: [{ line: ['12 St James Square'], city: 'London' }],
    birthDate: '1815-12-10',
  });
  expect(words).toEqual(['Lovelace', 'Ada', '4711', '555-0100', '12 St James Square']);
});
