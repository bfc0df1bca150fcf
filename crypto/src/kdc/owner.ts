/**
 * Key distribution, the part of whoever seals: the wrap of kind `shared` (keys.md §3).
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import { sealBody } from '../algebra/dem.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { encodeSealed } from './encoding.ts';
import { checkKeys, demLabel, placeHash, type SharedKeys, withSeed } from './hybrid.ts';

export { type Answer, type Combined, combine } from './combine.ts';

/**
 * Seals a message for everyone who gets both keys.
 *
 * @param context bound but not contained: it must be the same when opening
 * @throws {TypeError} unless both keys have 32 bytes
 *
 * @example
 * ```ts
 * import { commitmentsInG2, conclude, deal, reveal } from '@carelet/crypto/algebra/generation';
 * import { loadGroup } from '@carelet/crypto/algebra/group';
 * import { systemRandom } from '@carelet/crypto/algebra/random';
 * import { combine, seal } from '@carelet/crypto/kdc/owner';
 * import { open } from '@carelet/crypto/kdc/reader';
 * import { answer, keepShare, openShare } from '@carelet/crypto/kdc/server';
 * import { publishServers } from '@carelet/crypto/kdc/servers';
 *
 * const group = await loadGroup('mcl');
 * const [commitments, generation] = [commitmentsInG2(group), { context: systemRandom(16), issuers: 3, needed: 2 }];
 * const dealt = [1, 2, 3].map((i) => deal(commitments, generation, i));
 * const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
 * const made = [0, 1, 2].map((j) => {
 *   const heard = dealt.map(({ promise }, i) => ({ promise, opening: shown[i]!.opening, share: shown[i]!.shares[j]! }));
 *   const end = conclude(commitments, generation, j + 1, heard);
 *   if (end.kind === 'blame') throw new Error(`server ${end.issuer} does not fit`);
 *   return end;
 * });
 * const servers = publishServers(group, 2, made[0]!.publicKey, made[0]!.publicShares);
 *
 * const nodeId = systemRandom(16);
 * const ask = (i: number) => ({ server: i, partial: answer(group, openShare(keepShare(i, made[i - 1]!.share)), nodeId) });
 * const hers = combine(group, servers, nodeId, [ask(1), ask(2)]);
 * const his = combine(group, servers, nodeId, [ask(3), ask(1)]); // the same key
 *
 * const owner = systemRandom(32);
 * const sealed = seal({ node: hers.key!, owner }, nodeId, new Uint8Array(), new Uint8Array([7]));
 * open({ node: his.key!, owner }, nodeId, new Uint8Array(), sealed); // 7
 * ```
 */
export function seal(keys: SharedKeys, nodeId: Bytes, context: Bytes, message: Bytes, random: Random = systemRandom): Bytes {
  checkKeys(keys);
  const salt = random(16);
  const dem = withSeed(keys, salt, (seed) => sealBody(demLabel, seed, placeHash(nodeId, context, salt), message));
  return encodeSealed({ salt, dem });
}
