// Several authorities: all must agree, for one and the same person, and nothing else opens.
import { inspect as show } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat, hex, utf8, xor } from '../algebra/bytes.ts';
import { sealBody } from '../algebra/dem.ts';
import { type BackendName, type Group, loadGroup, randomScalar, type Scalar } from '../algebra/group.ts';
import { lies } from '../algebra/lies.testing.ts';
import { seededRandom } from '../algebra/random.ts';
import { mediate } from '../kp-abe/mediator.ts';
import { type IssuedKey, issue, keygen, setup } from './authority.ts';
import { inspect, readTransform, transform } from './cloud.ts';
import { decodeKey, decodeSealed, encodeKey, encodeSealed, type SealedParts } from './encoding.ts';
import { bodyHash, demLabel, encapsulated, maskFrom, openingHash, seedScalar } from './hybrid.ts';
import { seal } from './owner.ts';
import { factorCheck, finish, type Keys, open, openKeys } from './reader.ts';
import { joinAuthorities, readSecurityDomain } from './security-domain.ts';

const context = utf8('node 7 of Ada');
const message = utf8('a node key');
const attributes = ['cat:vital', 'dept:cardio', 't:2026-11', 'licence:cardio'];
const policies = {
  hospital: 'cat:vital and 2 of (dept:cardio, t:2026-11, x:x)',
  board: 'licence:cardio or (cat:vital and licence:any)',
  patient: 'cat:vital and (cat:vital or t:2025)',
};
type Who = keyof typeof policies;
const everyone: readonly Who[] = ['hospital', 'board', 'patient'];

describe.each<BackendName>(['mcl'])('on %s', (name) => {
  const random = seededRandom(`joint ${name}`);
  const [chen, diaz] = [random(16), random(16)];
  let group: Group;
  let authorities: Record<Who, { master: Bytes; authority: Bytes }>;
  let both: Bytes;
  let sealed: Bytes;
  let parts: SealedParts;
  let keys: Keys;

  const join = (title: string, ...who: Who[]): Bytes =>
    joinAuthorities(
      title,
      who.map((one) => authorities[one].authority),
    );
  const keyOf = (who: Who, gid: Bytes, policy = policies[who]): Bytes => keygen(group, authorities[who].master, gid, policy, random);
  const keysOf = (domain: Bytes, gid: Bytes, ...who: Who[]): Keys | null =>
    openKeys(
      group,
      domain,
      gid,
      who.map((one) => keyOf(one, gid)),
      random,
    );
  const opens = (text: Bytes, options = {}): Bytes | null => open(group, both, keys, context, text, options);

  beforeAll(async () => {
    group = await loadGroup(name);
    authorities = {
      hospital: setup(group, 'Northgate', random),
      board: setup(group, 'Licence board', random),
      patient: setup(group, 'Ada', random),
    };
    both = join('licensed', 'hospital', 'board');
    sealed = seal(group, [{ domain: both }], attributes, context, message, random);
    parts = decodeSealed(sealed);
    keys = keysOf(both, chen, 'hospital', 'board')!;
  });

  test.each([[1], [2], [3]])('keys of all of %i authorities open, strictly too', (count) => {
    const who = everyone.slice(0, count);
    const domain = join('all of them', ...who);
    const text = seal(group, [{ domain }], attributes, context, message, random);
    const held = keysOf(domain, chen, ...who)!;
    expect(open(group, domain, held, context, text)).toEqual(message);
    expect(open(group, domain, held, context, text, { strict: true })).toEqual(message);
    expect(inspect(text)).toEqual({ domains: [readSecurityDomain(group, domain).id], attributes: [...attributes].sort() });
  });

  test('a missing authority, or a third that was not asked for, makes no keys', () => {
    expect(keysOf(both, chen, 'hospital')).toBeNull();
    expect(keysOf(both, chen, 'board')).toBeNull();
    expect(keysOf(both, chen, 'hospital', 'patient')).toBeNull();
    expect(keysOf(both, chen, 'hospital', 'hospital')).toBeNull();
    expect(keysOf(both, chen, 'hospital', 'board', 'patient')).toBeNull();
  });

  test('a policy that is not fulfilled at one authority does not open', () => {
    const other = openKeys(group, both, chen, [keyOf('hospital', chen), keyOf('board', chen, 'licence:neuro')], random)!;
    expect(open(group, both, other, context, sealed)).toBeNull();
    const theirs = openKeys(group, both, chen, [keyOf('hospital', chen, 'dept:neuro'), keyOf('board', chen)], random)!;
    expect(open(group, both, theirs, context, sealed)).toBeNull();
  });

  test('two people with one authority each have no keys together, and relabelled ones are not sound', () => {
    const [hers, his] = [keyOf('hospital', chen), keyOf('board', diaz)];
    for (const gid of [chen, diaz]) {
      expect(openKeys(group, both, gid, [hers, his], random)).toBeNull();
      const relabelled = [hers, his].map((key) => encodeKey('key', { ...decodeKey('key', key), gid }));
      expect(openKeys(group, both, gid, relabelled, random)).toBeNull();
    }
  });

  test('an altered element, another policy or another authority’s name is not sound', () => {
    const { g1, g2 } = group;
    const board = keyOf('board', chen);
    const honest = decodeKey('key', keyOf('hospital', chen));
    const refused = (change: Partial<typeof honest>) =>
      expect(openKeys(group, both, chen, [encodeKey('key', { ...honest, ...change }), board], random)).toBeNull();
    honest.d.forEach((bytes, i) => {
      refused({ d: honest.d.with(i, g1.encode(g1.add(g1.decode(bytes), g1.generator))) });
    });
    refused({ k: [g2.encode(g2.generator)] });
    refused({ id: decodeKey('key', board).id });
    refused({ d: honest.d.toReversed() });
    expect(openKeys(group, both, chen, [board.subarray(1), board], random)).toBeNull();
    expect(() => openKeys(group, both, chen.subarray(1), [board], random)).toThrow(TypeError);
  });

  test('one text for several security domains opens for each by itself', () => {
    const family = join('family', 'hospital', 'patient');
    const text = seal(group, [{ domain: family }, { domain: both }], attributes, context, message, random);
    expect(opens(text)).toEqual(message);
    expect(open(group, family, keysOf(family, chen, 'hospital', 'patient')!, context, text)).toEqual(message);
    const third = join('board and patient', 'board', 'patient');
    expect(open(group, third, keysOf(third, chen, 'board', 'patient')!, context, text)).toBeNull();
    const { sets } = decodeSealed(text);
    expect(hex(sets[0]!.c0)).not.toBe(hex(sets[1]!.c0));
    // The set of one under the name of the other, and one without the other.
    const [one, two] = sets as [SealedParts['sets'][number], SealedParts['sets'][number]];
    const swapped = encodeSealed({
      ...decodeSealed(text),
      sets: [
        { ...two, id: one.id },
        { ...one, id: two.id },
      ],
    });
    expect(opens(swapped)).toBeNull();
    for (const set of sets) expect(opens(encodeSealed({ ...decodeSealed(text), sets: [set] }))).toBeNull();
  });

  test('the same authorities under another name are another security domain', () => {
    const renamed = join('break-glass', 'hospital', 'board');
    expect(open(group, renamed, keysOf(renamed, chen, 'hospital', 'board')!, context, sealed)).toBeNull();
    expect(() => open(group, renamed, keys, context, sealed)).toThrow('another domain');
  });

  test('another context, a wrong K_pq or none does not open', () => {
    expect(open(group, both, keys, utf8('node 8 of Ada'), sealed)).toBeNull();
    const pq = random(32);
    const hybrid = seal(group, [{ domain: both, pq }], attributes, context, message, random);
    expect(opens(hybrid, { pq })).toEqual(message);
    expect(opens(hybrid, { pq: random(32) })).toBeNull();
    expect(opens(hybrid)).toBeNull();
    expect(opens(sealed, { pq })).toBeNull();
    expect(() => opens(sealed, { pq: random(31) })).toThrow(TypeError);
  });

  test('a changed bit in any part does not open', () => {
    const [set] = parts.sets;
    const places = { id: [3], c0: [0, 1, 95], cj: [0, 1, 95], c: [0, 47, 48, 191], mask: [0, 31] } as const;
    for (const [part, positions] of Object.entries(places) as [keyof typeof places, readonly number[]][]) {
      for (const at of positions) {
        for (const bit of name === 'mcl' ? [1, 0x20, 0x80] : [1]) {
          const bytes = set![part].with(at, set![part][at]! ^ bit);
          expect(opens(encodeSealed({ ...parts, sets: [{ ...set!, [part]: bytes }] }))).toBeNull();
        }
      }
    }
    for (const at of [0, parts.dem.length - 1])
      expect(opens(encodeSealed({ ...parts, dem: parts.dem.with(at, parts.dem[at]! ^ 1) }))).toBeNull();
    for (const bytes of [sealed.subarray(1), concat(sealed, new Uint8Array(1)), new Uint8Array(), both]) expect(opens(bytes)).toBeNull();
  });

  test('dropped, renamed or exchanged attributes and moved points do not open', () => {
    const { g1, g2 } = group;
    const [set] = parts.sets;
    const c = parts.attributes.map((_, i) => set!.c.subarray(48 * i, 48 * (i + 1)));
    const forged = (names: readonly string[], points: readonly Bytes[], change = {}): Bytes =>
      encodeSealed({ ...parts, attributes: names, sets: [{ ...set!, c: concat(...points), ...change }] });
    expect(opens(forged(parts.attributes, c))).toEqual(message);
    expect(opens(forged(parts.attributes.slice(0, 3), c.slice(0, 3)))).toBeNull();
    expect(opens(forged(parts.attributes.with(3, 't:2027'), c))).toBeNull();
    expect(opens(forged(parts.attributes, c.with(0, c[1]!).with(1, c[0]!)))).toBeNull();
    const moved = (bytes: Bytes): Bytes => g2.encode(g2.add(g2.decode(bytes), g2.generator));
    expect(opens(forged(parts.attributes, c, { c0: moved(set!.c0) }))).toBeNull();
    expect(opens(forged(parts.attributes, c, { cj: moved(set!.cj) }))).toBeNull();
    // All of them to another power: consistent, but no seed leads to it.
    const again = (bytes: Bytes): Bytes => g2.encode(g2.mul(g2.decode(bytes), 3n));
    const powers = c.map((point) => g1.encode(g1.mul(g1.decode(point), 3n)));
    expect(opens(forged(parts.attributes, powers, { c0: again(set!.c0), cj: again(set!.cj) }))).toBeNull();
  });

  describe('a maker who does not do as the seed says', () => {
    /** Seals like `seal`, but with an s of its own, or another point for an attribute. */
    const cheat = ({ own, at }: { own?: Scalar; at?: number }): Bytes => {
      const { g1 } = group;
      const joint = readSecurityDomain(group, both);
      const h0 = openingHash([joint.id], parts.attributes, context);
      const m = random(32);
      const s = own ?? seedScalar(m, h0, joint.id);
      const honest = encapsulated(group, joint, parts.attributes, s);
      const c = concat(
        ...parts.attributes.map((_, i) => {
          const point = honest.c.subarray(48 * i, 48 * (i + 1));
          return i === at ? g1.encode(g1.mul(g1.decode(point), 2n)) : point;
        }),
      );
      const sets = [{ id: joint.id, ...honest, c, mask: xor(m, maskFrom(group, joint.power(s), joint.id, undefined)) }];
      return encodeSealed({ attributes: parts.attributes, sets, dem: sealBody(demLabel, m, bodyHash(h0, sets), message) });
    };
    const place = (attribute: string): number => parts.attributes.indexOf(attribute);

    test('is found out, of an attribute nobody uses in strict mode only', () => {
      expect(opens(cheat({}), { strict: true })).toEqual(message);
      expect(opens(cheat({ own: randomScalar(random) }))).toBeNull();
      expect(opens(cheat({ at: place('cat:vital') }))).toBeNull();
      const unused = openKeys(group, both, chen, [keyOf('hospital', chen, 'cat:vital'), keyOf('board', chen, 'cat:vital')], random)!;
      const text = cheat({ at: place('t:2026-11') });
      expect(open(group, both, unused, context, text)).toEqual(message);
      expect(open(group, both, unused, context, text, { strict: true })).toBeNull();
    });
  });

  describe('keys that are never whole', () => {
    let issued: Record<'hospital' | 'board', IssuedKey>;
    const domainId = (): Bytes => readSecurityDomain(group, both).id;
    const issueBoth = (gid: Bytes) => ({
      hospital: issue(group, authorities.hospital.master, gid, policies.hospital, random),
      board: issue(group, authorities.board.master, gid, policies.board, random),
    });
    const transformed = ({ transform: key }: IssuedKey, text = sealed): Bytes =>
      transform(group, readTransform(group, key, random)!, domainId(), text)!;
    const answered = (key: IssuedKey, text = sealed): Bytes => mediate(group, key.mediator, transformed(key, text))!;
    const finishes = (answers: readonly Bytes[], { hospital, board } = issued, gid = chen): Bytes | null =>
      finish(group, both, gid, [hospital.doctor, board.doctor], answers, context, sealed);

    beforeAll(() => {
      issued = issueBoth(chen);
    });

    test('cloud, mediator and doctor open together, and the parts check', () => {
      const { hospital, board } = issued;
      expect(finishes([answered(hospital), answered(board)])).toEqual(message);
      for (const key of [hospital, board]) {
        const { base } = readTransform(group, key.transform, random)!;
        expect(factorCheck(group, both, chen, key.doctor, mediate(group, key.mediator, base)!)).toBe(true);
        expect(factorCheck(group, both, diaz, key.doctor, mediate(group, key.mediator, base)!)).toBe(false);
        expect(factorCheck(group, both, chen, key.doctor, base)).toBe(false);
      }
    });

    test('without the mediator, without the doctor’s factor or without one authority nothing opens', () => {
      const { hospital, board } = issued;
      const answers = [answered(hospital), answered(board)];
      expect(finishes([transformed(hospital), transformed(board)])).toBeNull();
      expect(finishes([answers[0]!, transformed(board)])).toBeNull();
      const others = issueBoth(chen);
      expect(finishes(answers, others)).toBeNull();
      expect(finishes(answers, { hospital, board: others.board })).toBeNull();
      expect(finish(group, both, chen, [hospital.doctor], [answers[0]!], context, sealed)).toBeNull();
      expect(finish(group, both, chen, [hospital.doctor, hospital.doctor], [answers[0]!, answers[0]!], context, sealed)).toBeNull();
      expect(() => finish(group, both, chen, [hospital.doctor], [], context, sealed)).toThrow('an answer');
      expect(() => finish(group, both, chen, [hospital.mediator, board.doctor], answers, context, sealed)).toThrow(TypeError);
    });

    test('two people’s never-whole keys do not open together', () => {
      const his = issueBoth(diaz);
      const answers = [answered(issued.hospital), answered(his.board)];
      for (const gid of [chen, diaz]) expect(finishes(answers, { hospital: issued.hospital, board: his.board }, gid)).toBeNull();
    });

    test('a cloud or mediator that lies is caught', () => {
      const { hospital, board } = issued;
      const honest = answered(board);
      for (const [lie, bytes] of Object.entries(lies(group, honest, random))) expect(finishes([answered(hospital), bytes]), lie).toBeNull();
      for (const [lie, bytes] of Object.entries(lies(group, transformed(board), random))) {
        const answer = mediate(group, board.mediator, bytes);
        if (answer) expect(finishes([answered(hospital), answer]), lie).toBeNull();
      }
    });

    test('a transformation key that is not sound, or a text that does not fulfil it, transforms nothing', () => {
      const key = readTransform(group, issued.hospital.transform, random)!;
      expect(transform(group, key, domainId(), seal(group, [{ domain: both }], ['x:y'], context, message, random))).toBeNull();
      expect(transform(group, key, random(16), sealed)).toBeNull();
      expect(transform(group, key, domainId(), sealed.subarray(1))).toBeNull();
      const moved = decodeKey('transform', issued.hospital.transform);
      expect(readTransform(group, encodeKey('transform', { ...moved, d: moved.d.toReversed() }), random)).toBeNull();
      expect(readTransform(group, keyOf('hospital', chen), random)).toBeNull();
      expect(openKeys(group, both, chen, [issued.hospital.transform, issued.board.transform], random)).toBeNull();
    });
  });

  test('what is malformed of one’s own is a TypeError, and keys are forgotten', () => {
    expect(() => setup(group, '')).toThrow(TypeError);
    expect(() => joinAuthorities('', [authorities.hospital.authority])).toThrow(TypeError);
    expect(() => joinAuthorities('none', [])).toThrow('authorities');
    expect(() => join('twice', 'hospital', 'hospital')).toThrow('twice');
    expect(() => keygen(group, authorities.hospital.master, chen.subarray(1), 'x:a')).toThrow(TypeError);
    expect(() => keygen(group, authorities.hospital.authority, chen, 'x:a')).toThrow(TypeError);
    expect(() => seal(group, [], attributes, context, message)).toThrow('security domains');
    expect(() => seal(group, [{ domain: both }, { domain: both }], attributes, context, message)).toThrow('twice');
    expect(() => seal(group, [{ domain: both }], [], context, message)).toThrow('attributes');
    const spent = keysOf(both, chen, 'hospital', 'board')!;
    expect(`${spent}`).toBe('[SecretKey]');
    expect(Object.keys(spent)).toEqual(['gid']);
    expect(show(spent, { depth: 9, showHidden: true })).not.toContain('formula');
    spent[Symbol.dispose]();
    expect(() => open(group, both, spent, context, sealed)).toThrow('put away');
  });
});

test('both backends make the same bytes, and one opens what the other made', async () => {
  const groups = [await loadGroup('mcl'), await loadGroup('noble')] as const;
  const made = groups.map((group) => {
    const random = seededRandom('both backends');
    const [one, two] = [setup(group, 'Northgate', random), setup(group, 'Emergency board', random)];
    const domain = joinAuthorities('break-glass', [one.authority, two.authority]);
    const gid = random(16);
    const keys = [keygen(group, one.master, gid, '2 of (x:a, x:b, x:c)', random), keygen(group, two.master, gid, 'x:a', random)];
    const never = issue(group, two.master, gid, 'x:a and x:a', random);
    return {
      master: one.master,
      domain,
      gid,
      first: keys[0]!,
      second: keys[1]!,
      ...never,
      sealed: seal(group, [{ domain }], ['x:a', 'x:b'], context, message, random),
    };
  });
  const told = made.map((all) => Object.entries(all).map(([what, bytes]) => `${what} ${hex(bytes)}`));
  expect(told[0]).toEqual(told[1]);
  const { domain, gid, first, second, sealed } = made[0]!;
  for (const group of groups)
    expect(open(group, domain, openKeys(group, domain, gid, [first, second])!, context, sealed, { strict: true })).toEqual(message);
});
