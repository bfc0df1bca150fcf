import { kinds } from '@carelet/care/model';
import { addDays, dayOf, longestKey } from '@carelet/care/rules/records/calendar';
import type { Policy } from '@carelet/care/rules/sharing/policy';
import { describe, expect, test } from 'vitest';
import type { DoctorLine, PolicyChoice, RuleChange, SignedPolicy, Usual } from '../../house/admin.ts';
import {
  accepted,
  colleaguesIn,
  comparedWith,
  counts,
  dayAhead,
  firstChoice,
  firstOrganisation,
  fitsUntil,
  longest,
  officesOf,
  organisationsOf,
  same,
  signedFor,
  tick,
  tickedKinds,
  waits,
} from './rule.ts';

const now = Date.parse('2026-11-20T09:41:00Z');

const [lungs, heart] = (['imaging', 'procedures'] as const).map((kind) => ({ kinds: ['notes', kind], identity: true })) as [Usual, Usual];

const doctor = (changes: Partial<DoctorLine> = {}): DoctorLine => ({
  id: 'd1',
  name: 'Dr Jonas Lind',
  certificate: 'C 48 213',
  specialty: 'pulmonology',
  organisation: 'Harbour Clinic',
  state: 'pending',
  fingerprint: '1234 5678',
  registered: now,
  reason: null,
  policies: [],
  asks: [],
  usual: lungs,
  ...changes,
});

const choice: PolicyChoice = {
  organisation: 'Harbour Clinic',
  kinds: ['laboratory', 'identity'],
  identity: false,
  until: '2027-01-15',
  breakGlass: false,
};
const signed = (changes: Partial<SignedPolicy> = {}): SignedPolicy => ({
  organisation: choice.organisation,
  words: '',
  plainly: null,
  policy: {} as Policy,
  choice,
  until: (changes.choice ?? choice).until,
  approvals: ['Joan Pike, Harbour Clinic'],
  mine: false,
  needed: 2,
  template: { specialty: null, lines: 0 },
  issued: null,
  answers: [],
  offices: [],
  ...changes,
});

describe('a rule', () => {
  test('can be about every kind of record but who somebody is, which is a question of its own', () => {
    expect([...tickedKinds, 'identity'].sort()).toEqual([...kinds].sort());
  });

  test('ends on a day the authority accepts', () => {
    expect(dayAhead(now, longest)).toBe(addDays(dayOf(now), longest));
    expect(dayAhead(now, accepted)).toBe(addDays(dayOf(now), longestKey));
  });

  test.each([
    ['2026-11-20', true],
    ['2027-02-20', true],
    ['2026-11-19', false],
    ['2027-02-21', false],
    ['2026-13-40', false],
    ['', false],
    ['tomorrow', false],
  ])('until %s fits: %s', (until, fits) => {
    expect(fitsUntil(until, now)).toBe(fits);
  });

  test('begins with what the specialty usually needs', () => {
    expect(firstChoice(doctor(), 'Harbour Clinic', now)).toEqual({
      organisation: 'Harbour Clinic',
      ...lungs,
      until: '2027-02-18',
      breakGlass: false,
    });
  });

  test('begins with the very rule another administrator signed', () => {
    const policies = [signed({ mine: true, choice: { ...choice, kinds: ['notes'] } }), signed()];
    expect(firstChoice(doctor({ policies }), 'Harbour Clinic', now)).toBe(choice);
    expect(firstChoice(doctor({ policies }), 'Northgate Hospital', now).kinds).toEqual(lungs.kinds);
  });

  test('does not begin with a rule that has ended', () => {
    const policies = [signed({ choice: { ...choice, until: '2026-11-01' } })];
    expect(firstChoice(doctor({ policies }), 'Harbour Clinic', now).until).toBe('2027-02-18');
  });

  test('keeps what it does not show when something else is ticked', () => {
    expect(tick(choice, 'notes', true).kinds).toEqual(['laboratory', 'identity', 'notes']);
    expect(tick(choice, 'laboratory', false).kinds).toEqual(['identity']);
    expect(tick(tick(choice, 'notes', true), 'notes', true).kinds).toHaveLength(3);
  });

  test('is compared with what waits, and with what it takes the place of, ended or not', () => {
    const both = ['Joan Pike, Harbour Clinic', 'Mara Holt, Medical Board'];
    const counting = signed({ approvals: both, mine: true });
    const ended = signed({ approvals: both, choice: { ...choice, until: '2026-11-01' } });
    const waiting = signed({ choice: { ...choice, kinds: ['notes'] } });
    const how = (policies: SignedPolicy[], at = choice.organisation) =>
      comparedWith({ policies }, at, now).map(({ as, rule }) => [as, policies.indexOf(rule)]);
    expect(how([counting])).toEqual([['replaced', 0]]);
    expect(how([ended])).toEqual([['ended', 0]]);
    expect(how([counting, waiting])).toEqual([
      ['waiting', 1],
      ['replaced', 0],
    ]);
    expect(how([waiting], 'Northgate Hospital')).toEqual([['elsewhere', 0]]);
    expect(how([counting], 'Northgate Hospital')).toEqual([]);
    // What waits is what a signature would join; what counts is there already.
    expect(signedFor({ policies: [counting, waiting] }, choice.organisation, now)).toBe(waiting);
  });

  test('is the same as the one that nothing changes of', () => {
    const line = doctor({ policies: [signed(), signed()] });
    const [nothing, something] = [true, false].map((same) => ({ same }) as RuleChange);
    expect(same(line, [something!, nothing!])).toBe(line.policies[1]);
    expect([same(line, [something!, something!]), same(line, [])]).toEqual([undefined, undefined]);
  });
});

test('two signatures of one office are one', () => {
  const two = signed({ approvals: ['Joan Pike, Harbour Clinic', 'Sam Adeyemi, Harbour Clinic'] });
  expect(officesOf(two)).toEqual(['Harbour Clinic']);
  expect(counts(two)).toBe(false);
  expect(colleaguesIn(two, ['Harbour Clinic'])).toBe('Harbour Clinic');
  expect(colleaguesIn(two, ['Medical board'])).toBeUndefined();
  expect(colleaguesIn(signed({ mine: true }), ['Harbour Clinic'])).toBeUndefined();
  expect(counts(signed({ approvals: ['Joan Pike, Harbour Clinic', 'Mara Holt, Medical board'] }))).toBe(true);
});

describe('the organisation a form begins with', () => {
  const known = ['Northgate Hospital', 'Harbour Clinic', 'Millbrook Practice'];
  test('is where somebody else signed, then where she works, then one’s own', () => {
    const begun = doctor({ policies: [signed({ organisation: 'Millbrook Practice' })] });
    expect(firstOrganisation(begun, known, [])).toBe('Millbrook Practice');
    expect(firstOrganisation(doctor(), known, ['Northgate Hospital'])).toBe('Harbour Clinic');
    expect(firstOrganisation(doctor({ organisation: 'Elsewhere' }), known, ['Medical board', 'Millbrook Practice'])).toBe(
      'Millbrook Practice',
    );
    expect(firstOrganisation(doctor({ organisation: 'Elsewhere' }), known, [])).toBe('Northgate Hospital');
    expect(firstOrganisation(doctor(), [], [])).toBe('');
  });
});

describe('a doctor who asks for another role', () => {
  const asking = doctor({
    state: 'approved',
    asks: [{ organisation: 'Northgate Hospital', specialty: 'cardiology', at: now, usual: heart }],
  });

  test('waits as one who is new does; one who was turned down waits for nobody', () => {
    expect(waits(asking)).toBe(true);
    expect(waits(doctor())).toBe(true);
    expect(waits(doctor({ state: 'approved' }))).toBe(false);
    expect(waits({ ...asking, state: 'rejected' })).toBe(false);
  });

  test('is offered what that role usually needs, at that organisation', () => {
    const place = firstOrganisation(asking, ['Harbour Clinic', 'Northgate Hospital'], ['Harbour Clinic']);
    expect(place).toBe('Northgate Hospital');
    expect(firstChoice(asking, place, now).kinds).toEqual(heart.kinds);
    expect(firstChoice(asking, 'Harbour Clinic', now).kinds).toEqual(lungs.kinds);
  });
});

test('a rule is signed where there are records, and once enough signed for one organisation, for that alone', () => {
  const enrolled = ['Harbour Clinic', 'Northgate Hospital'];
  expect(organisationsOf(doctor(), enrolled)).toEqual(enrolled);
  const begun = signed({ organisation: 'Larkfield Hospital', approvals: ['Joan Pike, Harbour Clinic'], needed: 2 });
  expect(organisationsOf(doctor({ policies: [begun] }), enrolled)).toEqual([...enrolled, 'Larkfield Hospital']);
  const counting = signed({ approvals: ['Joan Pike, Harbour Clinic', 'Mara Holt, Medical Board'], needed: 2 });
  expect(organisationsOf(doctor({ policies: [begun, counting] }), enrolled)).toEqual(['Harbour Clinic']);
});
