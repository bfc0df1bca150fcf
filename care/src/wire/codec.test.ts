import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeBody, encodeBody, fromBase64url, maxDepth, toBase64url } from './codec.ts';

const hex = (digits: string) => Uint8Array.from(digits.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const json = (source: string) => new TextEncoder().encode(source);

describe('a body', () => {
  const leaf = fc.oneof(
    fc.string({ unit: 'grapheme' }).filter((s) => !/[\0\ufffd]/.test(s)),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
  );
  const key = fc.string({ minLength: 1 }).filter((k) => k !== '__proto__' && !k.includes('\0'));
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { depthSize: 'small' },
      leaf,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(key, tie('tree'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }));

  test('says the same after the way in either form', () => {
    fc.assert(
      fc.property(tree, fc.constantFrom('json' as const, 'cbor' as const), (value, kind) => {
        expect(decodeBody(kind, encodeBody(kind, value))).toEqual(value);
      }),
    );
  });

  test('of CBOR keeps bytes, and gives them memory of their own', () => {
    const body = encodeBody('cbor', { sealed: Uint8Array.of(1, 2, 3) });
    const { sealed } = decodeBody('cbor', body) as { sealed: Uint8Array };
    body.fill(0);
    expect(sealed).toEqual(Uint8Array.of(1, 2, 3));
    expect(sealed.constructor).toBe(Uint8Array);
  });

  test('never throws anything but a TypeError that quotes nothing, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), fc.constantFrom('json' as const, 'cbor' as const), (bytes, kind) => {
        try {
          decodeBody(kind, bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(TypeError);
          expect((error as Error).message).toMatch(/^the body [a-zA-Z0-9 ,-]+$/);
        }
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    ['a key twice', 'a2616101616102'],
    ['an array of indefinite length', '9f01ff'],
    ['text of indefinite length', '7f6161ff'],
    ['undefined', 'f7'],
    ['NaN', 'f97e00'],
    ['infinity', 'f97c00'],
    ['a tag', 'c074'],
    ['a map with a number for a key', 'a10102'],
    ['something after the end', '0101'],
    ['nothing at all', ''],
    ['an array that breaks off', '8301'],
    ['bytes that break off', '5affffffff00'],
    ['an array that claims four thousand million items', '9affffffff'],
    ['text that is not UTF-8', '62c328'],
    ['text with NUL', '6100'],
    ['the key __proto__', 'a1695f5f70726f746f5f5fa16161f5'],
    ['the key __proto__ further in', '81a1695f5f70726f746f5f5f01'],
  ])('of CBOR with %s is refused', (_, digits) => {
    expect(() => decodeBody('cbor', hex(digits))).toThrow(TypeError);
  });

  test('of CBOR may write a number longer than it needs', () => {
    expect(decodeBody('cbor', hex('1801'))).toBe(1);
  });

  test.each([
    ['a key twice', '{"a":1,"a":2}'],
    ['a key twice in another spelling', '{"a":1,"\\u0061":2}'],
    ['a key twice further in', '[{"x":[{"b":"}{\\"","b" : 1}]}]'],
    ['a byte order mark', '\ufeff{}'],
    ['NUL', '"\\u0000"'],
    ['half a surrogate', '"\\ud800"'],
    ['the key __proto__', '{"__proto__":{"admin":true}}'],
    ['a comma too many', '[1,]'],
    ['two values', '{}{}'],
    ['nothing', ''],
    ['NaN', 'NaN'],
  ])('of JSON with %s is refused', (_, source) => {
    expect(() => decodeBody('json', json(source))).toThrow(TypeError);
  });

  test('of JSON may use one key in different objects, and braces in text', () => {
    expect(decodeBody('json', json('{"a":{"a":"{\\"a\\":"},"b":[{"a":1},{"a":2}]}'))).toEqual({
      a: { a: '{"a":' },
      b: [{ a: 1 }, { a: 2 }],
    });
  });

  test('that is not UTF-8 is not JSON', () => {
    expect(() => decodeBody('json', Uint8Array.of(0x22, 0xff, 0x22))).toThrow(TypeError);
  });

  test.each(['json', 'cbor'] as const)('of %s nests so deep and no deeper, even a million levels', (kind) => {
    const nested = (depth: number) =>
      kind === 'json'
        ? json('['.repeat(depth) + ']'.repeat(depth))
        : Uint8Array.from({ length: depth }, (_, i) => (i === depth - 1 ? 0x80 : 0x81));
    expect(decodeBody(kind, nested(maxDepth))).toBeInstanceOf(Array);
    expect(() => decodeBody(kind, nested(maxDepth + 1))).toThrow(/deep/);
    expect(() => decodeBody(kind, nested(1_000_000))).toThrow(TypeError);
  });

  test('holds no undefined, no function, and no bytes in JSON', () => {
    expect(() => encodeBody('cbor', [undefined])).toThrow(TypeError);
    expect(() => encodeBody('cbor', { f: () => 1 })).toThrow(TypeError);
    expect(() => encodeBody('json', { sealed: Uint8Array.of(1) })).toThrow(TypeError);
    expect(encodeBody('cbor', { a: undefined })).toEqual(hex('a0'));
  });
});

describe('base64url', () => {
  test('reads back what it wrote', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), (bytes) => {
        const letters = toBase64url(bytes);
        expect(letters).toBe(Buffer.from(bytes).toString('base64url'));
        expect(fromBase64url(letters)).toEqual(bytes);
      }),
    );
  });

  test.each(['A', 'AB=', 'AB', 'A+/B', 'A B'])('refuses %j, which it would not have written', (letters) => {
    expect(() => fromBase64url(letters)).toThrow('Cannot read base64url: it is not base64url without padding');
  });
});
