import { expect, test } from 'vitest';
import { compile, inWords, type Labelling, type Policy } from './policy.ts';
import { linesBeside, templateFor, templateNames, templates } from './templates.ts';

const labelling: Labelling = {
  label: ({ name, value }) => `l:${name}${value}`,
  sensitive: (pat, group) => `l:${pat}${group}`,
  blank: () => 'l:-',
};
const place = { unit: 'c'.repeat(32), until: '2027-01-31' };

test.each(templateNames)('the template %s can be signed as it stands, and opens nothing restricted or especially sensitive', (name) => {
  const policy = { ...templates[name], ...place };
  expect(() => compile(policy, ['always'], labelling)).not.toThrow();
  expect(inWords(policy)).toContain('normal confidentiality only; nothing especially sensitive');
  expect(linesBeside(policy, name)).toEqual([]);
});

test('a specialty has its template however it is written, and one without has what every doctor begins with', () => {
  expect([' Family  medicine', 'cardiology', 'Astrology', 'constructor', ''].map(templateFor)).toEqual([
    'family-medicine',
    'cardiology',
    'general',
    'general',
    'general',
  ]);
  expect(templates.cardiology.kinds).toEqual(expect.arrayContaining([...templates.general.kinds, 'imaging']));
});

test('what was changed beside a template is told line by line, and neither its place nor its days are', () => {
  const policy: Policy = { ...templates.cardiology, ...place, unit: `${place.unit}/cardio`, until: '2027-02-01' };
  expect(linesBeside(policy, 'cardiology')).toEqual([]);
  expect(linesBeside({ ...policy, kinds: ['notes'], patients: ['a'.repeat(32)], breakGlass: true }, 'cardiology')).toEqual([
    'kinds',
    'patients',
    'breakGlass',
  ]);
  expect(linesBeside(policy, 'hepatology')).toEqual(['kinds']);
});
