import { expect, test } from 'vitest';
import { all } from './testing.ts';
import { present, reproduces, vectorsOf } from './vectors.testing.ts';

if (!present) test.skip('the vector files are not here (CARELET_DATA)', () => {});
else {
  test.each(all)('$name makes and opens every NIST vector', ({ set: kem }) => {
    const vectors = vectorsOf(kem.name);
    expect(vectors.length).toBeGreaterThanOrEqual(30);
    for (const vector of vectors) expect(reproduces(kem, vector)).toEqual([]);
  });
}
