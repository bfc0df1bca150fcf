import { expect, test } from 'vitest';
import { ntruhps2048677, ntruhps4096821, ntruhrss701 } from './index.ts';
import { ntruhps2048509 } from './testing.ts';
import { present, reproduces, vectorsOf } from './vectors.testing.ts';

if (!present) test.skip('the vector files are not here (CARELET_DATA)', () => {});
else {
  test.each([ntruhps4096821, ntruhps2048677, ntruhrss701, ntruhps2048509])('$name makes and opens every NIST vector', (kem) => {
    const vectors = vectorsOf(kem.name);
    expect(vectors.length).toBeGreaterThanOrEqual(30);
    for (const vector of vectors) expect(reproduces(kem, vector)).toEqual([]);
  });
}
