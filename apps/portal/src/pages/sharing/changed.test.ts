import { expect, test } from 'vitest';
import type { SharedWhat } from '../../house/sharing.ts';
import { changed } from './changed.ts';

const before: SharedWhat = { kinds: ['vital-signs', 'notes'], sensitive: ['PSY'], from: 'beginning', until: '2026-12-20' };

test('what is more and what is less is told, and what stays is not', () => {
  expect(changed(before, before)).toBeNull();
  expect(changed(before, { ...before, kinds: ['notes', 'laboratory'] })).toEqual({
    more: { kinds: ['laboratory'], sensitive: [] },
    less: { kinds: ['vital-signs'], sensitive: [] },
  });
  expect(changed(before, { ...before, sensitive: [], from: '2026-01-31', until: '2026-12-31' })).toEqual({
    less: { kinds: [], sensitive: ['PSY'] },
    from: { before: 'beginning', now: '2026-01-31' },
    until: { before: '2026-12-20', now: '2026-12-31' },
  });
});
