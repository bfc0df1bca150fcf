/**
 * The key distribution servers as everybody knows them: P and the Pᵢ, which the town manifest vouches for.
 *
 * @module
 */

import { type Bytes, hex } from '../algebra/bytes.ts';
import { commitmentsInG2, sharesFit } from '../algebra/generation.ts';
import type { G1, G2, Group } from '../algebra/group.ts';
import { sha256 } from '../algebra/hash.ts';
import { remembered } from '../algebra/remembered.ts';
import { decodeServers, encodeServers } from './encoding.ts';

/** Pᵢ in order, and how many servers make a key. */
export type Servers = { readonly needed: number; readonly shares: readonly G2[] };

/** RFC 9380 separation tag of H: nodeId → G1. */
const tag = 'CARELET-KDC-V1-NODE_BLS12381G1_XMD:SHA-256_SSWU_RO_';

/** H(nodeId). Throws a TypeError unless a node has 16 bytes. */
export function nodePoint(group: Group, nodeId: Bytes): G1 {
  if (!(nodeId instanceof Uint8Array && nodeId.length === 16)) throw new TypeError('a node has a number of 16 bytes');
  return group.hashToG1(nodeId, tag);
}

/** The public bytes of servers whose secret came from a distributed key generation in G2 (`algebra/generation`). */
export function publishServers({ g2 }: Group, needed: number, publicKey: G2, publicShares: readonly G2[]): Bytes {
  return encodeServers({ needed, p: g2.encode(publicKey), shares: publicShares.map(g2.encode) });
}

const known = remembered<Servers>(8);

/**
 * Reads servers, and checks that whichever of them answer, the key is the same. The last few are kept.
 *
 * @throws {TypeError} on malformed bytes, or shares that do not belong together
 */
export function readServers(group: Group, bytes: Bytes): Servers {
  const { needed, p, shares: encoded } = decodeServers(bytes);
  return known(group, hex(sha256(bytes)), () => {
    const shares = encoded.map(group.g2.decode);
    if (!sharesFit(commitmentsInG2(group), group.g2.decode(p), shares, needed)) throw new TypeError('shares that do not belong together');
    return { needed, shares };
  });
}
