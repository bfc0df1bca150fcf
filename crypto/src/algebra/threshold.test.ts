import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inverse, order, randomScalar, reduce } from './group.ts';
import { seededRandom } from './random.ts';
import { evaluate, inverseOfSecret, lagrangeAtZero, polynomialThrough } from './threshold.ts';

const random = seededRandom('threshold');

test('any so many shares give the secret, whichever they are', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, order - 1n), fc.integer({ min: 1, max: 5 }), fc.integer({ min: 0, max: 4 }), (secret, needed, more) => {
      const f = polynomialThrough(secret, needed, random);
      const places = Array.from({ length: needed + more }, (_, i) => BigInt(i + 1)).slice(-needed);
      const coefficients = lagrangeAtZero(places);
      const sum = places.reduce((total, x, i) => total + coefficients[i]! * evaluate(f, x), 0n);
      expect(reduce(sum)).toBe(secret);
    }),
  );
});

test('one share fewer fits every secret alike', () => {
  const share = evaluate(polynomialThrough(7n, 2, random), 1n);
  for (const other of [0n, 7n, 8n, order - 1n]) {
    const slope = reduce(share - other);
    expect(evaluate([other, slope], 1n)).toBe(share);
  }
});

test('the inverse of a secret is its inverse, and zero has none', () => {
  for (let i = 0; i < 20; i++) {
    const k = randomScalar(random);
    expect(inverseOfSecret(k, random)).toBe(inverse(k));
  }
  expect(() => inverseOfSecret(0n, random)).toThrow(TypeError);
});
