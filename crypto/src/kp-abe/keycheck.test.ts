// What a doctor checks of her key, and a cloud of a text.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat, utf8 } from '../algebra/bytes.ts';
import { type BackendName, type Curve, type Group, loadGroup } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { keygen, setup } from './authority.ts';
import { inspect, wellFormed } from './cloud.ts';
import { decodeKey, decodeSealed, encodeKey, encodeSealed } from './encoding.ts';
import { parse } from './formula.ts';
import { seal } from './owner.ts';
import { keyCheck, openKey } from './reader.ts';

describe.each<BackendName>(['mcl', 'noble'])('on %s', (name) => {
  const random = seededRandom(`keycheck ${name}`);
  const policy = 'x:a and (x:b or (x:c and x:a)) and 2 of (x:d, x:e, x:f)';
  let group: Group;
  let domain: Bytes;
  let master: Bytes;
  let key: Bytes;

  beforeAll(async () => {
    group = await loadGroup(name);
    ({ domain, master } = setup(group, 'Hospital', random));
    key = keygen(group, master, policy, random);
  });

  const moved = <P>(curve: Curve<P>, bytes: Bytes): Bytes => curve.encode(curve.add(curve.decode(bytes), curve.generator));

  test('KeyCheck passes honest keys', () => {
    expect(keyCheck(group, domain, key, random)).toBe(true);
    for (const formula of ['x:a', 'x:a or x:b or x:c', 'x:a and (x:a or x:a)', '2 of (x:a, x:b, x:c)']) {
      expect(keyCheck(group, domain, keygen(group, master, formula, random), random)).toBe(true);
    }
  });

  test('KeyCheck refuses one altered element, whichever it is', () => {
    const parts = decodeKey(key);
    parts.d.forEach((bytes, i) => {
      expect(keyCheck(group, domain, encodeKey({ ...parts, d: parts.d.with(i, moved(group.g1, bytes)) }), random)).toBe(false);
    });
    parts.k.forEach((bytes, j) => {
      expect(keyCheck(group, domain, encodeKey({ ...parts, k: parts.k.with(j, moved(group.g2, bytes)) }), random)).toBe(false);
    });
  });

  test('KeyCheck refuses a key of another domain, another policy or with points exchanged', () => {
    const other = setup(group, 'Clinic', random);
    expect(keyCheck(group, other.domain, key, random)).toBe(false);
    const parts = decodeKey(key);
    expect(keyCheck(group, domain, encodeKey({ ...parts, formula: parse(policy.replace('x:f', 'x:g')) }), random)).toBe(false);
    expect(keyCheck(group, domain, encodeKey({ ...parts, d: parts.d.toReversed() }), random)).toBe(false);
    expect(keyCheck(group, domain, encodeKey({ ...parts, k: parts.k.toReversed() }), random)).toBe(false);
    const foreign = decodeKey(keygen(group, other.master, policy, random));
    expect(openKey(group, domain, encodeKey({ ...foreign, id: parts.id }), random)).toBeNull();
    expect(openKey(group, domain, key.subarray(1), random)).toBeNull();
    expect(() => keyCheck(group, domain.subarray(1), key, random)).toThrow(TypeError);
  });

  test('a cloud sees for whom a text is, and whether its points belong together', () => {
    const other = setup(group, 'Clinic', random);
    const sealed = seal(group, [{ domain }, other], ['x:b', 'x:a', 'x:c'], utf8('ctx'), utf8('hi'), random);
    const { domains, attributes } = inspect(sealed);
    expect(domains).toHaveLength(2);
    expect(domains).toContainEqual(decodeKey(key).id);
    expect(attributes).toEqual(['x:a', 'x:b', 'x:c']);
    expect(() => inspect(sealed.subarray(1))).toThrow(TypeError);

    expect(wellFormed(group, sealed, random)).toBe(true);
    const parts = decodeSealed(sealed);
    const c = [0, 1, 2].map((i) => parts.c.subarray(48 * i, 48 * (i + 1)));
    for (let i = 0; i < 3; i++) {
      expect(wellFormed(group, encodeSealed({ ...parts, c: concat(...c.with(i, moved(group.g1, c[i]!))) }), random)).toBe(false);
    }
    expect(wellFormed(group, encodeSealed({ ...parts, c: concat(c[1]!, c[0]!, c[2]!) }), random)).toBe(false);
    expect(wellFormed(group, encodeSealed({ ...parts, c0: moved(group.g2, parts.c0) }), random)).toBe(false);
    expect(wellFormed(group, encodeSealed({ ...parts, attributes: ['x:a', 'x:b', 'x:d'] }), random)).toBe(false);
    expect(wellFormed(group, encodeSealed({ ...parts, c0: new Uint8Array(96) }), random)).toBe(false);
    expect(wellFormed(group, sealed.subarray(1), random)).toBe(false);
  });
});
