// How a patient knows that the key of a grant holds a doctor's half and a mediator's factor, and that neither cheats.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, hex } from '../algebra/bytes.ts';
import { type BackendName, type Group, loadGroup, randomScalar, type Scalar } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { claimInCurve, prove } from '../algebra/schnorr.ts';
import { sign, signingKey } from '../algebra/sign.ts';
import { decodeDelegate, decodeFactor, encodeDelegate, encodeFactor, type FactorParts } from './encoding.ts';
import { newFactor } from './mediator.ts';
import { accept, type Offer } from './owner.ts';
import { newHalf } from './reader.ts';
import { delegateAbout, delegateLabel, delegateSigned, factorAbout, factorLabel, factorSigned } from './vouched.ts';

describe.each<BackendName>(['mcl', 'noble'])('on %s', (name) => {
  const random = seededRandom(`vouched ${name}`);
  const [chen, diaz, gate] = [signingKey(random), signingKey(random), signingKey(random)];
  const doctor = { id: random(16), edVk: chen.public };
  const grant = random(16);
  let group: Group;
  let offer: Offer;

  beforeAll(async () => {
    group = await loadGroup(name);
    const { delegate } = newHalf(group, { id: doctor.id, edSk: chen.secret }, random);
    const { factor } = newFactor(group, grant, delegate, doctor, gate.secret, random)!;
    offer = { grant, delegate, factor, doctor, mediator: gate.public };
  });

  /** A factor as somebody would make it who has the signing key and claims to know `secret` behind these points. */
  const factorOf = (change: Partial<FactorParts>, secret: Scalar, base: Bytes, signer: Bytes): Bytes => {
    const { g2 } = group;
    const all = { ...decodeFactor(offer.factor), ...change };
    const proof = prove(factorLabel, factorAbout(all), [claimInCurve(g2, 0, g2.decode(all.q), g2.decode(base))], [secret], random);
    return encodeFactor({ ...all, proof, signature: sign(signer, factorLabel, factorSigned({ ...all, proof })) });
  };
  const accepted = (change: Partial<Offer>): boolean => accept(group, { ...offer, ...change }) !== null;

  test('an honest offer is accepted, for its doctor and its grant', () => {
    const grantee = accept(group, offer)!;
    expect(hex(grantee.doctor)).toBe(hex(doctor.id));
    expect(hex(grantee.grant)).toBe(hex(grant));
  });

  test('an offer of another grant, another doctor, other keys or another mediator is not', () => {
    expect(accepted({ grant: random(16) })).toBe(false);
    expect(accepted({ doctor: { ...doctor, id: random(16) } })).toBe(false);
    expect(accepted({ doctor: { ...doctor, edVk: diaz.public } })).toBe(false);
    expect(accepted({ mediator: diaz.public })).toBe(false);
  });

  test('a doctor cannot leave the mediator out', () => {
    const { g2 } = group;
    const x = randomScalar(random);
    const own = g2.encode(g2.mul(g2.generator, x));
    const { qd } = decodeDelegate(offer.delegate);
    // She signs a factor herself; or takes a Q whose whole exponent she knows; or none at all.
    expect(accepted({ factor: factorOf({}, x, qd, chen.secret) })).toBe(false);
    expect(accepted({ factor: encodeFactor({ ...decodeFactor(offer.factor), q: own }) })).toBe(false);
    expect(accepted({ factor: encodeFactor({ ...decodeFactor(offer.factor), q: qd }) })).toBe(false);
    expect(accepted({ factor: offer.delegate })).toBe(false);
  });

  test('a mediator cannot leave the doctor out, although it signs what it likes', () => {
    const { g2 } = group;
    const x = randomScalar(random);
    const own = g2.encode(g2.mul(g2.generator, x));
    const { qd } = decodeDelegate(offer.delegate);
    const honest = g2.encode(g2.mul(g2.decode(qd), x));
    expect(accepted({ factor: factorOf({ q: honest }, x, qd, gate.secret) })).toBe(true);
    // The exponent of Q over g₂ is not the one over Q_d; and another Q_d is not the doctor's.
    expect(accepted({ factor: factorOf({ q: own }, x, qd, gate.secret) })).toBe(false);
    expect(accepted({ factor: factorOf({ q: own }, x, g2.encode(g2.generator), gate.secret) })).toBe(false);
    expect(accepted({ factor: factorOf({ q: own, qd: g2.encode(g2.generator) }, x, g2.encode(g2.generator), gate.secret) })).toBe(false);
  });

  test('nobody publishes a half whose exponent she does not know, or takes another’s', () => {
    const { g2 } = group;
    const honest = decodeDelegate(offer.delegate);
    const stolen = { ...honest, doctor: random(16) };
    const diazDoctor = { id: stolen.doctor, edVk: diaz.public };
    // Dr Diaz copies Dr Chen's Q_d under her own name and signature: the proof is about Dr Chen.
    const copied = encodeDelegate({ ...stolen, signature: sign(diaz.secret, delegateLabel, delegateSigned(stolen)) });
    expect(newFactor(group, grant, copied, diazDoctor, gate.secret, random)).toBeNull();
    // Q_d := g₂ˣ/Q₁, so that with Q₁ it has an exponent that is known: not by itself.
    const x = randomScalar(random);
    const rogue = g2.add(g2.mul(g2.generator, x), g2.neg(g2.decode(honest.qd)));
    const proof = prove(delegateLabel, delegateAbout(stolen), [claimInCurve(g2, 0, rogue)], [x], random);
    const parts = { doctor: stolen.doctor, qd: g2.encode(rogue), proof };
    const forged = encodeDelegate({ ...parts, signature: sign(diaz.secret, delegateLabel, delegateSigned(parts)) });
    expect(newFactor(group, grant, forged, diazDoctor, gate.secret, random)).toBeNull();
    expect(accepted({ delegate: forged, doctor: diazDoctor })).toBe(false);
  });

  test('a changed byte anywhere, or a number of another length, is refused', () => {
    for (const part of ['delegate', 'factor'] as const) {
      for (let at = 0; at < offer[part].length; at += name === 'mcl' ? 7 : 61) {
        expect(accepted({ [part]: offer[part].with(at, offer[part][at]! ^ 1) }), `${part} ${at}`).toBe(false);
      }
      expect(accepted({ [part]: offer[part].subarray(1) })).toBe(false);
    }
    expect(() => newHalf(group, { id: random(15), edSk: chen.secret })).toThrow(TypeError);
    expect(() => newFactor(group, random(15), offer.delegate, doctor, gate.secret)).toThrow(TypeError);
  });
});
