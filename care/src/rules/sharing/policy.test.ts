import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Category, kinds, type Part, parts } from '../../model/index.ts';
import { attributesOf, type SharedNode, teamPrefix } from './attributes.ts';
import { compile, inWords, kindsInWords, type Labelling, labelsOf, type Policy } from './policy.ts';

let blanks = 0;
const labelling: Labelling = {
  label: ({ name, value }) => `l:${name}-${value.replace(/[^a-zA-Z0-9]/g, '_')}`,
  sensitive: (pat, group) => `l:sens-${pat}-${group}`,
  blank: () => `l:blank-${blanks++}`,
};
const ada = 'a'.repeat(32);
const ben = 'b'.repeat(32);
const org = 'c'.repeat(32);
const laboratory: Policy = {
  parts: ['MI'],
  kinds: ['laboratory'],
  confidentiality: ['N'],
  sensitivity: ['none'],
  patients: [ada],
  unit: org,
  from: '2026-11-01',
  until: '2027-01-31',
};
const times = ['always', '2026-11-20', '2026-11-21'];

/** Whether a node's labels satisfy a compiled formula: every clause names one of them. */
function opens(policy: Policy, node: SharedNode): boolean {
  const labels = new Set(labelsOf(attributesOf(node), node.pat, labelling));
  return compile(policy, times, labelling)
    .split(' and ')
    .every((clause) =>
      clause
        .replace(/[()]/g, '')
        .split(' or ')
        .some((label) => labels.has(label)),
    );
}

const category = (changes: Partial<Category> = {}): Category => ({ kind: 'laboratory', conf: 'N', sens: 'none', ...changes });
const node = (changes: Partial<SharedNode> = {}): SharedNode => ({
  part: 'MI',
  category: category(),
  period: '2026-11-20',
  pat: ada,
  unit: org,
  source: 'clinician',
  ...changes,
});

test('a policy opens what it names', () => {
  expect(opens(laboratory, node())).toBe(true);
  expect(opens(laboratory, node({ period: 'always', source: 'device' }))).toBe(true);
  expect(opens(laboratory, node({ unit: `${org}/cardio/w3` }))).toBe(true);
});

test.each<[string, Partial<SharedNode>]>([
  ['another part', { part: 'EID' }],
  ['another kind', { category: category({ kind: 'notes' }) }],
  ['a restricted record', { category: category({ conf: 'R' }) }],
  ['an HIV result', { category: category({ sens: 'HIV' }) }],
  ['another patient', { pat: ben }],
  ['another organisation', { unit: 'd'.repeat(32) }],
  ['a day outside its window', { period: '2026-11-19' }],
])('it does not open %s', (_, changes) => {
  expect(opens(laboratory, node(changes))).toBe(false);
});

test('a sensitive group opens for the patient it was named for, and for no other', () => {
  const both: Policy = { ...laboratory, sensitivity: ['none', 'HIV'], patients: [ada] };
  const hiv = { category: category({ sens: 'HIV' }) };
  expect(opens(both, node(hiv))).toBe(true);
  expect(opens({ ...both, patients: [ben] }, node(hiv))).toBe(false);
  expect(() => compile({ ...both, patients: 'everyone' }, times, labelling)).toThrow('only be opened for named patients');
});

test('identity comes with its own kind, when its part is named', () => {
  const whole: Policy = { ...laboratory, parts: ['EID', 'MI'] };
  const identity = { part: 'EID' as const, category: category({ kind: 'identity' }), period: 'always' };
  expect(opens(whole, node(identity))).toBe(true);
  expect(opens(laboratory, node(identity))).toBe(false);
});

test('a narrow and a wide policy have formulas of one length, until the wide one outgrows the shape', () => {
  const rows = (policy: Policy) => compile(policy, times, labelling).split(/ and | or /).length;
  expect(rows({ ...laboratory, kinds: ['laboratory', 'notes', 'conditions'], parts: ['EID', 'QID', 'MI'], patients: [ada] })).toBe(
    rows(laboratory),
  );
  expect(rows({ ...laboratory, patients: [ada, ben] })).toBe(
    rows({ ...laboratory, patients: Array.from({ length: 8 }, (_, i) => String(i).repeat(32)) }),
  );
});

test.each<[string, Partial<Policy>, string]>([
  ['no part', { parts: [] }, 'it names no part'],
  ['no patient', { patients: [] }, 'it names no patient'],
  ['an unknown kind', { kinds: ['horoscope' as never] }, '"horoscope" is no kind of record'],
  ['no sensitivity', { sensitivity: [] }, 'it names no sensitivity'],
])('a policy with %s is refused', (_, changes, because) => {
  expect(() => compile({ ...laboratory, ...changes }, times, labelling)).toThrow(because);
});

test('a policy without undated records, or wider than a key, is refused', () => {
  expect(() => compile(laboratory, ['2026-11-20'], labelling)).toThrow('leaves out undated records');
  const long = ['always', ...Array.from({ length: 250 }, (_, i) => `t${i}`)];
  expect(() => compile(laboratory, long, labelling)).toThrow('divide it');
});

test('a team that a policy names among patients is counted as none of them', () => {
  const team = `${teamPrefix}${'0'.repeat(24)}`;
  const words = (patients: string[]) => inWords({ ...laboratory, patients }).split(';')[0];
  const one = '1'.repeat(32);
  expect(words([one, team])).toBe('laboratory of one patient and for one team');
  expect(words([one, one.replace('1', '2'), team, team])).toBe('laboratory of 2 patients and for 2 teams');
  expect(words([team])).toBe('laboratory of no patient and for one team');
});

test('a policy can be said in words', () => {
  expect(inWords(laboratory)).toBe(
    'laboratory of one patient; medical content; normal confidentiality only; nothing especially sensitive; from 2026-11-01 until 2027-01-31',
  );
});

test('the words of any policy are read back as the kinds it names', () => {
  const patients = fc.oneof(
    fc.constant('everyone' as const),
    fc.integer({ min: 1, max: 40 }).map((count) => Array.from({ length: count }, () => 'aa')),
  );
  fc.assert(
    fc.property(
      fc.subarray([...kinds], { minLength: 1 }),
      fc.subarray([...parts] as Part[], { minLength: 1 }),
      patients,
      fc.constantFrom('beginning', '2026-01-01'),
      fc.constantFrom('', '/cardio', '/cardio/icu-2'),
      (some, named, whom, from, below) => {
        const unit = `${'00'.repeat(16)}${below}`;
        const read = kindsInWords(inWords({ ...laboratory, kinds: some, parts: named, patients: whom, from, unit }));
        const identity = named.some((part) => part !== 'MI') ? ['identity'] : [];
        expect([...read].sort()).toEqual([...new Set([...some, ...identity])].sort());
      },
    ),
  );
});

test('words that no policy has name nothing', () => {
  for (const words of ['', 'everything', 'laboratory', 'laboratory of nobody; medical content']) expect(kindsInWords(words)).toEqual([]);
});
