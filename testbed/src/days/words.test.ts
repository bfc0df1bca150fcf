import { parseEntry, parseJson } from '@carelet/care/model';
import { describe, expect, test } from 'vitest';
import { print, words } from './index.ts';

describe('planted words', () => {
  const { planted, bundle } = words(500, 'breach');
  const text = print(bundle);

  test('are at least as many as asked for', () => {
    expect(planted.length).toBeGreaterThanOrEqual(500);
    expect(planted.length).toBeLessThan(600);
    expect(words(1, 'breach').planted.length).toBeGreaterThanOrEqual(1);
  });

  test('occur exactly once each, whatever the case of their letters', () => {
    const lower = text.toLowerCase();
    for (const word of planted) expect(lower.split(word.text.toLowerCase()).length - 1, word.text).toBe(1);
  });

  test('are long enough not to occur by chance, and need no escape in JSON', () => {
    for (const word of planted) {
      expect(new TextEncoder().encode(word.text).length, word.text).toBeGreaterThanOrEqual(8);
      expect(JSON.stringify(word.text)).toBe(`"${word.text}"`);
    }
  });

  test('name persons and tell of them, in many ways', () => {
    const whats = (about: string): Set<string> => new Set(planted.filter((word) => word.about === about).map(({ what }) => what));
    expect(whats('identity').size).toBeGreaterThanOrEqual(12);
    expect(whats('medical').size).toBeGreaterThanOrEqual(6);
  });

  test('are the same for the same seed, and others for another', () => {
    expect(print(words(500, 'breach').bundle)).toBe(text);
    const others = new Set(words(500, 'other').planted.map((word) => word.text));
    expect(planted.filter((word) => others.has(word.text))).toHaveLength(0);
  });

  test('lie in a bundle whose references resolve and whose resources the importer takes', () => {
    const ids = new Set(bundle.entry.map(({ fullUrl }) => fullUrl));
    expect(ids.size).toBe(bundle.entry.length);
    for (const [, reference] of text.matchAll(/"reference":"([^"]+)"/g)) expect(ids).toContain(reference);
    const { entry } = parseJson(text) as unknown as typeof bundle;
    for (const { fullUrl, resource } of entry) expect(parseEntry({ fullUrl, resource }).resource).toEqual(resource);
  });

  test('stay distinct when there are thousands', () => {
    const many = words(5000, 'many').planted.map((word) => word.text.toLowerCase());
    expect(new Set(many).size).toBe(many.length);
  });

  test('cannot be none, or half of one', () => {
    for (const n of [0, -1, 1.5, Number.NaN, 30_000]) expect(() => words(n, 'x')).toThrow(RangeError);
  });
});
