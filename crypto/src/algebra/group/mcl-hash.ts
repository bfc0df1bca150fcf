/**
 * Hashing to G1 with mcl's declared interface only: the way out should a later mcl drop the export we prefer.
 *
 * noble expands and reduces (hash_to_field of RFC 9380 §5.2), mcl maps two field elements and adds them; clearing
 * the cofactor is part of each map and commutes with the sum.
 *
 * @module
 */
import { hash_to_field } from '@noble/curves/abstract/hash-to-curve.js';
import { sha256 } from '@noble/hashes/sha2.js';
import mcl from 'mcl-wasm';
import { type Bytes, utf8 } from '../bytes.ts';

const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;

/** The same point as the raw export gives. */
export function typedHashToG1(message: Bytes, tag: string): mcl.G1 {
  const [a, b] = hash_to_field(message, 2, { p, m: 1, k: 128, expand: 'xmd', hash: sha256, DST: utf8(tag) }).map(([u]) => {
    const element = new mcl.Fp();
    element.setStr(u!.toString(16), 16);
    return element.mapToG1();
  });
  return mcl.add(a!, b!);
}
