import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pseudonymsOf } from './pseudonym.ts';

const pat = '00112233445566778899aabbccddeeff';
const alias = `Patient/${pat}`;

test('each reference to the patient becomes his pseudonym and comes back as it was', () => {
  const { conceal, reveal, means } = pseudonymsOf({ pat, references: ['urn:uuid:1', 'Patient/ada', 'http://h/fhir/Patient/ada'] });
  expect(conceal('urn:uuid:1')).toBe(alias);
  expect(conceal('Patient/ada')).toBe(`${alias}-1`);
  expect(conceal('http://h/fhir/Patient/ada/_history/3')).toBe(`${alias}-2/_history/3`);
  expect(conceal('<a href="Patient/ada">she</a>, see Patient/ada.')).toBe(`<a href="${alias}-1">she</a>, see ${alias}-1.`);
  expect(reveal(conceal('<a href="Patient/ada">she</a>, see Patient/ada.'))).toBe('<a href="Patient/ada">she</a>, see Patient/ada.');
  expect(means('Patient/ada/_history/3')).toBe(true);
  expect(means('Patient/adam')).toBe(false);
});

test('another patient is not meant', () => {
  const { conceal } = pseudonymsOf({ pat, references: ['Patient/1'] });
  for (const other of ['Patient/12', 'Patient/1-2', 'Patient/1.2', 'RelatedPatient/1']) expect(conceal(other)).toBe(other);
});

test('a reader without the references sees the pseudonym', () => {
  const { conceal } = pseudonymsOf({ pat, references: ['urn:uuid:1', 'Patient/ada'] });
  const { reveal } = pseudonymsOf({ pat, references: [] });
  expect(reveal(conceal('Patient/ada'))).toBe(`${alias}-1`);
  expect(reveal(conceal(`${alias}-1`))).toBe(`${alias}-1`);
});

test('text that already held a pseudonym is not mistaken for one', () => {
  const { conceal, reveal } = pseudonymsOf({ pat, references: ['urn:uuid:1'] });
  expect(conceal(alias)).toBe(`${alias}-0`);
  for (const text of [alias, `${alias}-0`, `${alias}-1`, `${alias}${alias}`, `${alias}-0-0x`]) expect(reveal(conceal(text))).toBe(text);
});

test('whatever is concealed can be revealed', () => {
  const word = fc.constantFrom(alias, 'Patient/1', 'Patient/12', 'urn:uuid:a', '-', '0', '1', '.', '/', ' ', 'x', 'Patient/', pat);
  const reference = fc.constantFrom(
    'Patient/1',
    'Patient/12',
    'urn:uuid:a',
    'http://h/Patient/1',
    alias,
    `${alias}-1`,
    `${alias}-0`,
    '(',
    '#1',
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), fc.uniqueArray(reference, { maxLength: 5 }), (words, references) => {
      const { conceal, reveal } = pseudonymsOf({ pat, references });
      expect(reveal(conceal(words.join('')))).toBe(words.join(''));
    }),
    { numRuns: 3000 },
  );
});

test('references may follow later, at the end of the list', () => {
  const concealed = pseudonymsOf({ pat, references: ['urn:uuid:1', 'Patient/ada'] }).conceal('Patient/ada and Patient/new');
  expect(pseudonymsOf({ pat, references: ['urn:uuid:1', 'Patient/ada', 'Patient/new'] }).reveal(concealed)).toBe(
    'Patient/ada and Patient/new',
  );
});

test('a chart that is none is refused', () => {
  expect(() => pseudonymsOf({ pat: 'ada', references: [] })).toThrow('not 16 bytes in hex');
  expect(() => pseudonymsOf({ pat, references: [''] })).toThrow('empty');
});
