// The equations of FABEO without the hybrid around them: what a raw K is, and what must not give it.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from '../algebra/bytes.ts';
import { concat } from '../algebra/bytes.ts';
import {
  type BackendName,
  decodeScalar,
  type G1,
  type G2,
  type Group,
  type GT,
  loadGroup,
  randomScalar,
  reduce,
  type Scalar,
} from '../algebra/group.ts';
import { type Random, seededRandom } from '../algebra/random.ts';
import { type Attribute, attributePoint, sortedAttributes } from './attribute.ts';
import { keygen, setup } from './authority.ts';
import { decapsulate, type KeyElements } from './decapsulate.ts';
import { decodeKey, decodeMaster } from './encoding.ts';
import { parse } from './formula.ts';
import { rowsOf, share } from './shares.ts';

type Header = { attributes: readonly Attribute[]; c0: Bytes; c: Bytes };

describe.each<BackendName>(['mcl', 'noble'])('raw FABEO on %s', (name) => {
  const random: Random = seededRandom(`fabeo ${name}`);
  let group: Group;
  let master: Bytes;
  let alpha: Scalar;
  let base: GT;

  beforeAll(async () => {
    group = await loadGroup(name);
    ({ master } = setup(group, 'Ward 3', random));
    alpha = decodeScalar(decodeMaster(master).alpha);
    base = group.pair([[group.g1.generator, group.g2.generator]]);
  });

  const encaps = (attributes: readonly Attribute[], s: Scalar): Header => {
    const { g1, g2 } = group;
    const sorted = sortedAttributes(attributes);
    return {
      attributes: sorted,
      c0: g2.encode(g2.mul(g2.generator, s)),
      c: concat(...sorted.map((attribute) => g1.encode(g1.mul(attributePoint(group, attribute), s)))),
    };
  };
  const elements = (key: Bytes): KeyElements => {
    const { formula, rows, k, d } = decodeKey(key);
    return { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) };
  };
  const issue = (formula: string): KeyElements => elements(keygen(group, master, formula, random));
  const expected = (s: Scalar): GT => group.gt.exp(base, reduce(alpha * s));
  const opens = (key: KeyElements, attributes: readonly Attribute[]): boolean | null => {
    const s = randomScalar(random);
    const k = decapsulate(group, key, encaps(attributes, s));
    return k && group.gt.equal(k, expected(s));
  };

  test.each([
    [1, 'x:a and (x:b or x:c)', ['x:a', 'x:c']],
    [2, 'x:a and (x:a or x:b)', ['x:a']],
    [3, '(x:a and x:b) or (x:a and x:c) or (x:a and x:d)', ['x:a', 'x:d']],
    [3, 'x:a and (x:b or (x:a and x:a))', ['x:a']],
    [1, '2 of (x:a, x:b, x:c)', ['x:b', 'x:c']],
    [2, '2 of (x:a, x:b and x:a, x:c) and x:b', ['x:a', 'x:b']],
    [2, '3 of (x:a, x:b, 2 of (x:a, x:b, x:c), x:d)', ['x:a', 'x:b']],
  ])('a key with τ = %i for %s decapsulates', (tau, formula, attributes) => {
    const key = issue(formula);
    expect(key.k).toHaveLength(tau);
    expect(opens(key, attributes)).toBe(true);
    expect(opens(key, ['x:z'])).toBeNull();
  });

  test('halves of two keys do not make a whole: the raw K is another', () => {
    const one = issue('x:a and x:1');
    const two = issue('x:2 and x:b');
    const formula = parse('x:a and x:b');
    for (const k of [one.k, two.k])
      expect(opens({ formula, rows: rowsOf(formula), k, d: [one.d[0]!, two.d[1]!] }, ['x:a', 'x:b'])).toBe(false);
    const honest = issue('x:a and x:b');
    expect(opens({ ...honest, d: [honest.d[0]!, two.d[1]!] }, ['x:a', 'x:b'])).toBe(false);
    expect(opens(honest, ['x:a', 'x:b'])).toBe(true);
  });

  test('a key under another name gives another K', () => {
    const key = issue('x:c and x:b');
    const formula = parse('x:a and x:b');
    expect(opens({ ...key, formula, rows: rowsOf(formula) }, ['x:a', 'x:b'])).toBe(false);
  });

  describe('A and (A or B), with ciphertexts that carry B alone', () => {
    const policy = 'x:A and (x:A or x:B)';

    /** D₁ · D₂⁻¹ · D₃² cancels every H(A) if all rows share one r, and leaves g₁^α · H(B)^{2r}. */
    const attack = (d: readonly G1[], kj: G2, s: Scalar): boolean => {
      const { g1, g2, gt, pair } = group;
      const header = encaps(['x:B'], s);
      const combination = g1.sum([d[0]!, g1.neg(d[1]!), d[2]!], [1n, 1n, 2n]);
      const k = pair([
        [combination, g2.decode(header.c0)],
        [g1.neg(g1.mul(g1.decode(header.c), 2n)), kj],
      ]);
      return gt.equal(k, expected(s));
    };

    test('the formula is not fulfilled', () => {
      expect(opens(issue(policy), ['x:B'])).toBeNull();
      expect(opens(issue(policy), ['x:A'])).toBe(true);
    });

    test('the combination opens nothing, for any K_j', () => {
      const { k, d } = issue(policy);
      expect(k).toHaveLength(2);
      for (const kj of [...k, group.g2.sum(k)]) expect(attack(d, kj, randomScalar(random))).toBe(false);
    });

    test('it would open everything if all rows shared one r, as in the reference code', () => {
      const { g1, g2 } = group;
      const formula = parse(policy);
      const r = randomScalar(random);
      const shares = share(formula, alpha, random);
      const d = rowsOf(formula).map(({ attribute }, i) =>
        g1.add(g1.mul(g1.generator, shares[i]!), g1.mul(attributePoint(group, attribute), r)),
      );
      expect(attack(d, g2.mul(g2.generator, r), randomScalar(random))).toBe(true);
    });
  });
});
