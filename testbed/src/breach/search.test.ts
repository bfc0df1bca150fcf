import { utf8 } from '@carelet/crypto/algebra/bytes';
import { seededRandom } from '@carelet/crypto/algebra/random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { needlesOf, type Secret } from './needles.ts';
import { Place } from './places.ts';
import { searcher } from './search.ts';

const word = (text: string): Secret => ({ name: text, kind: 'word', bytes: utf8(text) });
const key: Secret = { name: 'a key', kind: 'key', bytes: seededRandom('search')(32) };

const seenAs = (secret: Secret, bytes: Uint8Array): string[] => {
  const seen = new Set<string>();
  searcher(needlesOf([secret])).look(bytes, ({ needle }) => seen.add(needle.as));
  return [...seen];
};

test.each([
  ['UTF-8', utf8('wohnt in Gwyhestthorpe-on-Tarn, sagt er')],
  ['UTF-16', new Uint8Array(Buffer.from('x Gwyhestthorpe-on-Tarn', 'utf16le'))],
  ['hex', utf8(`\\x00${Buffer.from('in Gwyhestthorpe-on-Tarn').toString('hex')}`)],
])('a word is seen in %s', (as, bytes) => {
  expect(seenAs(word('Gwyhestthorpe-on-Tarn'), bytes)).toContain(as);
});

test('a word with letters beyond ASCII is seen in Latin-1 and escaped in JSON', () => {
  const name = word('Mærnorström');
  expect(seenAs(name, new Uint8Array(Buffer.from('Mærnorström', 'latin1')))).toEqual(['Latin-1']);
  expect(seenAs(name, utf8('{"family":"M\\u00e6rnorstr\\u00f6m"}'))).toEqual(['escaped in JSON']);
});

test('a word is seen inside base64 at every alignment', () => {
  for (const before of ['', 'a', 'ab', 'abc']) {
    const encoded = Buffer.from(`${before}Contusion of the jaw, 31 mm and more`).toString('base64');
    expect(seenAs(word('Contusion of the jaw, 31 mm'), utf8(encoded)), before).toContain('base64');
  }
});

test('a key is seen raw, in hex of either case and in both kinds of base64', () => {
  const { bytes } = key;
  expect(seenAs(key, bytes)).toEqual(['raw']);
  expect(seenAs(key, utf8(Buffer.from(bytes).toString('hex')))).toEqual(['hex']);
  expect(seenAs(key, utf8(Buffer.from(bytes).toString('hex').toUpperCase()))).toEqual(['hex']);
  expect(seenAs(key, utf8(Buffer.from(bytes).toString('base64')))).toContain('base64');
  expect(seenAs(key, utf8(Buffer.from(bytes).toString('base64url')))).toContain('base64url');
});

test('a needle is seen wherever it lies, and is not where it is not', () => {
  const needles = needlesOf([word('Felt a burning pain in the jaw'), key]);
  const { look } = searcher(needles);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), fc.nat(needles.length - 1), (before, behind, pick) => {
      const { bytes } = needles[pick]!;
      const places: number[] = [];
      look(new Uint8Array([...before, ...bytes, ...behind]), ({ needle, at }) => {
        if (needle === needles[pick]) places.push(at);
      });
      expect(places).toContain(before.length);
      look(new Uint8Array([...before, ...bytes.slice(0, -1), bytes.at(-1)! ^ 1, ...behind]), ({ needle, at }) => {
        expect(needle === needles[pick] && at === before.length).toBe(false);
      });
    }),
  );
});

test('what lies across two blocks is found, and at its place', () => {
  const search = searcher(needlesOf([key]));
  const whole = new Uint8Array(200);
  whole.set(key.bytes, 90);
  const place = new Place('a file', search);
  place.lookThrough(whole.length, 'here', (block, at) => {
    const some = whole.subarray(at, at + Math.min(block.length, 7));
    block.set(some);
    return some.length;
  });
  const { bytes, found } = place.searched('1 file');
  expect(bytes).toBe(200);
  expect(found.map(({ where }) => where)).toEqual(['here, byte 90']);
});

test('a needle that is too short to prove anything is refused', () => {
  expect(() => searcher([{ of: key, as: 'raw', bytes: new Uint8Array(7) }])).toThrow(TypeError);
  expect(needlesOf([word('short')]).every(({ bytes }) => bytes.length >= 8)).toBe(true);
});
