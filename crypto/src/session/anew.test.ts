import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Cbor, cbor, hex } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import { decodeAnewAsked, decodeAnewTold, encodeAnewAsked, encodeAnewTold, longestTold } from './anew.ts';

const word = seededRandom('anew')(120);

test('a question and its three answers come back as they were', () => {
  for (const after of [0, 1, 1_764_500_000]) expect(decodeAnewAsked(encodeAnewAsked(after))).toBe(after);
  for (const told of [word, null, 'unknown'] as const) expect(decodeAnewTold(encodeAnewTold(told))).toEqual(told);
});

test('what is neither is read as nothing, and not written', () => {
  for (const asked of [[], [1, 2], [-1], [1.5], ['1'], null, 1, { after: 1 }] as Cbor[]) expect(decodeAnewAsked(cbor(asked))).toBeNull();
  const long = new Uint8Array(longestTold + 1);
  for (const told of [[word, word], [long], [new Uint8Array()], [1], [true], null, { word }] as Cbor[]) {
    expect(decodeAnewTold(cbor(told))).toBeUndefined();
  }
  for (const after of [-1, 1.5, Number.NaN]) expect(() => encodeAnewAsked(after)).toThrow(TypeError);
  for (const told of [long, new Uint8Array()]) expect(() => encodeAnewTold(told)).toThrow(TypeError);
});

test('mutated bytes are read as nothing, or as what somebody could have said', () => {
  const good = [encodeAnewAsked(0), encodeAnewAsked(1_764_500_000), encodeAnewTold(word), encodeAnewTold(null), encodeAnewTold('unknown')];
  fc.assert(
    fc.property(fc.constantFrom(...good), fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }), (bytes, changes) => {
      const changed = bytes.slice();
      for (const [at, to] of changes) changed[at % changed.length] = to;
      const asked = decodeAnewAsked(changed);
      if (asked !== null) expect(hex(encodeAnewAsked(asked))).toBe(hex(changed));
      const told = decodeAnewTold(changed);
      if (told !== undefined) expect(hex(encodeAnewTold(told))).toBe(hex(changed));
    }),
    { numRuns: 3000, seed: 4 },
  );
});
