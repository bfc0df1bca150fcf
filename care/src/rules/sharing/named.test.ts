import { expect, test } from 'vitest';
import { attributesOf, byNameUnit, checkUnit, type SharedNode } from './attributes.ts';
import { checkNamed, compile, inWords, type Labelling, labelsOf, type Policy, policyText } from './policy.ts';

const labelling: Labelling = {
  label: ({ name, value }) => `l:${name}-${value.replace(/[^a-zA-Z0-9]/g, '_')}`,
  sensitive: (pat, group) => `l:sens-${pat}-${group}`,
  blank: () => 'l:blank',
};
const [ada, ben, northgate] = ['a', 'b', 'c'].map((letter) => letter.repeat(32)) as [string, string, string];
const everyone: Policy = {
  parts: ['MI'],
  kinds: ['laboratory'],
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: 'everyone',
  unit: northgate,
  from: '2026-11-01',
  until: '2027-01-31',
};
const node = (pat: string, unit = northgate): SharedNode => ({
  part: 'MI',
  category: { kind: 'laboratory', conf: 'N', sens: 'none' },
  period: '2026-11-20',
  pat,
  unit,
  source: 'clinician',
});
const byName = (pat: string) => node(pat, byNameUnit(northgate));

/** Whether a node's labels satisfy a compiled formula. */
function opens(policy: Policy, of: SharedNode): boolean {
  const labels = labelsOf(attributesOf(of), of.pat, labelling);
  const words = compile(policy, ['always', '2026-11-20'], labelling).match(/[()]|[^\s()]+/g)!;
  const either = (): boolean => joined(all, 'or', (one, other) => one || other);
  const all = (): boolean => joined(one, 'and', (left, right) => left && right);
  const one = (): boolean => {
    const word = words.shift()!;
    if (word !== '(') return labels.includes(word);
    const value = either();
    expect(words.shift()).toBe(')');
    return value;
  };
  const joined = (part: () => boolean, by: string, both: (left: boolean, right: boolean) => boolean): boolean => {
    let value = part();
    while (words[0] === by) {
      words.shift();
      value = both(value, part());
    }
    return value;
  };
  return either();
}

test('a chart that is open by name opens to nobody who is let read everyone of the unit, nor by another patient’s name', () => {
  expect(opens(everyone, node(ada))).toBe(true);
  expect(opens(everyone, byName(ada))).toBe(false);
  expect(opens({ ...everyone, patients: [ada] }, byName(ada))).toBe(false);
  expect(opens({ ...everyone, named: [ben] }, byName(ada))).toBe(false);
});

test.each<[string, Policy['patients'], ada: boolean, ben: boolean]>([
  ['everyone of the unit', 'everyone', true, true],
  ['another patient', [ben], false, true],
  ['nobody else', [], false, false],
])('a doctor who is named for Ada opens her chart by name, and beside it %s', (_, patients, adas, bens) => {
  const policy = { ...everyone, patients, named: [ada] };
  expect(opens(policy, byName(ada))).toBe(true);
  expect(opens(policy, byName(ben))).toBe(false);
  expect(opens(policy, node(ada))).toBe(adas);
  expect(opens(policy, node(ben))).toBe(bens);
});

test('nobody names everyone: the unit of named doctors is no unit of a policy, on any floor that compiles', () => {
  for (const patients of ['everyone', [ada]] as const) {
    const asUnit = { ...everyone, patients, unit: byNameUnit(northgate) };
    expect(() => compile(asUnit, ['always'], labelling)).toThrow('named one by one');
    expect(() => checkNamed(asUnit)).toThrow('named one by one');
  }
  expect(() => checkNamed({ unit: northgate, named: ['everyone'] })).toThrow('no chart');
  expect(() => compile({ ...everyone, patients: [], named: [] }, ['always'], labelling)).toThrow('it names no patient');
});

test('no ward is in that unit, nor around it: records of such a ward would open to everyone who is named', () => {
  for (const unit of ['by-name', 'by-name/x', 'cardio/by-name', 'cardio/by-name/x']) {
    expect(() => checkUnit(unit, 'write'), unit).toThrow('a unit is small letters');
    expect(() => checkNamed({ unit: `${northgate}/${unit}` }), unit).toThrow('named one by one');
  }
  for (const unit of ['cardio', 'by-names', 'cardio/not-by-name/x']) expect(() => checkUnit(unit, 'write')).not.toThrow();
  // What was written so before carries no label of a unit around it.
  expect(opens({ ...everyone, patients: [], named: [ada] }, node(ada, `${byNameUnit(northgate)}/x`))).toBe(false);
});

test('a ward of the organisation is named for the charts of the whole of it', () => {
  const ward = { ...everyone, unit: `${northgate}/cardio`, named: [ada] };
  expect(opens(ward, byName(ada))).toBe(true);
  expect(opens(ward, node(ada, `${northgate}/cardio`))).toBe(true);
  expect(opens(ward, node(ada))).toBe(false);
});

test('what is signed says for whom she is named, in one order, and a policy without it reads as it did', () => {
  expect(policyText({ ...everyone, named: [ben, ada, ben] })).toBe(policyText({ ...everyone, named: [ada, ben] }));
  expect(policyText({ ...everyone, named: [] })).toBe(policyText(everyone));
  expect(policyText({ ...everyone, named: [ada] })).not.toBe(policyText(everyone));
});

test('in words', () => {
  expect(inWords({ ...everyone, patients: [], named: [ada] })).toBe(
    'laboratory of one patient; medical content; normal confidentiality only; nothing especially sensitive; from 2026-11-01 until 2027-01-31; only charts that are open to named doctors',
  );
  expect(inWords({ ...everyone, named: [ada, ben] })).toMatch(/of everyone there; .*; and 2 charts open to named doctors only$/);
});
