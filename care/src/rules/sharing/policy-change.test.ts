import fc from 'fast-check';
import { expect, test } from 'vitest';
import { confidentialities, kinds, parts, sensitivities } from '../../model/index.ts';
import { teamPrefix } from './attributes.ts';
import { inWords, type Policy, policyText } from './policy.ts';
import { changeInWords, isSamePolicy, linesOf, policyChange } from './policy-change.ts';

const hospital = 'c'.repeat(32);
const [ada, ben] = ['a'.repeat(32), 'b'.repeat(32)];
const team = teamPrefix.padEnd(32, '0');
const before: Policy = {
  parts: ['MI'],
  kinds: ['vital-signs', 'laboratory'],
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: 'everyone',
  unit: hospital,
  from: 'beginning',
  until: '2027-01-31',
};
const said = (changes: Partial<Policy>, from: Policy = before) => changeInWords(policyChange(from, { ...from, ...changes }));

test.each<[string, Partial<Policy>]>([
  ['also opens medications; no longer opens laboratory', { kinds: ['medications', 'vital-signs'] }],
  ['also opens names and contact data and birth date, sex and town', { parts: ['MI', 'EID', 'QID'] }],
  ['also opens very restricted records', { confidentiality: ['N', 'V'] }],
  ['also opens restricted records; no longer opens what has normal confidentiality', { confidentiality: ['R'] }],
  ['also opens PSY', { sensitivity: ['none', 'PSY'] }],
  ['of one patient and one team instead of everyone', { patients: [team, ada] }],
  ['also opens one chart open to named doctors only', { named: [ben] }],
  ['what was written in cardio/icu instead of anywhere there', { unit: `${hospital}/cardio/icu` }],
  ['records of another organisation', { unit: 'd'.repeat(32) }],
  ['from 2026-01-01 instead of from the beginning', { from: '2026-01-01' }],
  ['until 2027-02-28 instead of 2027-01-31', { until: '2027-02-28' }],
  ['may break the glass now', { breakGlass: true }],
  ['nothing changes', { kinds: ['laboratory', 'vital-signs', 'laboratory'], named: [], breakGlass: undefined }],
])('of two policies it is said: %s', (words, changes) => {
  expect(said(changes)).toBe(words);
});

test('whoever takes a patient’s place is told beside whom nobody names any more', () => {
  const some: Policy = { ...before, patients: [ada], unit: `${hospital}/cardio`, breakGlass: true };
  expect(said({ patients: [ben] }, some)).toBe('also opens one patient; no longer opens one patient');
  expect(policyChange(some, { ...some, patients: [ben] })).toMatchObject({ more: { patients: [ben] }, less: { patients: [ada] } });
  expect(said({ patients: 'everyone', unit: hospital, breakGlass: undefined }, some)).toBe(
    'of everyone instead of one patient; what was written anywhere there instead of in cardio; may break the glass no more',
  );
});

test('a policy in words tells restricted from very restricted, and where its patients’ records were written', () => {
  const words = (changes: Partial<Policy>) => inWords({ ...before, ...changes });
  expect(words({ confidentiality: ['N', 'V'] })).toContain('; very restricted ones too;');
  expect(words({ confidentiality: ['N', 'R', 'V'] })).toContain('; restricted and very restricted ones too;');
  expect(words({ confidentiality: ['R'] })).toContain('; restricted ones only;');
  expect(words({ patients: [ada], unit: `${hospital}/cardio` })).toMatch(/ of one patient; .*; written in cardio$/);
});

const some = <Word>(words: readonly Word[]) => fc.array(fc.constantFrom(...words), { minLength: 1, maxLength: 4 });
const charts = fc.array(fc.constantFrom(ada!, ben!, team), { maxLength: 3 });
const policies: fc.Arbitrary<Policy> = fc.record({
  parts: some(parts),
  kinds: some(kinds),
  confidentiality: some(confidentialities),
  sensitivity: some(sensitivities),
  patients: fc.oneof(fc.constant('everyone' as const), charts),
  unit: fc.constantFrom(hospital, `${hospital}/cardio`, `${hospital}/cardio/icu`, 'd'.repeat(32)),
  from: fc.constantFrom('beginning', '2026-01-31'),
  until: fc.constantFrom('2027-01-01', '2027-02-01'),
  breakGlass: fc.constantFrom(undefined, true as const),
  named: fc.oneof(fc.constant(undefined), charts),
});

/** A policy, and one of which a single field is another's, so that each field is what differs alone. */
const pairs = fc
  .tuple(
    policies,
    policies,
    fc.constantFrom<(keyof Policy | 'all')[]>('all', ...(Object.keys({ ...before, breakGlass: 1, named: 1 }) as (keyof Policy)[])),
  )
  .map(([one, other, field]): [Policy, Policy] => [one, field === 'all' ? other : { ...one, [field]: other[field] }]);

test('policies of different texts always differ, and of the same never', () => {
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      const [change, back] = [policyChange(one, other), policyChange(other, one)];
      const same = policyText(one) === policyText(other);
      expect(isSamePolicy(change)).toBe(same);
      expect(changeInWords(change) === 'nothing changes').toBe(same);
      const lines = (Object.keys(before) as (keyof Policy)[]).concat('breakGlass', 'named');
      const differs = (line: keyof Policy) => policyText({ ...one, [line]: other[line] }) !== policyText(one);
      expect(linesOf(change).sort()).toEqual(lines.filter(differs).sort());
      // What is more the one way is less the other.
      expect([back.more, back.less]).toEqual([change.less, change.more]);
    }),
    { numRuns: 500 },
  );
});

test('what changed, put to what was before, is what is now', () => {
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      const { more, less, patients, unit, from, until } = policyChange(one, other);
      const put = (words: readonly string[], field: keyof typeof more) => [
        ...words.filter((word) => !(less[field] as readonly unknown[]).includes(word)),
        ...(more[field] as readonly string[]),
      ];
      const fields = ['parts', 'kinds', 'confidentiality', 'sensitivity'] as const;
      const made: Policy = {
        ...one,
        ...Object.fromEntries(fields.map((field) => [field, put(one[field], field)])),
        patients: patients?.now ?? (one.patients === 'everyone' ? one.patients : put(one.patients, 'patients')),
        named: put(one.named ?? [], 'named'),
        unit: unit?.now ?? one.unit,
        from: from?.now ?? one.from,
        until: until?.now ?? one.until,
        breakGlass: more.breakGlass || (one.breakGlass && !less.breakGlass) || undefined,
      };
      expect(policyText(made)).toBe(policyText(other));
    }),
  );
});
