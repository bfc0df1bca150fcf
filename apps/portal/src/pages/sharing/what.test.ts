import { confidentialities, kinds, sensitivities } from '@carelet/care/model';
import { expect, test } from 'vitest';
import { groups, kindsIn, kindsOf, privateGroups, told } from './what.ts';

test('every kind is in one group, but for who the patient is', () => {
  expect(kindsOf(groups).toSorted()).toEqual(kinds.filter((kind) => kind !== 'identity').toSorted());
});

test('every sensitive group and every restricted level can be turned on', () => {
  expect(['none', 'N', ...privateGroups].toSorted()).toEqual([...sensitivities, ...confidentialities].toSorted());
});

test('whole groups are told as such, and single kinds by themselves', () => {
  expect(told(['vital-signs', 'waveforms', 'imaging', 'notes'])).toEqual({
    all: false,
    groups: ['readings', 'pictures'],
    kinds: ['notes'],
  });
  expect(told(['waveforms'])).toEqual({ all: false, groups: [], kinds: ['waveforms'] });
});

test('all groups are everything, whether or not a name goes with them', () => {
  expect(told(kindsOf(groups)).all).toBe(true);
  expect(told(kinds).all).toBe(true);
  expect(told(kinds.filter((kind) => kind !== 'allergies')).all).toBe(false);
});

test('what is told is what was chosen', () => {
  for (const group of groups) expect(told(kindsIn[group])).toEqual({ all: false, groups: [group], kinds: [] });
});
