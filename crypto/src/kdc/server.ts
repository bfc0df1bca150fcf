/**
 * Key distribution, a server's part: two of three servers together give an owner and whoever she authorised the same key for
 * a node, and neither knows it (Naor, Pinkas, Reingold, EUROCRYPT 1999).
 *
 * The key is a function of the node's number, so nothing is stored for it. The number is sent in the open on an
 * authenticated channel: each server sees who asks for which node, looks by itself whether that is granted and not taken
 * back, writes it down, and may refuse.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { decodeScalar, encodeScalar, type Group, type Scalar } from '../algebra/group.ts';
import { Holder, secretOf } from '../algebra/holder.ts';
import { decodeShare, encodePartial, encodeShare } from './encoding.ts';
import { nodePoint } from './servers.ts';

/** The bytes a server keeps of the share that `conclude` of `algebra/generation` gave it. */
export function keepShare(server: number, share: Scalar): Bytes {
  const bytes = encodeShare({ server, k: encodeScalar(share) });
  decodeShare(bytes);
  return bytes;
}

/** A server's share, ready for use. It shows whose it is. */
export class Share extends Holder<Scalar> {
  readonly server: number;

  constructor(server: number, k: Scalar) {
    super(k);
    this.server = server;
  }
}

/** Reads a share. Throws a TypeError unless it is one. */
export function openShare(bytes: Bytes): Share {
  const { server, k } = decodeShare(bytes);
  const scalar = decodeScalar(k);
  if (scalar === 0n) throw new TypeError('not a share');
  return new Share(server, scalar);
}

/**
 * A server's answer for a node: sᵢ = H(nodeId)^{kᵢ}. As secret as the key it is a part of.
 *
 * @throws {TypeError} when the share was put away, or unless a node has 16 bytes
 */
export function answer(group: Group, share: Share, nodeId: Bytes): Bytes {
  const k = secretOf(share);
  const { g1 } = group;
  return encodePartial({ server: share.server, s: g1.encode(g1.mulSecret(nodePoint(group, nodeId), k)) });
}
