import { expect, test } from 'vitest';
import type { RequestByMe } from '../../house/requests.ts';
import { lockedState } from './locked.ts';

const made = (more: Partial<RequestByMe>): RequestByMe => ({
  ...{ chart: '0', request: '1', kinds: ['laboratory'], sensitive: [], until: '2026-12-20', why: 'why', asked: 1, state: 'waits' },
  ...more,
});

test('a kind nobody asked about is open, whatever else was asked', () => {
  const state = lockedState(['conditions'], [made({}), made({ state: 'declined' })]);
  expect(state).toEqual({ waiting: [], declined: null, open: ['conditions'] });
});

test('what waits is said, and is not asked for once more', () => {
  const one = made({ kinds: ['laboratory', 'imaging'] });
  expect(lockedState(['laboratory'], [one])).toEqual({ waiting: [one], declined: null, open: [] });
  expect(lockedState(['imaging', 'plans'], [one]).open).toEqual(['plans']);
});

test('what was declined last is said; what was granted since, and is locked again, is not', () => {
  const no = made({ state: 'declined', asked: 2 });
  expect(lockedState(['laboratory'], [no, made({ state: 'granted', asked: 1 })]).declined).toBe(no);
  expect(lockedState(['laboratory'], [no, made({ state: 'granted', asked: 3 })]).declined).toBeNull();
});
