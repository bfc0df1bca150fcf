// Attacks on raw keys and raw texts: what holds, and what would break without the two things we added.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../algebra/bytes.ts';
import {
  type BackendName,
  decodeScalar,
  type G2,
  type Group,
  type GT,
  inverse,
  loadGroup,
  randomScalar,
  type Scalar,
} from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { prove } from '../algebra/schnorr.ts';
import { targetBase } from '../algebra/target.ts';
import { decapsulate } from '../kp-abe/decapsulate.ts';
import { keygen, setup } from './authority.ts';
import { authorityId, decodeAuthority, decodeKey, decodeMaster, encodeAuthority, encodeSecurityDomain } from './encoding.ts';
import { encapsulated } from './hybrid.ts';
import { personPoint } from './person.ts';
import { aboutAuthority, claimsOf, joinAuthorities, proofLabel, provesItsKeys, readSecurityDomain } from './security-domain.ts';

const attributes = ['x:a', 'x:b'];

describe.each<BackendName>(['mcl'])('on %s', (name) => {
  const random = seededRandom(`joint attacks ${name}`);
  const [chen, diaz] = [random(16), random(16)];
  type Raw = { master: Bytes; authority: Bytes; a: GT; y: G2 };
  let group: Group;
  let hospital: Raw;
  let board: Raw;
  let patient: Raw;

  const raw = (title: string): Raw => {
    const made = setup(group, title, random);
    const { a, y } = decodeAuthority(made.authority);
    return { ...made, a: group.gt.decode(a), y: group.g2.decode(y) };
  };
  beforeAll(async () => {
    group = await loadGroup(name);
    [hospital, board, patient] = [raw('Northgate'), raw('Licence board'), raw('Ada')];
  });

  /** A set J under s, and the K that opens it. */
  const encaps = (who: readonly Pick<Raw, 'a' | 'y'>[], s: Scalar) => {
    const { g2, gt } = group;
    const y = g2.sum(who.map((one) => one.y));
    return {
      attributes,
      ...encapsulated(group, { timesY: (k) => g2.mul(y, k) }, attributes, s),
      k: gt.exp(who.map((one) => one.a).reduce(gt.mul), s),
    };
  };
  type Set = ReturnType<typeof encaps>;
  /** What the key of one authority gives by itself: (E^{α_j} · e(H(gid), Y_j))^s. */
  const given = (who: Raw, gid: Bytes, set: Set, policy = 'x:a'): GT => {
    const { formula, rows, k, d } = decodeKey('key', keygen(group, who.master, gid, policy, random));
    return decapsulate(group, { formula, rows, k: k.map(group.g2.decode), d: d.map(group.g1.decode) }, set)!;
  };
  /** e(H(gid), C)⁻¹ */
  const without = (gid: Bytes, c: G2): GT => group.pair([[group.g1.neg(personPoint(group, gid)), c]]);

  test('a raw K is as it should be, with repeated attributes and thresholds too', () => {
    const { g2, gt } = group;
    const set = encaps([hospital, board], randomScalar(random));
    for (const policy of ['x:a', 'x:a and x:b', 'x:a and (x:a or x:c)', '2 of (x:a, x:b, x:c)', '2 of (x:a, x:c and x:a, x:b) and x:b']) {
      const k = [given(hospital, chen, set, policy), given(board, chen, set), without(chen, g2.decode(set.cj))].reduce(gt.mul);
      expect(gt.equal(k, set.k), policy).toBe(true);
    }
  });

  test('two people with one authority each come to another K, whoever’s point they take out', () => {
    const { g2, gt } = group;
    const set = encaps([hospital, board], randomScalar(random));
    const pooled = gt.mul(given(hospital, chen, set), given(board, diaz, set));
    const honest = gt.mul(given(hospital, chen, set), given(board, chen, set));
    const cj = g2.decode(set.cj);
    const half = inverse(2n);
    const guesses = [without(chen, cj), without(diaz, cj), gt.mul(gt.exp(without(chen, cj), half), gt.exp(without(diaz, cj), half))];
    for (const guess of guesses) expect(gt.equal(gt.mul(pooled, guess), set.k)).toBe(false);
    expect(gt.equal(gt.mul(honest, without(chen, cj)), set.k)).toBe(true);
  });

  test('one authority’s key alone is not enough, although its part of C_J were hers', () => {
    const { g2, gt } = group;
    const set = encaps([hospital, board], randomScalar(random));
    const cj = g2.decode(set.cj);
    expect(gt.equal(gt.mul(given(hospital, chen, set), without(chen, cj)), set.k)).toBe(false);
  });

  describe('an authority that chooses its key last', () => {
    // A₂ := Eˣ/A₁ and Y₂ := g₂ʷ/Y₁: it knows the exponents of the products, and of neither by itself.
    let x: Scalar;
    let w: Scalar;
    let rogue: { a: GT; y: G2 };

    beforeAll(() => {
      const { g2, gt } = group;
      [x, w] = [randomScalar(random), randomScalar(random)];
      rogue = { a: gt.mul(targetBase(group).power(x), gt.inv(hospital.a)), y: g2.add(g2.mul(g2.generator, w), g2.neg(hospital.y)) };
    });

    test('would open everything without any key', () => {
      const { g1, g2, gt, pair } = group;
      const set = encaps([hospital, rogue], randomScalar(random));
      expect(gt.equal(gt.exp(pair([[g1.generator, g2.decode(set.c0)]]), x), set.k)).toBe(true);
    });

    test('cannot prove its keys, and no security domain takes it', () => {
      const { g2, gt } = group;
      const keys = { name: 'Licence board', a: gt.encode(rogue.a), y: g2.encode(rogue.y) };
      const id = authorityId(keys);
      const proofs = [
        prove(proofLabel, aboutAuthority(keys.name), claimsOf(group, rogue.a, rogue.y), [x, w], random),
        decodeAuthority(board.authority).proof,
        new Uint8Array(96),
      ];
      for (const proof of proofs) {
        const authority = encodeAuthority({ id, ...keys, proof });
        expect(provesItsKeys(group, authority)).toBe(false);
        expect(() => readSecurityDomain(group, joinAuthorities('licensed', [hospital.authority, authority]))).toThrow('does not prove');
      }
    });

    test('cannot take another authority’s keys under its own name', () => {
      const copied = { ...decodeAuthority(hospital.authority), name: 'Licence board' };
      const authority = encodeAuthority({ ...copied, id: authorityId(copied) });
      expect(provesItsKeys(group, hospital.authority)).toBe(true);
      expect(provesItsKeys(group, authority)).toBe(false);
      expect(provesItsKeys(group, hospital.authority.subarray(1))).toBe(false);
    });

    test('cannot prove one of its two keys only', () => {
      const { g2, gt } = group;
      const { alpha, y } = decodeMaster(board.master);
      const keys = { name: 'Licence board', a: gt.encode(board.a), y: g2.encode(rogue.y) };
      const proof = prove(
        proofLabel,
        aboutAuthority(keys.name),
        claimsOf(group, board.a, rogue.y),
        [decodeScalar(alpha), decodeScalar(y)],
        random,
      );
      expect(provesItsKeys(group, encodeAuthority({ id: authorityId(keys), ...keys, proof }))).toBe(false);
    });
  });

  test('keys that cancel one another, or stand out of order, are no security domain', () => {
    const { g2, gt } = group;
    const { alpha, y } = decodeMaster(hospital.master);
    const negative = [-decodeScalar(alpha), -decodeScalar(y)].map(
      (k) => k + 0x73eda753299d7d483339d80809a1d80553bda402fffe5bfeffffffff00000001n,
    );
    const [a, b] = [gt.inv(hospital.a), g2.neg(hospital.y)];
    const keys = { name: 'Its shadow', a: gt.encode(a), y: g2.encode(b) };
    const proof = prove(proofLabel, aboutAuthority(keys.name), claimsOf(group, a, b), negative, random);
    const shadow = encodeAuthority({ id: authorityId(keys), ...keys, proof });
    expect(provesItsKeys(group, shadow)).toBe(true);
    expect(() => readSecurityDomain(group, joinAuthorities('open to all', [hospital.authority, shadow]))).toThrow('cancel');
    const sorted = joinAuthorities('licensed', [hospital.authority, board.authority]);
    expect(readSecurityDomain(group, sorted).authorities).toHaveLength(2);
    const orders = [
      [hospital.authority, board.authority],
      [board.authority, hospital.authority],
    ].map((authorities) => encodeSecurityDomain({ name: 'licensed', authorities }));
    expect(orders.filter((bytes) => concat(bytes).every((byte, i) => byte === sorted[i]))).toHaveLength(1);
    for (const bytes of orders.filter((one) => !one.every((byte, i) => byte === sorted[i])))
      expect(() => readSecurityDomain(group, bytes)).toThrow(TypeError);
  });

  describe('several sets of authorities in one text', () => {
    /** From the C_J of {h, p}, {h, b} and {p, b}: Y_h^s and Y_b^s if all share one s, and with them both people taken out. */
    const pooled = ([hp, hb, pb]: readonly [Set, Set, Set]): GT => {
      const { g2, gt } = group;
      const [chp, chb, cpb] = [hp, hb, pb].map((set) => g2.decode(set.cj)) as [G2, G2, G2];
      const half = inverse(2n);
      const yh = g2.mul(g2.sum([chp, chb, g2.neg(cpb)]), half);
      const yb = g2.mul(g2.sum([chb, cpb, g2.neg(chp)]), half);
      return [given(hospital, chen, hb), without(chen, yh), given(board, diaz, hb), without(diaz, yb)].reduce(gt.mul);
    };
    const sets = (s: () => Scalar): [Set, Set, Set] => [
      encaps([hospital, patient], s()),
      encaps([hospital, board], s()),
      encaps([patient, board], s()),
    ];

    test('under one s, two people with one authority each would open together', () => {
      const s = randomScalar(random);
      const all = sets(() => s);
      expect(group.gt.equal(pooled(all), all[1].k)).toBe(true);
    });

    test('each under its own s, they do not', () => {
      const all = sets(() => randomScalar(random));
      expect(group.gt.equal(pooled(all), all[1].k)).toBe(false);
    });
  });
});
