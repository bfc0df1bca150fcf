import { equalJson, type Json, parseJson } from '@carelet/care/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { elementsOf } from './json.ts';

/** A source of chunks of so many bytes. */
const source = (text: string, size: number) => ({
  path: '',
  name: 'x.json',
  size: text.length,
  head: new Uint8Array(),
  text,
  async *bytes() {
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  },
});

const objects = fc.array(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 5, noNullPrototype: true }), {
  maxLength: 6,
});
const layouts = {
  'an array': (list: readonly unknown[]) => JSON.stringify(list),
  'an array with blanks': (list: readonly unknown[]) => JSON.stringify(list, undefined, 2),
  lines: (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).join('\n'),
};

test.each(Object.entries(layouts))('%s gives its values one by one, wherever it is cut', async (_, write) => {
  await fc.assert(
    fc.asyncProperty(objects, fc.integer({ min: 1, max: 40 }), async (list, size) => {
      const got: Json[] = [];
      for await (const { value, number } of elementsOf(source(write(list), size))) expect(got.push(value)).toBe(number);
      expect(got).toHaveLength(list.length);
      for (const [i, one] of list.entries()) expect(equalJson(got[i]!, parseJson(JSON.stringify(one)))).toBe(true);
    }),
  );
});

test.each(['[{"a":1}', '{"a":[1', '[1]', '{"a":1}}', '"a"', '[{"a":1}]x', '{"a":NaN}'])('%s is refused', async (text) => {
  const all = async () => {
    for await (const _ of elementsOf(source(text, 3)));
  };
  await expect(all()).rejects.toMatchObject({ kind: 'invalid' });
});
