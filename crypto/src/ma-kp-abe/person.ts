/**
 * A person's number as a point: what ties the keys that several authorities gave one person together.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import type { G1, Group } from '../algebra/group.ts';

/** RFC 9380 separation tag of H: gid → G1. */
const tag = 'CARELET-MAKPABE-V1-GID_BLS12381G1_XMD:SHA-256_SSWU_RO_';

/** H(gid). Throws a TypeError unless a person has 16 bytes. */
export function personPoint(group: Group, gid: Bytes): G1 {
  if (!(gid instanceof Uint8Array && gid.length === 16)) throw new TypeError('a person has a number of 16 bytes');
  return group.hashToG1(gid, tag);
}
