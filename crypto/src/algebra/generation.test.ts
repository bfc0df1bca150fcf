import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, cbor, uncbor } from './bytes.ts';
import {
  type Commitments,
  commitmentsInG2,
  commitmentsInGT,
  conclude,
  deal,
  type Generation,
  type Heard,
  reveal,
  sharesFit,
} from './generation.ts';
import { type BackendName, encodeScalar, loadGroup, reduce, type Scalar } from './group.ts';
import { hashOf } from './hash.ts';
import { seededRandom } from './random.ts';
import { lagrangeAtZero } from './threshold.ts';

const generation: Generation = { context: new Uint8Array(16).fill(9), issuers: 3, needed: 2 };
const everyone = [1, 2, 3];

const kinds = [
  ['mcl', 'G2'],
  ['mcl', 'GT'],
  ['noble', 'G2'],
] as const satisfies readonly (readonly [BackendName, string])[];

describe.each(kinds)('three issuers, on %s in %s', (name, where) => {
  const random = seededRandom(`generation ${name} ${where}`);
  let commitments: Commitments<unknown>;
  /** `said[i][j]`: what issuer j + 1 heard of issuer i + 1. */
  let said: Heard[][];

  beforeAll(async () => {
    const group = await loadGroup(name);
    commitments = (where === 'G2' ? commitmentsInG2(group) : commitmentsInGT(group)) as Commitments<unknown>;
    said = everyone.map((issuer) => {
      const { dealing, promise } = deal(commitments, generation, issuer, random);
      const { opening, shares } = reveal(dealing, generation);
      return shares.map((share) => ({ promise, opening, share }));
    });
  });

  const heardBy = (issuer: number, but: (from: number, heard: Heard) => Heard = (_, heard) => heard): Heard[] =>
    said.map((to, i) => but(i + 1, to[issuer - 1]!));
  const concluded = (issuer: number) => {
    const made = conclude(commitments, generation, issuer, heardBy(issuer));
    if (made.kind !== 'made') throw new Error(JSON.stringify(made));
    return made;
  };
  const powerOf = (...[at, shares]: [readonly number[], readonly Scalar[]]) => {
    const coefficients = lagrangeAtZero(at.map(BigInt));
    return commitments.commit(reduce(shares.reduce((sum, share, i) => sum + share * coefficients[i]!, 0n)));
  };

  test('all come to one public key, which any two of their shares open and none alone', () => {
    const made = everyone.map(concluded);
    const { publicKey, publicShares, transcript } = made[0]!;
    for (const other of made) {
      expect(commitments.equal(other.publicKey, publicKey)).toBe(true);
      expect(other.transcript).toEqual(transcript);
    }
    for (const [i, { share }] of made.entries()) {
      expect(commitments.equal(commitments.commit(share), publicShares[i]!)).toBe(true);
      expect(commitments.equal(publicShares[i]!, publicKey)).toBe(false);
    }
    for (const at of [
      [1, 2],
      [1, 3],
      [2, 3],
      [3, 1],
    ]) {
      const shares = at.map((issuer) => made[issuer - 1]!.share);
      expect(commitments.equal(powerOf(at, shares), publicKey)).toBe(true);
    }
    expect(sharesFit(commitments, publicKey, publicShares, 2)).toBe(true);
    expect(sharesFit(commitments, publicKey, [publicShares[0]!, publicShares[2]!, publicShares[1]!], 2)).toBe(false);
    expect(sharesFit(commitments, publicKey, publicShares.slice(0, 1), 2)).toBe(false);
  });

  test('whoever says something else than it promised is named', () => {
    const other = deal(commitments, generation, 2, random);
    const { opening, shares } = reveal(other.dealing, generation);
    const late = heardBy(1, (from, heard) => (from === 2 ? { ...heard, opening, share: shares[0]! } : heard));
    expect(conclude(commitments, generation, 1, late)).toEqual({ kind: 'blame', issuer: 2, because: 'promise' });
  });

  test('whoever deals a share that its opening does not bear out is named', () => {
    const forged = (share: Bytes) => heardBy(3, (from, heard) => (from === 1 ? { ...heard, share } : heard));
    for (const share of [said[0]![1]!.share, encodeScalar(0n), new Uint8Array(31), new Uint8Array(32).fill(255)]) {
      expect(conclude(commitments, generation, 3, forged(share))).toEqual({ kind: 'blame', issuer: 1, because: 'share' });
    }
  });

  test('an opening for another purpose, of another issuer, of another degree or no opening at all is refused', () => {
    const another = { ...generation, context: new Uint8Array(16).fill(8) };
    const openings = [
      deal(commitments, another, 1, random),
      deal(commitments, generation, 2, random),
      deal(commitments, { ...generation, needed: 3 }, 1, random),
    ].map(({ dealing }) => reveal(dealing, generation).opening);
    const fields = uncbor(said[0]![0]!.opening) as readonly unknown[];
    openings.push(cbor([...fields, 1] as never), cbor(7), new Uint8Array(3), cbor([...fields.slice(0, 3), [1, 2]] as never));
    for (const opening of openings) {
      const promise = promiseTo(opening);
      const heard = heardBy(2, (from, one) => (from === 1 ? { ...one, opening, promise } : one));
      expect(conclude(commitments, generation, 2, heard)).toEqual({ kind: 'blame', issuer: 1, because: 'opening' });
    }
  });

  test('an issuer that shows two of them different openings is found out by the transcripts', () => {
    const dealt = [0, 1].map(() => deal(commitments, generation, 3, random));
    const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
    const made = [1, 2].map((issuer, i) => {
      const heard = heardBy(issuer, (from, one) =>
        from === 3 ? { promise: dealt[i]!.promise, opening: shown[i]!.opening, share: shown[i]!.shares[issuer - 1]! } : one,
      );
      return conclude(commitments, generation, issuer, heard);
    });
    expect(made.map(({ kind }) => kind)).toEqual(['made', 'made']);
    const [one, two] = made as Extract<(typeof made)[number], { kind: 'made' }>[];
    expect(one!.transcript).not.toEqual(two!.transcript);
  });

  test('a secret that one alone would have is not generated', () => {
    expect(() => deal(commitments, { ...generation, needed: 1 }, 1, random)).toThrow(TypeError);
    expect(() => deal(commitments, generation, 4, random)).toThrow(TypeError);
    expect(() => conclude(commitments, generation, 1, heardBy(1).slice(1))).toThrow(TypeError);
  });
});

/** A promise to these very bytes. */
const promiseTo = (opening: Bytes): Bytes => hashOf('carelet/v1/sharing/generation-promise', opening);
