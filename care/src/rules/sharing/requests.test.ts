import { expect, test } from 'vitest';
import { CareletError } from '../../model/index.ts';
import { checkWish, consentOf, longestWhy, readWish, type Wish, wishInWords, wishParts } from './requests.ts';

const today = '2026-11-20';
const wish: Wish = {
  kinds: ['vital-signs', 'conditions'],
  sensitive: ['PSY'],
  until: '2027-01-31',
  why: 'Your pulse was high twice this week.\nI would like to look at it.',
};

test('a wish is read back as it was sent', () => {
  expect(readWish(wishParts(wish))).toEqual(wish);
});

test('a wish comes to a consent of medical content, with the sensitive groups it names and no others', () => {
  expect(consentOf(wish)).toMatchObject({ parts: ['MI'], confidentiality: ['N'], sensitivity: ['none', 'PSY'], from: 'beginning' });
  expect(consentOf({ ...wish, sensitive: [] }).sensitivity).toEqual(['none']);
  expect(wishInWords(wish)).toBe('vital signs and conditions; and PSY; until 2027-01-31');
});

test('what is not quite a wish is none', () => {
  const [version, kinds, groups, until, why] = wishParts(wish);
  for (const wrong of [
    null,
    {},
    [],
    [version, kinds, groups, until],
    [version, kinds, groups, until, why, 0],
    [2, kinds, groups, until, why],
    [version, [], groups, until, why],
    [version, ['gossip'], groups, until, why],
    [version, ['conditions', 'conditions'], groups, until, why],
    [version, 'conditions', groups, until, why],
    [version, kinds, ['none'], until, why],
    [version, kinds, ['PSY', 'PSY'], until, why],
    [version, kinds, groups, '2027-02-30', why],
    [version, kinds, groups, '2027', why],
    [version, kinds, groups, 20270131, why],
    [version, kinds, groups, until, ''],
    [version, kinds, groups, until, ' padded '],
    [version, kinds, groups, until, 'x'.repeat(longestWhy + 1)],
    [version, kinds, groups, until, 'a\u0000b'],
    [version, kinds, groups, until, 'a\u202eb'],
    [version, kinds, groups, until, 'a\ud800b'],
    [version, kinds, groups, until, null],
  ]) {
    expect(readWish(wrong), JSON.stringify(wrong)).toBeNull();
  }
});

test('a wish is refused before it is sent, with a sentence', () => {
  const because = (more: Partial<Wish>): string => {
    try {
      checkWish({ ...wish, ...more }, today);
      return '';
    } catch (thrown) {
      return thrown instanceof CareletError ? `${thrown.kind}: ${thrown.because}` : String(thrown);
    }
  };
  expect(because({})).toBe('');
  expect(because({ why: '  ' })).toBe('invalid: it says no reason');
  expect(because({ why: 'x'.repeat(longestWhy + 1) })).toBe('invalid: its reason has more than 500 characters');
  expect(because({ kinds: [] })).toBe('invalid: it names no kind of record');
  expect(because({ until: '2026-11-19' })).toMatch(/ends today at the earliest/);
  expect(because({ until: '2030-01-01' })).toMatch(/thirteen months/);
});
