import { parseResource } from '@carelet/care/model';
import { describe, expect, test } from 'vitest';
import { many, print } from './index.ts';

describe('many', () => {
  test('gives exactly as many as asked for, each with an id of its own', () => {
    for (const n of [0, 1, 2, 999, 1000, 1001, 3500]) {
      const all = Array.from(many(n, 'bench'));
      expect(all).toHaveLength(n);
      expect(new Set(all.map(({ id }) => id)).size).toBe(n);
    }
  });

  test('gives a patient before his observations', () => {
    const seen = new Set<string>();
    for (const resource of many(250, 'bench', { perPatient: 100 })) {
      parseResource(resource);
      if (resource.resourceType === 'Patient') seen.add(`urn:uuid:${resource.id}`);
      else expect(seen).toContain((resource.subject as { reference: string }).reference);
    }
    expect(seen.size).toBe(3);
  });

  test('makes each only when asked: the first of a billion comes at once', () => {
    const [first, second] = many(1_000_000_000, 'bench');
    expect([first?.resourceType, second?.resourceType]).toEqual(['Patient', 'Observation']);
  });

  test('is the same for the same seed, and ends when told', () => {
    const text = (seed: string, to?: Date): string => Array.from(many(300, seed, to === undefined ? {} : { to }), print).join('\n');
    expect(text('bench')).toBe(text('bench'));
    expect(text('bench')).not.toBe(text('other'));
    expect(text('bench', new Date('2026-03-01T12:00:00Z'))).toContain('2026-03-01T12:00:00Z');
    expect(text('bench', new Date('2026-03-01T12:00:00Z'))).not.toContain('2026-03-02');
  });

  test('refuses counts that are none', () => {
    expect(() => [...many(-1, 'x')]).toThrow(RangeError);
    expect(() => [...many(2.5, 'x')]).toThrow(RangeError);
    expect(() => [...many(2, 'x', { perPatient: 1 })]).toThrow(RangeError);
  });
});
