// Opening by three that cannot open alone: a cloud that transforms, a mediator that agrees, a doctor who finishes.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, equalPublic, hex, utf8 } from '../algebra/bytes.ts';
import { commitmentsInGT, conclude, deal, reveal } from '../algebra/generation.ts';
import { decodeScalar, encodeScalar, type Group, loadGroup, randomScalar, reduce } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { inverseOfSecret, lagrangeAtZero } from '../algebra/threshold.ts';
import { keygen, setup, shareOut } from './authority.ts';
import { readTransform, transform } from './cloud.ts';
import {
  decodeFactor,
  decodeIssuers,
  decodeKey,
  decodeShare,
  decodeTransform,
  encodeFactor,
  encodeIssuers,
  encodeKey,
  encodeMaster,
  encodeTransform,
} from './encoding.ts';
import { parse } from './formula.ts';
import { domainFrom, holdsShare, type IssuedDomain, type IssuedKey, issue } from './issuer.ts';
import { forLogin, mediate } from './mediator.ts';
import { seal } from './owner.ts';
import { factorCheck, finish, inSession, open } from './reader.ts';

const attributes = ['part:MI', 'kind:vital-signs', 't:2026-11', 'unused:1'];
const policy = 'part:MI and (kind:vital-signs or kind:laboratory) and (t:2026-11 or (part:MI and t:2026-12))';
const context = utf8('node 7 of Ada');
const message = utf8('a node key');

describe('a domain of three issuers', () => {
  const random = seededRandom('mediated');
  let group: Group;
  /** The same domain as each of its three issuers has it. */
  let issuers: readonly IssuedDomain[];
  let domain: Bytes;
  let key: readonly IssuedKey[];
  let sealed: Bytes;
  const pq = random(32);

  const generated = (title: string): IssuedDomain[] => {
    const commitments = commitmentsInGT(group);
    const generation = { context: random(16), issuers: 3, needed: 2 };
    const dealt = [1, 2, 3].map((issuer) => deal(commitments, generation, issuer, random));
    const shown = dealt.map(({ dealing }) => reveal(dealing, generation));
    return [1, 2, 3].map((issuer) => {
      const heard = dealt.map(({ promise }, i) => ({ promise, opening: shown[i]!.opening, share: shown[i]!.shares[issuer - 1]! }));
      const made = conclude(commitments, generation, issuer, heard);
      if (made.kind !== 'made') throw new Error('not made');
      return domainFrom(group, title, made, { issuer, needed: 2 });
    });
  };

  beforeAll(async () => {
    group = await loadGroup('mcl');
    issuers = generated('Hospital');
    domain = issuers[0]!.domain;
    key = issuers.map(({ share }) => issue(group, share, policy, random));
    sealed = seal(group, [{ domain, pq }], attributes, context, message, random);
  });

  /** What the cloud makes of a text with one issuer's transformation key. */
  const transformed = (bytes: Bytes, text = sealed): Bytes => transform(group, readTransform(group, bytes, random)!, text)!;
  const answered = ({ transform, mediator }: IssuedKey, text = sealed): Bytes => mediate(group, mediator, transformed(transform, text))!;
  const finished = (parts: readonly IssuedKey[], answers = parts.map((part) => answered(part)), of = domain): Bytes | null =>
    finish(
      group,
      of,
      parts.map(({ doctor }) => doctor),
      answers,
      context,
      sealed,
      { pq },
    );
  const some = (...of: number[]): IssuedKey[] => of.map((issuer) => key[issuer - 1]!);

  /** Whether a doctor takes what cloud and mediator say of her key. */
  const checked = ({ transform, mediator, doctor }: IssuedKey, of = issuers[0]!.issuers): boolean =>
    factorCheck(group, domain, of, doctor, mediate(group, mediator, readTransform(group, transform, random)!.base)!);

  test('the three issuers have one domain and three shares of it', () => {
    for (const other of issuers) {
      expect(other.domain).toEqual(domain);
      expect(other.issuers).toEqual(issuers[0]!.issuers);
    }
    expect(new Set(issuers.map(({ share }) => hex(share))).size).toBe(3);
  });

  test('any two of three issuers, the cloud, the mediator and the doctor open a text', () => {
    for (const of of [some(1, 2), some(1, 3), some(3, 2), key]) expect(finished(of)).toEqual(message);
    expect(
      finish(
        group,
        domain,
        some(1, 2).map(({ doctor }) => doctor),
        some(1, 2).map((part) => answered(part)),
        context,
        sealed,
        {
          pq,
          strict: true,
        },
      ),
    ).toEqual(message);
  });

  test('one issuer with the cloud opens nothing, nor does one issuer twice', () => {
    expect(finished(some(1))).toBeNull();
    expect(finished(some(1, 1))).toBeNull();
    const { alpha } = decodeShare(issuers[0]!.share);
    const whole = keygen(group, encodeMaster({ id: decodeShare(issuers[0]!.share).id, alpha }), policy, random);
    expect(open(group, domain, whole, context, sealed, { pq })).toBeNull();
  });

  test('cloud, mediator and doctor need each other', () => {
    const parts = some(1, 2);
    // The cloud alone: a transformation key is no key.
    expect(open(group, domain, encodeKey(decodeTransform(parts[0]!.transform)), context, sealed, { pq })).toBeNull();
    // The cloud with the doctor, without the mediator.
    expect(
      finished(
        parts,
        parts.map(({ transform }) => transformed(transform)),
      ),
    ).toBeNull();
    // The cloud with the mediator, without the doctor: who is not entitled has factors of nothing.
    const stranger = issuers.slice(0, 2).map(({ share }) => issue(group, share, policy, random));
    expect(
      finished(
        stranger,
        parts.map((part) => answered(part)),
      ),
    ).toBeNull();
    // The mediator with the doctor: what was answered for one text is of no use for another.
    const other = seal(group, [{ domain, pq }], attributes, context, message, random);
    expect(
      finished(
        parts,
        parts.map((part) => answered(part, other)),
      ),
    ).toBeNull();
  });

  test('cloud, mediator and a doctor whose policy fits nothing of it open nothing, whatever each of them holds', () => {
    const hers = issuers.slice(0, 2).map(({ share }) => issue(group, share, 'part:MI and kind:imaging', random));
    const entitled = some(1, 2);
    expect(finished(entitled)).toEqual(message);
    // Her own key reaches none of it, as the cloud finds out before anything is computed.
    for (const { transform: bytes } of hers) expect(transform(group, readTransform(group, bytes, random)!, sealed)).toBeNull();
    const posing = hers.map((part, i) => {
      const [own, other] = [decodeTransform(part.transform), decodeTransform(entitled[i]!.transform)];
      // Her key that says it fits; another's rows under her number; her rows, and those she lacks from another.
      return [
        encodeTransform({ ...own, formula: parse('part:MI and kind:vital-signs') }),
        entitled[i]!.transform,
        encodeTransform({ ...own, formula: parse('part:MI and kind:vital-signs'), d: [own.d[0]!, other.d[1]!] }),
      ];
    });
    const tried: (Bytes | null)[] = [];
    for (const way of [0, 1, 2]) {
      for (const mediators of [hers, entitled]) {
        const answers = posing.map((ways, i) => mediate(group, mediators[i]!.mediator, transformed(ways[way]!))!);
        tried.push(finished(hers, answers));
        // With the issuers' parts mixed between what was answered for her and for whoever is entitled.
        tried.push(finished(hers, [answers[0]!, answered(entitled[1]!)]));
      }
    }
    // The cloud's and the mediator's parts of whoever is entitled, finished by her; and what they make of it without a doctor.
    tried.push(
      finished(
        hers,
        entitled.map((part) => answered(part)),
      ),
    );
    tried.push(
      finished(
        hers,
        hers.map(({ mediator }, i) => mediate(group, mediator, transformed(entitled[i]!.transform))!),
      ),
    );
    for (const part of entitled) tried.push(open(group, domain, encodeKey(decodeTransform(part.transform)), context, sealed, { pq }));
    expect(tried.length).toBe(16);
    expect(tried.every((one) => one === null)).toBe(true);
  });

  test('two doctors who pool their factors, with the cloud to mix their keys, gain nothing', () => {
    const [one, two] = ['part:MI and kind:imaging', 'kind:laboratory and kind:vital-signs'].map((formula) =>
      issuers.slice(0, 2).map(({ share }) => issue(group, share, formula, random)),
    ) as [IssuedKey[], IssuedKey[]];
    for (const { transform: bytes } of [...one, ...two]) expect(transform(group, readTransform(group, bytes, random)!, sealed)).toBeNull();
    // Row by row from both: fulfilled in words, and whoever's factors finish it, nothing opens.
    const mixed = [0, 1].map((i): Bytes => {
      const [first, second] = [decodeTransform(one[i]!.transform), decodeTransform(two[i]!.transform)];
      const formula = parse('part:MI and kind:vital-signs');
      return encodeTransform({ ...first, formula, d: [first.d[0]!, second.d[1]!] });
    });
    for (const of of [one, two, [one[0]!, two[1]!]]) {
      const parts = of.map((part, i) => ({ ...part, transform: mixed[i]! }));
      expect(finished(parts)).toBeNull();
      expect(checked(parts[0]!)).toBe(false);
    }
  });

  test('whoever lies on the way is refused, in one way', () => {
    const { g1, g2, gt, pair } = group;
    const parts = some(1, 3);
    const honest = parts.map((part) => answered(part));
    const e = pair([[g1.generator, g2.generator]]);
    const negative = (bytes: Bytes): Bytes => {
      // −T: every coefficient replaced by p − it.
      const p = 0x1a0111ea397fe69a4b1ba7b6434bacd764774b84f38512bf6730d2a0f6b0f6241eabfffeb153ffffb9feffffffffaaabn;
      const out = bytes.slice();
      for (let at = 0; at < bytes.length; at += 48) {
        const c = BigInt(`0x${hex(bytes.subarray(at, at + 48))}`);
        const text = ((p - c) % p).toString(16).padStart(96, '0');
        out.set(
          Uint8Array.from(text.match(/../g)!, (two) => Number.parseInt(two, 16)),
          at,
        );
      }
      return out;
    };
    const lies: Bytes[] = [
      negative(honest[0]!),
      gt.encode(gt.one),
      gt.encode(gt.exp(e, randomScalar(random))),
      gt.encode(gt.mul(gt.decode(honest[0]!), e)),
      random(576),
      new Uint8Array(576),
      honest[0]!.subarray(1),
      new Uint8Array(),
      honest[1]!,
    ];
    for (const lie of lies) {
      expect(finished(parts, [lie, honest[1]!])).toBeNull();
      expect(finished(parts, honest.with(1, lie).with(0, lie))).toBeNull();
    }
    // The mediator's factor is long-lived as well: it touches nothing but elements of GT.
    const t = transformed(parts[0]!.transform);
    for (const lie of [negative(t), gt.encode(gt.one), random(576), t.subarray(1)])
      expect(mediate(group, parts[0]!.mediator, lie)).toBeNull();
  });

  test('a factor that is one off, or of another issuer, key or holder, does not fit', () => {
    const parts = some(1, 2);
    const answers = parts.map((part) => answered(part));
    const factor = decodeFactor(parts[0]!.doctor, 'doctor');
    for (const by of [1n, -1n]) {
      const moved = encodeFactor({ ...factor, z: encodeScalar(reduce(decodeScalar(factor.z) + by)) });
      expect(finished([{ ...parts[0]!, doctor: moved }, parts[1]!], answers)).toBeNull();
    }
    const again = issue(group, issuers[0]!.share, policy, random);
    expect(finished([{ ...parts[0]!, doctor: again.doctor }, parts[1]!], answers)).toBeNull();
    const renamed = encodeFactor({ ...factor, issuer: 3 });
    expect(finished([{ ...parts[0]!, doctor: renamed }, parts[1]!], answers)).toBeNull();
    expect(() => finished([{ ...parts[0]!, doctor: parts[0]!.mediator }, parts[1]!], answers)).toThrow(TypeError);
    expect(() => mediate(group, parts[0]!.doctor, answers[0]!)).toThrow(TypeError);
  });

  test('a doctor checks that what she got belongs to what the cloud got', () => {
    const { issuers: publics } = issuers[0]!;
    for (const part of key) expect(checked(part)).toBe(true);
    const again = issue(group, issuers[0]!.share, policy, random);
    expect(checked({ ...key[0]!, doctor: again.doctor })).toBe(false);
    expect(checked({ ...key[0]!, mediator: again.mediator })).toBe(false);
    expect(checked({ ...key[0]!, transform: again.transform })).toBe(false);
    expect(factorCheck(group, domain, publics, key[0]!.doctor, random(576))).toBe(false);
    const other = generated('Hospital');
    expect(() => checked(key[0]!, other[0]!.issuers)).toThrow('not the issuers of this domain');
    const parts = decodeIssuers(publics);
    const forged = encodeIssuers({ ...parts, a: parts.a.toReversed() });
    expect(() => checked(key[0]!, forged)).toThrow('not the issuers of this domain');
  });

  test('a transformation key of which one element was altered is refused by the cloud, or else by its doctor', () => {
    const parts = decodeTransform(key[0]!.transform);
    const { g1, g2 } = group;
    const refusedBy = (altered: Partial<typeof parts>): string => {
      const transform = encodeTransform({ ...parts, ...altered });
      if (!readTransform(group, transform, random)) return 'cloud';
      return checked({ ...key[0]!, transform }) ? 'nobody' : 'doctor';
    };
    const refusals = [
      ...parts.d.map((bytes, i) => refusedBy({ d: parts.d.with(i, g1.encode(g1.add(g1.decode(bytes), g1.generator))) })),
      ...parts.k.map((bytes, j) => refusedBy({ k: parts.k.with(j, g2.encode(g2.add(g2.decode(bytes), g2.generator))) })),
    ];
    // Where every way to fulfil the policy uses the row, all ways come to the same wrong base.
    expect(refusals).toEqual(['doctor', 'cloud', 'cloud', 'cloud', 'cloud', 'cloud', 'cloud', 'cloud'].slice(0, refusals.length));
    expect(readTransform(group, key[0]!.transform.subarray(1), random)).toBeNull();
  });

  test('a transformation key is a key for α/z, and two of one policy have nothing in common', () => {
    const { id, alpha } = decodeShare(issuers[0]!.share);
    const z = [decodeFactor(key[0]!.doctor, 'doctor').z, decodeFactor(key[0]!.mediator, 'mediator').z].map(decodeScalar);
    const blinded = reduce(decodeScalar(alpha) * inverseOfSecret(reduce(z[0]! * z[1]!), random));
    const same = readTransform(group, issue(group, issuers[0]!.share, policy, seededRandom('again')).transform, random)!;
    const made = decodeKey(keygen(group, encodeMaster({ id, alpha: encodeScalar(blinded) }), policy, random));
    const ours = readTransform(group, key[0]!.transform, random)!;
    const likewise = readTransform(group, encodeTransform({ ...made, issuer: 1 }), random)!;
    expect(equalPublic(ours.base, likewise.base)).toBe(true);
    expect(transform(group, likewise, sealed)).toEqual(transform(group, ours, sealed));
    expect(equalPublic(ours.base, same.base)).toBe(false);
    const [one, two] = [decodeTransform(key[0]!.transform), decodeTransform(issue(group, issuers[0]!.share, policy, random).transform)];
    for (const element of [...one.d, ...one.k]) expect([...two.d, ...two.k].some((other) => equalPublic(other, element))).toBe(false);
  });

  test('a login has factors of its own, which are of no use before or after', () => {
    const parts = some(1, 2);
    const login = (of: readonly IssuedKey[]): IssuedKey[] =>
      of.map((part) => {
        const { factor, session } = forLogin(part.mediator, random);
        return { ...part, mediator: factor, doctor: inSession(part.doctor, session) };
      });
    const [first, second] = [login(parts), login(parts)];
    expect(finished(first)).toEqual(message);
    expect(finished(second)).toEqual(message);
    expect(
      finished(
        first,
        second.map((part) => answered(part)),
      ),
    ).toBeNull();
    expect(
      finished(
        first,
        parts.map((part) => answered(part)),
      ),
    ).toBeNull();
    expect(
      finished(
        parts,
        first.map((part) => answered(part)),
      ),
    ).toBeNull();
  });

  test('a domain that was set up whole is shared out: two shares open what was sealed before', () => {
    const { master, domain: old } = setup(group, 'Old Hospital', random);
    const before = seal(group, [{ domain: old, pq }], attributes, context, message, random);
    const { issuers: publics, shares } = shareOut(group, old, master, { issuers: 3, needed: 2 }, random);
    shares.forEach((share, i) => {
      for (const place of [1, 2, 3]) expect(holdsShare(group, old, publics, share, place)).toBe(place === i + 1);
    });
    const parts = [shares[0]!, shares[2]!].map((share) => issue(group, share, policy, random));
    const factors = parts.map(({ doctor }) => doctor);
    const answers = parts.map((part) => answered(part, before));
    expect(finish(group, old, factors, answers, context, before, { pq })).toEqual(message);
    expect(() => shareOut(group, domain, master, { issuers: 3, needed: 2 }, random)).toThrow('not the master of this domain');
    expect(() => holdsShare(group, domain, publics, shares[0]!, 1)).toThrow('not the issuers of this domain');
  });

  test('what one backend issues, transforms and mediates, the other finishes', async () => {
    const noble = await loadGroup('noble');
    const parts = issuers.slice(0, 2).map(({ share }) => issue(noble, share, policy, random));
    expect(finished(parts)).toEqual(message);
    const answers = some(1, 2).map(({ transform: bytes, mediator }) =>
      mediate(noble, mediator, transform(noble, readTransform(noble, bytes, random)!, sealed)!),
    );
    expect(finished(some(1, 2), answers as Bytes[])).toEqual(message);
    const factors = some(1, 2).map(({ doctor }) => doctor);
    expect(finish(noble, domain, factors, answers as Bytes[], context, sealed, { pq, strict: true })).toEqual(message);
  });

  test('shares of one key put together would be the key: the sum that nobody computes', () => {
    const [one, three] = lagrangeAtZero([1n, 3n]);
    const alpha = reduce(
      one! * decodeScalar(decodeShare(issuers[0]!.share).alpha) + three! * decodeScalar(decodeShare(issuers[2]!.share).alpha),
    );
    const master = encodeMaster({ id: decodeShare(issuers[0]!.share).id, alpha: encodeScalar(alpha) });
    expect(open(group, domain, keygen(group, master, policy, random), context, sealed, { pq })).toEqual(message);
  });
});
