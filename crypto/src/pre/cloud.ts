/**
 * Consent for a named doctor, the cloud's part: it turns what was sealed for a patient's scope into what only one doctor
 * opens, and opens nothing itself.
 *
 * @module
 */
import { type Bytes, equalPublic } from '../algebra/bytes.ts';
import type { G2, Group } from '../algebra/group.ts';
import { attempt } from '../algebra/strict.ts';
import { decodeRekey, decodeSealed } from './encoding.ts';

/** A re-encryption key that was checked. It shows whose it is: its grant, P of its scope, and Q. */
export class Rekey {
  readonly grant: Bytes;
  readonly p: Bytes;
  readonly q: Bytes;

  constructor(grant: Bytes, p: Bytes, q: Bytes) {
    this.grant = grant;
    this.p = p;
    this.q = q;
  }

  toString(): string {
    return '[SecretKey]';
  }

  /** Forgets rk; using it throws from then on. */
  [Symbol.dispose](): void {
    points.delete(this);
  }
}

const points = new WeakMap<Rekey, G2>();

/**
 * Reads a re-encryption key and checks that it leads from P to Q: e(P, rk) = e(g₁, Q). Do this once, when it arrives.
 *
 * Whether the patient wanted it is the business of the consent she signed; whether Q holds a mediator's factor, hers
 * (`vouched.ts`).
 *
 * @returns `null` when it is none
 */
export function openRekey({ g1, g2, gt, pair }: Group, bytes: Bytes): Rekey | null {
  return attempt(() => {
    const { grant, p, q, rk } = decodeRekey(bytes);
    const point = g2.decode(rk);
    const product = pair([
      [g1.decode(p), point],
      [g1.neg(g1.generator), g2.decode(q)],
    ]);
    if (!gt.equal(product, gt.one)) return null;
    const key = new Rekey(grant, p, q);
    points.set(key, point);
    return key;
  });
}

/**
 * T = e(C₁, rk) = E^{bk}, 576 bytes, for the mediator.
 *
 * @returns `null` when the text is malformed or of another scope
 * @throws {TypeError} when the key was put away
 */
export function reencrypt({ g1, gt, pair }: Group, key: Rekey, sealed: Bytes): Bytes | null {
  const rk = points.get(key);
  if (!rk) throw new TypeError('the key was put away');
  return attempt(() => {
    const { p, c1 } = decodeSealed(sealed);
    return equalPublic(p, key.p) ? gt.encode(pair([[g1.decode(c1), rk]])) : null;
  });
}

/** P of a sealed text: which scope's keys apply to it. Throws a TypeError unless it is one. */
export const scopeOf = (sealed: Bytes): Bytes => decodeSealed(sealed).p;
