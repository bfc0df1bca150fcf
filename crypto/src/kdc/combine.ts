/**
 * From the servers' answers to the key of a node: what owner and reader do alike.
 *
 * @module
 */
import type { Bytes } from '../algebra/bytes.ts';
import type { G1, Group, Scalar } from '../algebra/group.ts';
import { hashOf } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { attempt } from '../algebra/strict.ts';
import { lagrangeAtZero } from '../algebra/threshold.ts';
import { weight } from '../algebra/weight.ts';
import { decodePartial } from './encoding.ts';
import { nodePoint, readServers, type Servers } from './servers.ts';

/** What came from which server. */
export type Answer = { readonly server: number; readonly partial: Bytes };

/** The key, or `null` when too few answered well; and whose answers were wrong. */
export type Combined = { readonly key: Bytes | null; readonly wrong: readonly number[] };

type Partial = { readonly server: number; readonly s: G1 };

/**
 * The key of a node: K = SHA-256(Π sᵢ^{λᵢ}), under a label. Every answer is checked, e(sᵢ, g₂) = e(H(nodeId), Pᵢ), all
 * at once where all are right; a server that lies is named, and the others still make the key.
 *
 * @param servers public bytes, as the town manifest vouches for them
 * @throws {TypeError} on malformed servers, a malformed node or a server that answers twice
 */
export function combine(group: Group, servers: Bytes, nodeId: Bytes, answers: readonly Answer[], random: Random = systemRandom): Combined {
  const { g1 } = group;
  const known = readServers(group, servers);
  const point = nodePoint(group, nodeId);
  if (new Set(answers.map(({ server }) => server)).size < answers.length) throw new TypeError('a server answers once');
  const read = answers.map((one) => readPartial(group, known, one));
  const shaped = read.filter((partial) => partial !== null);
  const right = holds(group, known, point, shaped, random) ? shaped : shaped.filter((one) => holds(group, known, point, [one], random));
  const wrong = answers.map(({ server }) => server).filter((server) => !right.some((one) => one.server === server));
  if (right.length < known.needed) return { key: null, wrong };
  const used = right.slice(0, known.needed);
  const coefficients = lagrangeAtZero(used.map(({ server }) => BigInt(server)));
  const whole = g1.sum(
    used.map(({ s }) => s),
    coefficients,
  );
  return { key: hashOf('carelet/v1/kdc', g1.encode(whole)), wrong };
}

/** e(Π sᵢ^{ρᵢ}, g₂) = e(H(nodeId), Π Pᵢ^{ρᵢ}) under random ρᵢ. */
function holds({ g1, g2, gt, pair }: Group, { shares }: Servers, point: G1, partials: readonly Partial[], random: Random): boolean {
  const weights: Scalar[] = partials.map(() => weight(random));
  const values = partials.map(({ s }) => s);
  const keys = partials.map(({ server }) => shares[server - 1]!);
  const product = pair([
    [g1.neg(g1.sum(values, weights)), g2.generator],
    [point, g2.sum(keys, weights)],
  ]);
  return gt.equal(product, gt.one);
}

function readPartial({ g1 }: Group, { shares }: Servers, { server, partial }: Answer): Partial | null {
  return attempt(() => {
    const read = decodePartial(partial);
    return read.server === server && server <= shares.length ? { server, s: g1.decode(read.s) } : null;
  });
}
