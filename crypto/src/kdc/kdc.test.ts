// Key distribution: any two servers give the same key, one gives nothing, and whoever lies is named.
import { inspect as show } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat, hex, utf8 } from '../algebra/bytes.ts';
import { commitmentsInG2, conclude, deal, reveal } from '../algebra/generation.ts';
import { type BackendName, encodeScalar, type Group, loadGroup, type Scalar } from '../algebra/group.ts';
import { hashOf } from '../algebra/hash.ts';
import { type Random, seededRandom } from '../algebra/random.ts';
import { evaluate, polynomialThrough } from '../algebra/threshold.ts';
import { decodePartial, decodeServers, encodePartial, encodeServers, encodeShare } from './encoding.ts';
import { type Answer, combine, seal } from './owner.ts';
import { open } from './reader.ts';
import { answer, keepShare, openShare, type Share } from './server.ts';
import { nodePoint, publishServers, readServers } from './servers.ts';

const context = utf8('a wrap of Ada');
const message = utf8('a node key');

/** Three servers, as they come out of their key generation. */
function generated(group: Group, random: Random): { servers: Bytes; secrets: Bytes[] } {
  const commitments = commitmentsInG2(group);
  const generation = { context: random(16), issuers: 3, needed: 2 };
  const dealt = [1, 2, 3].map((server) => deal(commitments, generation, server, random));
  const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
  const made = [0, 1, 2].map((j) => {
    const heard = dealt.map(({ promise }, i) => ({ promise, opening: shown[i]!.opening, share: shown[i]!.shares[j]! }));
    const end = conclude(commitments, generation, j + 1, heard);
    if (end.kind === 'blame') throw new Error(JSON.stringify(end));
    return end;
  });
  const [first] = made;
  return {
    servers: publishServers(group, 2, first!.publicKey, first!.publicShares),
    secrets: made.map(({ share }, i) => keepShare(i + 1, share)),
  };
}

describe.each<BackendName>(['mcl'])('on %s', (name) => {
  const random = seededRandom(`kdc ${name}`);
  const nodeId = random(16);
  let group: Group;
  let servers: Bytes;
  let secrets: Bytes[];
  let shares: Share[];

  beforeAll(async () => {
    group = await loadGroup(name);
    ({ servers, secrets } = generated(group, random));
    shares = secrets.map(openShare);
  });

  const from = (...numbers: number[]): Answer[] =>
    numbers.map((server) => ({ server, partial: answer(group, shares[server - 1]!, nodeId) }));
  const combined = (answers: readonly Answer[], node = nodeId) => combine(group, servers, node, answers, random);

  test('any two of the three give the same key, in any order, and so do all', () => {
    const keys = [
      [1, 2],
      [2, 1],
      [1, 3],
      [3, 2],
      [1, 2, 3],
      [3, 1, 2],
    ].map((numbers) => combined(from(...numbers)));
    for (const { key, wrong } of keys) {
      expect(wrong).toEqual([]);
      expect(hex(key!)).toBe(hex(keys[0]!.key!));
    }
  });

  test('the key is the power of the node’s point that no server knows', () => {
    // With a dealer, who in a test may know k.
    const k = polynomialThrough(7n, 2, random);
    const { g1, g2 } = group;
    const of = (i: number): Scalar => evaluate(k, BigInt(i));
    const dealt = publishServers(
      group,
      2,
      g2.mul(g2.generator, 7n),
      [1, 2, 3].map((i) => g2.mul(g2.generator, of(i))),
    );
    const answers = [2, 3].map((server) => ({ server, partial: answer(group, openShare(keepShare(server, of(server))), nodeId) }));
    const expected = hashOf('carelet/v1/kdc', g1.encode(g1.mul(nodePoint(group, nodeId), 7n)));
    expect(combine(group, dealt, nodeId, answers, random).key).toEqual(expected);
  });

  test('one server gives nothing, alone or three times over', () => {
    expect(combined(from(2))).toEqual({ key: null, wrong: [] });
    expect(combined([])).toEqual({ key: null, wrong: [] });
    expect(() => combined([...from(2), ...from(2)])).toThrow('once');
    const [mine] = from(2);
    const relabelled = encodePartial({ ...decodePartial(mine!.partial), server: 1 });
    expect(combined([mine!, { server: 1, partial: relabelled }])).toEqual({ key: null, wrong: [1] });
    expect(combined([mine!, { server: 1, partial: mine!.partial }])).toEqual({ key: null, wrong: [1] });
  });

  test('what one share makes by itself is not the key', () => {
    const { key } = combined(from(1, 2));
    for (const [one] of [from(1), from(2), from(3)]) expect(hashOf('carelet/v1/kdc', decodePartial(one!.partial).s)).not.toEqual(key);
  });

  test('a wrong answer is named, and the others still make the key', () => {
    const { g1 } = group;
    const honest = combined(from(1, 2)).key!;
    const [one, two, three] = from(1, 2, 3) as [Answer, Answer, Answer];
    const point = g1.decode(decodePartial(two.partial).s);
    const put = (s: Bytes): Bytes => encodePartial({ server: 2, s });
    const lies: Record<string, Bytes> = {
      moved: put(g1.encode(g1.add(point, g1.generator))),
      negated: put(g1.encode(g1.neg(point))),
      'the identity': put(new Uint8Array(48).with(0, 0xc0)),
      'no point': put(new Uint8Array(48)),
      'of another node': answer(group, shares[1]!, random(16)),
      'of another server': three.partial,
      truncated: two.partial.subarray(1),
      nothing: new Uint8Array(),
    };
    for (const [lie, partial] of Object.entries(lies)) {
      expect(combined([one, { server: 2, partial }, three]), lie).toEqual({ key: honest, wrong: [2] });
      expect(combined([one, { server: 2, partial }]), lie).toEqual({ key: null, wrong: [2] });
    }
    expect(combined([one, two, { server: 4, partial: three.partial }])).toEqual({ key: honest, wrong: [4] });
  });

  test('two lies that would cancel are both named', () => {
    // λ₁·d₁ + λ₂·d₂ = 0 leaves the sum as it was; each answer is checked all the same.
    const { g1 } = group;
    const [one, two, three] = from(1, 2, 3) as [Answer, Answer, Answer];
    const shift = ({ server, partial }: Answer, by: Scalar): Answer => {
      const s = g1.add(g1.decode(decodePartial(partial).s), g1.mul(g1.generator, by));
      return { server, partial: encodePartial({ server, s: g1.encode(s) }) };
    };
    expect(combined([shift(one, 1n), shift(two, 2n)])).toEqual({ key: null, wrong: [1, 2] });
    expect(combined([shift(one, 1n), shift(two, 2n), three]).wrong).toEqual([1, 2]);
  });

  test('another node has another key, and other servers give another one', () => {
    const other = random(16);
    const answers = [1, 2].map((server) => ({ server, partial: answer(group, shares[server - 1]!, other) }));
    expect(combined(answers, other).key).not.toEqual(combined(from(1, 2)).key);
    expect(combined(answers).wrong).toEqual([1, 2]);
    const strangers = generated(group, random).servers;
    expect(combine(group, strangers, nodeId, from(1, 2), random)).toEqual({ key: null, wrong: [1, 2] });
  });

  test('servers whose shares do not belong together are refused', () => {
    const { g2 } = group;
    const parts = decodeServers(servers);
    const moved = g2.encode(g2.add(g2.decode(parts.shares[2]!), g2.generator));
    expect(readServers(group, servers).needed).toBe(2);
    for (const change of [{ shares: parts.shares.with(2, moved) }, { shares: parts.shares.toReversed() }, { p: moved }]) {
      expect(() => readServers(group, encodeServers({ ...parts, ...change }))).toThrow('belong together');
    }
    for (const change of [
      { needed: 1 },
      { needed: 4 },
      { needed: 0 },
      { p: parts.p.subarray(1) },
      { shares: Array<Bytes>(17).fill(parts.p) },
    ]) {
      expect(() => readServers(group, encodeServers({ ...parts, ...change }))).toThrow(TypeError);
    }
    expect(() => readServers(group, servers.subarray(1))).toThrow(TypeError);
  });

  test('a share shows whose it is and nothing else, and is forgotten', () => {
    const spent = openShare(secrets[0]!);
    expect(`${spent}`).toBe('[SecretKey]');
    const shown = show(spent, { depth: 9, showHidden: true }) + JSON.stringify(spent);
    expect(shown).not.toContain(hex(secrets[0]!.subarray(-32, -24)));
    spent[Symbol.dispose]();
    expect(() => answer(group, spent, nodeId)).toThrow('put away');
    expect(() => answer(group, shares[0]!, random(15))).toThrow(TypeError);
    expect(() => openShare(secrets[0]!.subarray(1))).toThrow(TypeError);
    expect(() => openShare(encodeShare({ server: 1, k: encodeScalar(0n) }))).toThrow(TypeError);
    expect(() => keepShare(0, 5n)).toThrow(TypeError);
  });

  test('a shared text opens with both keys, at its place, unchanged', () => {
    const keys = { node: combined(from(1, 2)).key!, owner: random(32) };
    const sealed = seal(keys, nodeId, context, message, random);
    expect(open({ ...keys, node: combined(from(3, 2)).key! }, nodeId, context, sealed)).toEqual(message);
    expect(open({ ...keys, owner: random(32) }, nodeId, context, sealed)).toBeNull();
    expect(open({ ...keys, node: random(32) }, nodeId, context, sealed)).toBeNull();
    expect(open({ node: keys.owner, owner: keys.node }, nodeId, context, sealed)).toBeNull();
    expect(open(keys, random(16), context, sealed)).toBeNull();
    expect(open(keys, nodeId, utf8('a wrap of Ben'), sealed)).toBeNull();
    for (let at = 0; at < sealed.length; at++) expect(open(keys, nodeId, context, sealed.with(at, sealed[at]! ^ 1))).toBeNull();
    for (const bytes of [sealed.subarray(1), concat(sealed, new Uint8Array(1)), new Uint8Array()])
      expect(open(keys, nodeId, context, bytes)).toBeNull();
    expect(seal(keys, nodeId, context, message, random)).not.toEqual(sealed);
    expect(() => open({ ...keys, owner: random(31) }, nodeId, context, sealed)).toThrow(TypeError);
    expect(() => seal({ ...keys, node: random(31) }, nodeId, context, message)).toThrow(TypeError);
  });
});

test('both backends make the same bytes', async () => {
  const made = await Promise.all(
    (['mcl', 'noble'] as const).map(async (name) => {
      const group = await loadGroup(name);
      const random = seededRandom('both backends');
      const { servers, secrets } = generated(group, random);
      const nodeId = random(16);
      const answers = secrets.map((secret, i) => ({ server: i + 1, partial: answer(group, openShare(secret), nodeId) }));
      const { key } = combine(group, servers, nodeId, answers, random);
      return [servers, ...secrets, ...answers.map(({ partial }) => partial), key!].map(hex);
    }),
  );
  expect(made[0]).toEqual(made[1]);
});
