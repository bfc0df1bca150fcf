import { parseJson, printJson } from '@carelet/care/model';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indented } from './indented.ts';

test('keeps every digit and every string', () => {
  expect(indented('{"value":1.00,"text":"a{b}[c],:\\"d","none":[],"empty":{},"list":[1,true]}')).toBe(
    '{\n  "value": 1.00,\n  "text": "a{b}[c],:\\"d",\n  "none": [],\n  "empty": {},\n  "list": [\n    1,\n    true\n  ]\n}',
  );
});

test('is the same JSON', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      const line = printJson(parseJson(JSON.stringify(JSON.parse(text))));
      expect(printJson(parseJson(indented(line)))).toBe(line);
    }),
  );
});
