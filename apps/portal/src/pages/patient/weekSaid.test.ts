import { describe, expect, test } from 'vitest';
import type { Standing, Usual, VitalCard } from '../../house/vitals.ts';
import { spanIn } from './span.ts';
import { weekSaid } from './weekSaid.ts';

const now = Date.UTC(2026, 10, 20, 12);
const day = 86_400_000;
const card = (
  days: number,
  of: number,
  standing: Standing,
  kind: Usual['kind'] = 'own',
  ago = 0,
): Pick<VitalCard, 'out' | 'latest' | 'usual'> => ({
  out: { days, of, since: null },
  usual: { kind, band: null, second: null },
  latest: { at: now - ago * day, values: [148, 91], standing, device: null, item: 'r1', of: 1 },
});

describe('what a week comes to', () => {
  test('names the side on which the latest reading is', () => {
    expect(weekSaid(card(5, 7, 'above'), now)).toEqual({ kind: 'above', against: 'own', days: 5, of: 7 });
    expect(weekSaid(card(2, 3, 'below', 'reference'), now)).toEqual({ kind: 'below', against: 'reference', days: 2, of: 3 });
  });

  test('names no side when the latest reading is usual again', () => {
    expect(weekSaid(card(5, 7, 'usual'), now).kind).toBe('out');
  });

  test('a day within the usual is not out because its last reading was', () => {
    expect(weekSaid(card(0, 7, 'above'), now).kind).toBe('usual');
  });

  test('old readings say nothing of this week, and without a band nothing is compared', () => {
    expect(weekSaid(card(5, 7, 'above', 'own', 8), now).kind).toBe('quiet');
    expect(weekSaid(card(0, 0, 'unknown'), now).kind).toBe('quiet');
    expect(weekSaid(card(0, 7, 'unknown', 'none'), now).kind).toBe('learning');
  });
});

test('a span that is not offered is a month', () => {
  expect([spanIn({}), spanIn({ days: '91' }), spanIn({ days: 7 }), spanIn({ days: '1e9' })]).toEqual([30, 91, 7, 30]);
});
