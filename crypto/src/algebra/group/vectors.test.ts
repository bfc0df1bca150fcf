// Published vectors: RFC 9380 (hash to curve), zkcrypto (multiples of the generators), noble (signatures).
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type Bytes, hex, unhex, utf8 } from '../bytes.ts';
import { type BackendName, type Curve, loadGroup, reduce } from '../group.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const folder = resolve(root, process.env.CARELET_DATA ?? '../shared/data', '08-vectors');
const present = existsSync(folder);
if (!present) console.info('published vectors of BLS12-381 are not here: their tests are skipped');

const unzipped = (file: string): Bytes => gunzipSync(readFileSync(join(folder, 'bls12-381', file)));
const lines = (file: string): string[][] =>
  unzipped(file)
    .toString()
    .trim()
    .split('\n')
    .map((line) => line.split(':'));

describe.skipIf(!present).each<BackendName>(['mcl', 'noble'])('published vectors on %s', (name) => {
  test('the hash to G1 gives the points of RFC 9380', async () => {
    const { g1, hashToG1 } = await loadGroup(name);
    const suite = JSON.parse(readFileSync(join(folder, 'rfc9380', 'BLS12381G1_XMD_SHA-256_SSWU_RO_.json'), 'utf8')) as {
      dst: string;
      vectors: { msg: string; P: { x: string; y: string } }[];
    };
    expect(suite.vectors.length).toBeGreaterThan(3);
    for (const { msg, P } of suite.vectors) {
      expect(hex(g1.encode(hashToG1(utf8(msg), suite.dst)))).toBe(compressed(P.x, P.y));
    }
  });

  test('the multiples of the generators are zkcrypto’s, and uncompressed points are refused', async () => {
    const { g1, g2 } = await loadGroup(name);
    const check = <P>(curve: Curve<P>, file: string): void => {
      const all = unzipped(`zkcrypto-${file}_compressed_valid_test_vectors.dat.gz`);
      const count = name === 'mcl' ? all.length / curve.length : 40;
      let sum = curve.zero;
      for (let i = 0; i < count; i++) {
        const encoded = new Uint8Array(all.subarray(i * curve.length, (i + 1) * curve.length));
        expect(hex(curve.encode(sum))).toBe(hex(encoded));
        if (i === 0) expect(() => curve.decode(encoded)).toThrow(TypeError);
        else expect(curve.equal(curve.decode(encoded), sum)).toBe(true);
        sum = curve.add(sum, curve.generator);
      }
      const long = unzipped(`zkcrypto-${file}_uncompressed_valid_test_vectors.dat.gz`);
      for (let i = 0; i < 20; i++) {
        expect(() => curve.decode(new Uint8Array(long.subarray(2 * i * curve.length, 2 * (i + 1) * curve.length)))).toThrow(TypeError);
      }
    };
    check(g1, 'g1');
    check(g2, 'g2');
  });

  test('hash times scalar gives the signatures of noble’s vectors', async () => {
    const { g1, hashToG1 } = await loadGroup(name);
    const vectors = lines('bls12-381-g1-test-vectors.txt.gz').slice(0, name === 'mcl' ? undefined : 12);
    for (const [secret, message, signature] of vectors) {
      const point = hashToG1(unhex(message!), 'BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_');
      const k = reduce(BigInt(`0x${secret}`));
      expect(hex(g1.encode(g1.mulSecret(point, k)))).toBe(signature);
      expect(hex(g1.encode(g1.mul(point, k)))).toBe(signature);
    }
  });
});

/** Compressed hex of affine coordinates in `0x…`. */
function compressed(x: string, y: string): string {
  const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
  const flags = BigInt(y) > (p - 1n) / 2n ? 0xan : 0x8n;
  return ((flags << 380n) | BigInt(x)).toString(16);
}
