import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, type Cbor, cbor, concat, uncbor } from '../algebra/bytes.ts';
import { seededRandom } from '../algebra/random.ts';
import {
  decodeDomain,
  decodeKey,
  decodeMaster,
  decodeSealed,
  domainId,
  encodeDomain,
  encodeKey,
  encodeMaster,
  encodeSealed,
  type SealedParts,
} from './encoding.ts';
import { parse } from './formula.ts';

const random = seededRandom('kp-abe encoding');
const a = random(576);
const domain = encodeDomain({ id: domainId('Ward 3', a), name: 'Ward 3', a });
const master = encodeMaster({ id: random(16), alpha: random(32) });
const key = encodeKey({
  id: random(16),
  formula: parse('x:a and (x:b or x:a)'),
  k: [random(96), random(96)],
  d: [random(48), random(48), random(48)],
});
const parts: SealedParts = {
  suite: 2,
  ids: [new Uint8Array(16), new Uint8Array(16).fill(1)],
  attributes: ['x:a', 'x:b', 'y:a'],
  c0: random(96),
  c: random(144),
  masks: random(64),
  dem: random(20),
};
const sealed = encodeSealed(parts);

test('what is encoded decodes to the same parts', () => {
  expect(decodeDomain(domain)).toEqual({ id: domainId('Ward 3', a), name: 'Ward 3', a });
  expect(encodeMaster(decodeMaster(master))).toEqual(master);
  expect(encodeKey(decodeKey(key))).toEqual(key);
  expect(decodeSealed(sealed)).toEqual(parts);
});

/** The array behind the bytes, with one item replaced. */
const withItem = (bytes: Bytes, at: number, item: Cbor): Bytes => {
  const items = [...(uncbor(bytes) as readonly Cbor[])];
  items[at] = item;
  return cbor(items);
};

const decoders = { domain: decodeDomain, master: decodeMaster, key: decodeKey, sealed: decodeSealed } as const;
const samples = { domain, master, key, sealed } as const;

describe.each(Object.keys(samples) as (keyof typeof samples)[])('a %s', (what) => {
  const sample = samples[what];
  const decode: (bytes: Bytes) => unknown = decoders[what];

  test('of another label, version or suite is refused', () => {
    for (const other of Object.values(samples)) if (other !== sample) expect(() => decode(other)).toThrow(TypeError);
    expect(() => decode(withItem(sample, 0, `carelet/v2/sharing/${what}`))).toThrow(TypeError);
    expect(() => decode(withItem(sample, 1, 3))).toThrow('unknown suite');
    expect(() => decode(withItem(sample, 1, '1'))).toThrow(TypeError);
  });

  test('with a missing, a further or a trailing piece is refused', () => {
    const items = uncbor(sample) as readonly Cbor[];
    expect(() => decode(cbor(items.slice(0, -1)))).toThrow(TypeError);
    expect(() => decode(cbor([...items, 0]))).toThrow(TypeError);
    expect(() => decode(concat(sample, new Uint8Array(1)))).toThrow(TypeError);
    for (const end of [0, 1, 20, 40, sample.length - 1]) expect(() => decode(sample.subarray(0, end))).toThrow(TypeError);
  });

  test('with an item of another type or length is refused', () => {
    const items = uncbor(sample) as readonly Cbor[];
    for (let i = 2; i < items.length; i++) {
      for (const item of [null, 7, 'text', new Uint8Array(3), [], [new Uint8Array(15)], {}]) {
        expect(() => decode(withItem(sample, i, item))).toThrow(TypeError);
      }
    }
  });

  test('of arbitrary bytes is a TypeError or a value that encodes to them', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        expect(() => decode(new Uint8Array(bytes))).toThrow(TypeError);
      }),
    );
  });
});

test('a domain whose id does not fit its name and A is refused', () => {
  expect(() => decodeDomain(withItem(domain, 2, random(16)))).toThrow(TypeError);
  expect(() => decodeDomain(withItem(domain, 3, 'Ward 4'))).toThrow(TypeError);
  expect(() => decodeDomain(withItem(domain, 4, random(576)))).toThrow(TypeError);
});

test('a key whose formula is not in canonical words, or whose elements do not fit it, is refused', () => {
  for (const text of [
    'x:a AND (x:b or x:a)',
    'x:a and x:b or x:a',
    'x:a  and (x:b or x:a)',
    'x:a and',
    'x:a and (x:b or x:c)',
    'x:a and x:b',
  ]) {
    expect(() => decodeKey(withItem(key, 3, text))).toThrow(TypeError);
  }
  expect(() => decodeKey(withItem(key, 4, [random(96)]))).toThrow(TypeError);
  expect(() => decodeKey(withItem(key, 5, [random(48), random(48)]))).toThrow(TypeError);
});

test('ids and attributes of a sealed text are strictly ascending', () => {
  const [low, high] = parts.ids as [Bytes, Bytes];
  for (const ids of [[high, low], [low, low], [], Array.from({ length: 17 }, (_, i) => new Uint8Array(16).fill(i))]) {
    expect(() => decodeSealed(encodeSealed({ ...parts, ids, masks: random(32 * ids.length) }))).toThrow(TypeError);
  }
  for (const attributes of [['x:b', 'x:a', 'y:a'], ['x:a', 'x:a', 'y:a'], [], ['x:a', 'x:b', 'no'], ['x:a', 'x:u\u0308', 'y:a']]) {
    expect(() => decodeSealed(encodeSealed({ ...parts, attributes, c: random(48 * attributes.length) }))).toThrow(TypeError);
  }
  expect(() => decodeSealed(encodeSealed({ ...parts, dem: random(15) }))).toThrow(TypeError);
});
