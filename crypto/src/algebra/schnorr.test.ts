// Proofs of knowledge: they hold for what they say, and for nothing else.
import { beforeAll, describe, expect, test } from 'vitest';
import type { Bytes } from './bytes.ts';
import { type BackendName, encodeScalar, type Group, loadGroup, order, randomScalar } from './group.ts';
import { seededRandom } from './random.ts';
import { type Claim, claimInCurve, claimInTarget, prove, proves } from './schnorr.ts';
import { targetBase } from './target.ts';

const label = 'carelet/v1/test/proof';

describe.each<BackendName>(['mcl', 'noble'])('on %s', (name) => {
  const random = seededRandom(`schnorr ${name}`);
  const [x, y] = [randomScalar(random), randomScalar(random)];
  let group: Group;
  let claims: Claim[];
  let proof: Bytes;

  beforeAll(async () => {
    group = await loadGroup(name);
    const { g1, g2 } = group;
    const base = g1.mul(g1.generator, 77n);
    claims = [
      claimInTarget(group, 0, targetBase(group).power(x)),
      claimInCurve(g2, 1, g2.mulGenerator(y)),
      claimInCurve(g1, 1, g1.mulSecret(base, y), base),
    ];
    proof = prove(label, ['Ada'], claims, [x, y], random);
  });

  test('a proof of several claims about two secrets holds', () => {
    expect(proof).toHaveLength(96);
    expect(proves(label, ['Ada'], claims, 2, proof)).toBe(true);
  });

  test('it is bound to its label, to what it is about, to every base and to every power', () => {
    const { g1, g2 } = group;
    expect(proves('carelet/v1/test/other', ['Ada'], claims, 2, proof)).toBe(false);
    expect(proves(label, ['Ben'], claims, 2, proof)).toBe(false);
    expect(proves(label, ['Ada'], claims.toReversed(), 2, proof)).toBe(false);
    expect(proves(label, ['Ada'], claims.slice(0, 2), 2, proof)).toBe(false);
    expect(proves(label, ['Ada'], claims.with(1, claimInCurve(g2, 1, g2.generator)), 2, proof)).toBe(false);
    expect(proves(label, ['Ada'], claims.with(2, claimInCurve(g1, 1, g1.mul(g1.generator, 77n * 3n))), 2, proof)).toBe(false);
  });

  test('whoever knows one secret too few, or claims one for two, proves nothing', () => {
    expect(proves(label, ['Ada'], claims, 2, prove(label, ['Ada'], claims, [x, randomScalar(random)], random))).toBe(false);
    const { g1, g2 } = group;
    const unequal = [claimInCurve(g2, 0, g2.mulGenerator(x)), claimInCurve(g1, 0, g1.mulGenerator(y))];
    for (const secret of [x, y]) expect(proves(label, [], unequal, 1, prove(label, [], unequal, [secret], random))).toBe(false);
  });

  test('a changed byte, another length or a scalar of r and more is refused', () => {
    for (const at of [0, 31, 32, 63, 64, 95]) expect(proves(label, ['Ada'], claims, 2, proof.with(at, proof[at]! ^ 1))).toBe(false);
    for (const bytes of [proof.subarray(1), new Uint8Array(), new Uint8Array(96)])
      expect(proves(label, ['Ada'], claims, 2, bytes)).toBe(false);
    const high = proof.slice();
    high.set(encodeScalar(order - 1n).with(31, 1));
    expect(proves(label, ['Ada'], claims, 2, high)).toBe(false);
  });
});
