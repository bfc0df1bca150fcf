// Sealing and opening: who opens, who does not, and that no changed byte passes.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { inspect as show } from 'node:util';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, concat, equalPublic, hex, unhex, utf8 } from '../algebra/bytes.ts';
import { sealBody } from '../algebra/dem.ts';
import { type BackendName, type Group, loadGroup, randomScalar, type Scalar } from '../algebra/group.ts';
import { seededRandom } from '../algebra/random.ts';
import { attributePoint } from './attribute.ts';
import { keygen, setup } from './authority.ts';
import { readDomain } from './domain.ts';
import { decodeKey, decodeSealed, domainId, encodeDomain, encodeKey, encodeSealed, type SealedParts } from './encoding.ts';
import { parse, print, satisfies } from './formula.ts';
import { bodyHash, demLabel, maskFrom, openingHash, seedScalar } from './hybrid.ts';
import { seal } from './owner.ts';
import { keyCheck, open, openKey, satisfied } from './reader.ts';
import { formulas, subsets } from './testing.ts';

const context = utf8('node 7 of Ada');
const message = utf8('72 bpm');
const attributes = ['part:MI', 'kind:vital-signs', 't:2026-11', 'conf:N', 'unused:1'];
const policy = 'part:MI and (kind:vital-signs or kind:laboratory) and 2 of (t:2026-11, conf:N, src:device)';

describe.each<BackendName>(['mcl', 'noble'])('on %s', (name) => {
  const random = seededRandom(`sealing ${name}`);
  let group: Group;
  let hospital: { master: Bytes; domain: Bytes };
  let clinic: { master: Bytes; domain: Bytes };
  let key: Bytes;
  let sealed: Bytes;
  let parts: SealedParts;

  beforeAll(async () => {
    group = await loadGroup(name);
    hospital = setup(group, 'Hospital', random);
    clinic = setup(group, 'Clinic', random);
    key = keygen(group, hospital.master, policy, random);
    sealed = seal(group, [hospital], attributes, context, message, random);
    parts = decodeSealed(sealed);
  });

  const opens = (bytes: Bytes, options = {}): Bytes | null => open(group, hospital.domain, key, context, bytes, options);
  const changed = (bytes: Bytes, at: number, bit = 1): Bytes => {
    const copy = bytes.slice();
    copy[at]! ^= bit;
    return copy;
  };

  test('a fulfilled policy opens, strictly too, from bytes and from an opened key', () => {
    const doctor = openKey(group, hospital.domain, key, random)!;
    expect(opens(sealed)).toEqual(message);
    expect(opens(sealed, { strict: true })).toEqual(message);
    expect(open(group, hospital.domain, doctor, context, sealed)).toEqual(message);
    expect(satisfied(key, sealed) && satisfied(doctor, sealed)).toBe(true);
  });

  test('an empty and a long message come back', () => {
    for (const text of [new Uint8Array(), random(10_000)]) {
      expect(opens(seal(group, [hospital], attributes, new Uint8Array(), text, random))).toBeNull();
      expect(opens(seal(group, [hospital], attributes, context, text, random))).toEqual(text);
    }
  });

  test('a policy that is not fulfilled does not open, and can be told before', () => {
    const other = keygen(group, hospital.master, 'part:MI and kind:imaging', random);
    expect(satisfied(other, sealed)).toBe(false);
    expect(open(group, hospital.domain, other, context, sealed)).toBeNull();
  });

  test('a key of another domain does not open, under either name', () => {
    const theirs = keygen(group, clinic.master, policy, random);
    expect(satisfied(theirs, sealed)).toBe(false);
    expect(open(group, clinic.domain, theirs, context, sealed)).toBeNull();
    expect(open(group, hospital.domain, theirs, context, sealed)).toBeNull();
    expect(open(group, clinic.domain, key, context, sealed)).toBeNull();
    const renamed = encodeKey({ ...decodeKey(theirs), id: readDomain(group, hospital.domain).id });
    expect(satisfied(renamed, sealed)).toBe(true);
    expect(open(group, hospital.domain, renamed, context, sealed)).toBeNull();
  });

  test('a key relabelled with another policy does not open', () => {
    const narrow = decodeKey(keygen(group, hospital.master, 'part:QID and kind:imaging', random));
    const relabelled = encodeKey({ ...narrow, formula: parse('part:MI and kind:vital-signs') });
    expect(satisfied(relabelled, sealed)).toBe(true);
    expect(open(group, hospital.domain, relabelled, context, sealed)).toBeNull();
  });

  test('a text for several domains opens for each, whatever their order', () => {
    const both = seal(group, [hospital, clinic], attributes, context, message, random);
    const theirs = keygen(group, clinic.master, 'conf:N', random);
    expect(opens(both)).toEqual(message);
    expect(open(group, clinic.domain, theirs, context, both)).toEqual(message);
    const [one, two] = [
      [hospital, clinic],
      [clinic, hospital],
    ].map((domains) => seal(group, domains, attributes.toReversed(), context, message, seededRandom('same')));
    expect(hex(one!)).toBe(hex(two!));
    // Exchanged masks open for nobody.
    const { masks } = decodeSealed(both);
    const swapped = encodeSealed({ ...decodeSealed(both), masks: concat(masks.subarray(32), masks.subarray(0, 32)) });
    expect(opens(swapped)).toBeNull();
    expect(open(group, clinic.domain, theirs, context, swapped)).toBeNull();
  });

  test('of three domains, a patient’s, a hospital’s and research’s, each opens by its own policy and K_pq, and by no other’s', () => {
    const research = setup(group, 'Research', random);
    const all = [hospital, clinic, research].map((domain) => ({ ...domain, pq: random(32) }));
    const text = seal(group, all, attributes, context, message, random);
    const [met, unmet] = ['conf:N', 'part:QID'].map((rule) => all.map(({ master }) => keygen(group, master, rule, random)));
    for (const [i, { domain }] of all.entries()) {
      for (const [j, { pq }] of all.entries()) {
        const opened = open(group, domain, met![i]!, context, text, { pq });
        expect(opened).toEqual(i === j ? message : null);
        if (i !== j) expect(open(group, domain, met![j]!, context, text, { pq: all[i]!.pq })).toBeNull();
      }
      expect(open(group, domain, unmet![i]!, context, text, { pq: all[i]!.pq })).toBeNull();
    }
  });

  test('each domain of a text mixes its own K_pq', () => {
    const [ours, its] = [random(32), random(32)];
    const both = seal(
      group,
      [
        { ...hospital, pq: ours },
        { ...clinic, pq: its },
      ],
      attributes,
      context,
      message,
      random,
    );
    const theirs = keygen(group, clinic.master, 'conf:N', random);
    const opensThere = (pq?: Bytes) => open(group, clinic.domain, theirs, context, both, pq && { pq });
    expect(opens(both, { pq: ours })).toEqual(message);
    expect(opensThere(its)).toEqual(message);
    expect(opens(both, { pq: its })).toBeNull();
    expect(opensThere(ours)).toBeNull();
    expect(opensThere()).toBeNull();
  });

  test('another context does not open', () => {
    for (const other of [utf8('node 8 of Ada'), utf8('node 7 of Ada '), new Uint8Array()]) {
      expect(open(group, hospital.domain, key, other, sealed)).toBeNull();
    }
  });

  test('a wrong, a missing or a superfluous K_pq does not open', () => {
    const pq = random(32);
    const hybrid = seal(group, [{ ...hospital, pq }], attributes, context, message, random);
    expect(opens(hybrid, { pq })).toEqual(message);
    expect(opens(hybrid, { pq: changed(pq, 31) })).toBeNull();
    expect(opens(hybrid)).toBeNull();
    expect(opens(sealed, { pq })).toBeNull();
    expect(() => opens(sealed, { pq: random(31) })).toThrow(TypeError);
    expect(() => seal(group, [{ ...hospital, pq: random(33) }], attributes, context, message)).toThrow(TypeError);
  });

  test('a changed bit in any part does not open', () => {
    const regions = { c0: [0, 1, 50, 95], c: [0, 47, 48, 100, 239], masks: [0, 31], dem: [0, 5, parts.dem.length - 1] } as const;
    for (const [region, places] of Object.entries(regions) as [keyof typeof regions, readonly number[]][]) {
      for (const at of places) {
        for (const bit of name === 'mcl' ? [1, 0x20, 0x40, 0x80] : [1]) {
          expect(opens(encodeSealed({ ...parts, [region]: changed(parts[region], at, bit) }))).toBeNull();
        }
      }
    }
    expect(opens(encodeSealed({ ...parts, ids: [changed(parts.ids[0]!, 3)] }))).toBeNull();
    expect(
      opens(encodeSealed({ ...parts, ids: [...parts.ids, new Uint8Array(16).fill(255)], masks: concat(parts.masks, parts.masks) })),
    ).toBeNull();
  });

  test('a dropped, added, renamed, exchanged or repeated attribute does not open', () => {
    const place = parts.attributes.indexOf('unused:1');
    const piece = (i: number): Bytes => parts.c.subarray(48 * i, 48 * (i + 1));
    const pieces = parts.attributes.map((_, i) => piece(i));
    const forged = (names: readonly string[], points: readonly Bytes[]): Bytes =>
      encodeSealed({ ...parts, attributes: names, c: concat(...points) });
    expect(opens(forged(parts.attributes, pieces))).toEqual(message);
    expect(opens(forged(parts.attributes.toSpliced(place, 1), pieces.toSpliced(place, 1)))).toBeNull();
    expect(opens(forged([...parts.attributes, 'z:z'], [...pieces, piece(0)]))).toBeNull();
    expect(opens(forged(parts.attributes.with(place, 'unused:2'), pieces))).toBeNull();
    expect(opens(forged(parts.attributes, pieces.with(0, piece(1)).with(1, piece(0))))).toBeNull();
    expect(opens(forged(parts.attributes.toReversed(), pieces.toReversed()))).toBeNull();
    expect(opens(forged([...parts.attributes, parts.attributes.at(-1)!], [...pieces, pieces.at(-1)!]))).toBeNull();
  });

  test('a re-randomised header does not open, although its points are consistent', () => {
    const { g1, g2 } = group;
    const u = randomScalar(random);
    const c = parts.attributes.map((_, i) => g1.encode(g1.mul(g1.decode(parts.c.subarray(48 * i, 48 * (i + 1))), u)));
    expect(opens(encodeSealed({ ...parts, c0: g2.encode(g2.mul(g2.decode(parts.c0), u)), c: concat(...c) }))).toBeNull();
  });

  test('points that are none, of the identity or outside the group do not open', () => {
    const infinity = (length: number): Bytes => {
      const bytes = new Uint8Array(length);
      bytes[0] = 0xc0;
      return bytes;
    };
    expect(opens(encodeSealed({ ...parts, c0: infinity(96) }))).toBeNull();
    expect(opens(encodeSealed({ ...parts, c: concat(...parts.attributes.map(() => infinity(48))) }))).toBeNull();
    const order3 = new Uint8Array(48);
    order3[0] = 0x80;
    expect(opens(encodeSealed({ ...parts, c: concat(...parts.attributes.map(() => order3)) }))).toBeNull();
  });

  test('truncated or foreign bytes do not open', () => {
    for (const end of [0, 1, 30, 100, sealed.length - 17, sealed.length - 1]) expect(opens(sealed.subarray(0, end))).toBeNull();
    expect(opens(concat(sealed, new Uint8Array(1)))).toBeNull();
    expect(opens(key)).toBeNull();
  });

  describe('a maker who cheats on an attribute nobody uses', () => {
    /** Seals like `seal`, but with a factor on the point of one attribute. */
    const cheat = (attribute: string, factor: Scalar): Bytes => {
      const { g1, g2 } = group;
      const h0 = openingHash(parts, context);
      const m = random(32);
      const s = seedScalar(m, h0);
      const c = concat(
        ...parts.attributes.map((x) => g1.encode(g1.mul(g1.mul(attributePoint(group, x), s), x === attribute ? factor : 1n))),
      );
      const { id, power } = readDomain(group, hospital.domain);
      const mask = maskFrom(group, power(s), id, undefined);
      const body = { c0: g2.encode(g2.mul(g2.generator, s)), c, masks: m.map((byte, i) => byte ^ mask[i]!) };
      return encodeSealed({ ...parts, ...body, dem: sealBody(demLabel, m, bodyHash(h0, body), message) });
    };

    test('is found out in strict mode only', () => {
      expect(opens(cheat('unused:1', 1n), { strict: true })).toEqual(message);
      expect(opens(cheat('unused:1', 2n))).toEqual(message);
      expect(opens(cheat('unused:1', 2n), { strict: true })).toBeNull();
    });

    test('cannot cheat on one that is used', () => {
      expect(opens(cheat('part:MI', 2n))).toBeNull();
    });
  });

  test('random policies open exactly where they are fulfilled', () => {
    fc.assert(
      fc.property(
        formulas,
        subsets.filter((held) => held.length > 0),
        (formula, held) => {
          const text = seal(group, [hospital], held, context, message, random);
          const issued = keygen(group, hospital.master, formula, random);
          const result = open(group, hospital.domain, issued, context, text);
          expect(satisfied(issued, text)).toBe(satisfies(formula, held));
          expect(result).toEqual(satisfies(formula, held) ? message : null);
        },
      ),
      { numRuns: name === 'mcl' ? 60 : 4, seed: 7 },
    );
  });

  test('the reader’s own malformed domain or key is a TypeError', () => {
    const domain = hospital.domain;
    const wrongA = new Uint8Array(576).fill(1);
    const notInGt = encodeDomain({ id: domainId('Hospital', wrongA), name: 'Hospital', a: wrongA });
    expect(() => open(group, domain.subarray(1), key, context, sealed)).toThrow(TypeError);
    expect(() => open(group, notInGt, key, context, sealed)).toThrow('not an element of GT');
    expect(() => seal(group, [{ domain: notInGt }], attributes, context, message)).toThrow('not an element of GT');
    expect(() => open(group, domain, key.subarray(1), context, sealed)).toThrow(TypeError);
    const badPoint = encodeKey({ ...decodeKey(key), k: [new Uint8Array(96)] });
    expect(() => open(group, domain, badPoint, context, sealed)).toThrow(TypeError);
    expect(keyCheck(group, domain, badPoint, random)).toBe(false);
    expect(() => satisfied(key, sealed.subarray(1))).toThrow(TypeError);
  });

  test('a maker’s malformed wish is a TypeError', () => {
    const to = [hospital];
    expect(() => seal(group, [], attributes, context, message)).toThrow('domains');
    expect(() => seal(group, [...to, ...to], attributes, context, message)).toThrow('twice');
    expect(() => seal(group, to, [], context, message)).toThrow('attributes');
    expect(() => seal(group, to, ['x:a', 'x:a'], context, message)).toThrow('twice');
    expect(() => seal(group, to, ['a b'], context, message)).toThrow(TypeError);
    expect(() =>
      seal(
        group,
        to,
        Array.from({ length: 257 }, (_, i) => `x:${i}`),
        context,
        message,
      ),
    ).toThrow('attributes');
    expect(() => setup(group, '')).toThrow(TypeError);
    expect(() => setup(group, 'u\u0308')).toThrow(TypeError);
    expect(() => keygen(group, hospital.domain, 'x:a')).toThrow(TypeError);
    expect(() => keygen(group, hospital.master, 'x:a and')).toThrow(TypeError);
    expect(() => keygen(group, hospital.master, { kind: 'gate', k: 1, of: [] })).toThrow(TypeError);
  });

  test('an opened key shows its policy and hides its secrets', () => {
    const doctor = openKey(group, hospital.domain, key, random)!;
    expect(`${doctor}`).toBe('[SecretKey]');
    expect(print(doctor.formula)).toBe(policy);
    const shown = show(doctor, { depth: 9, showHidden: true }) + JSON.stringify(doctor);
    for (const secret of [...decodeKey(key).k, ...decodeKey(key).d]) {
      expect(shown).not.toContain(hex(secret.subarray(0, 8)));
      expect(shown).not.toContain(secret.subarray(0, 8).join(', '));
    }
    doctor[Symbol.dispose]();
    expect(() => open(group, hospital.domain, doctor, context, sealed)).toThrow('put away');
  });
});

test('what one backend makes the other opens, and the same randomness gives the same bytes', async () => {
  const groups = [await loadGroup('mcl'), await loadGroup('noble')] as const;
  const made = groups.map((group) => {
    const random = seededRandom('both backends');
    const { master, domain } = setup(group, 'Hospital', random);
    const key = keygen(group, master, policy, random);
    return { master, domain, key, sealed: seal(group, [{ domain, pq: random(32) }], attributes, context, message, random) };
  });
  expect(Object.entries(made[0]!).map(([what, bytes]) => what + hex(bytes))).toEqual(
    Object.entries(made[1]!).map(([what, bytes]) => what + hex(bytes)),
  );
  const [mcl, noble] = groups;
  for (const [maker, reader] of [
    [mcl, noble],
    [noble, mcl],
  ] as const) {
    const { master, domain } = setup(maker, 'Clinic');
    const key = keygen(maker, master, 'x:a and x:b');
    const sealed = seal(maker, [{ domain }], ['x:b', 'x:a'], context, message);
    expect(open(reader, domain, key, context, sealed, { strict: true })).toEqual(message);
    expect(keyCheck(reader, domain, key)).toBe(true);
    const doctor = openKey(maker, domain, key)!;
    expect(() => open(reader, domain, doctor, context, sealed)).toThrow('another backend');
    expect(equalPublic(decodeSealed(sealed).ids[0]!, readDomain(reader, domain).id)).toBe(true);
  }
});

test('a text of suite 1, from the version before, still opens, with its K_pq and only with that', async () => {
  const path = resolve(import.meta.dirname, '../../../vectors/sharing-suite-1.json');
  const vector = JSON.parse(readFileSync(path, 'utf8')) as Record<string, string>;
  const [domain, key, pq, sealed] = ['domain', 'key', 'pq', 'sealed'].map((name) => unhex(vector[name]!)) as [Bytes, Bytes, Bytes, Bytes];
  for (const backend of ['mcl', 'noble'] as const) {
    const group = await loadGroup(backend);
    const opens = (options = {}, text = sealed) => open(group, domain, key, utf8(vector.context!), text, options);
    expect(opens({ pq })).toEqual(utf8(vector.message!));
    expect(opens({ pq, strict: true })).toEqual(utf8(vector.message!));
    expect(opens()).toBeNull();
    expect(opens({ pq: pq.toReversed() })).toBeNull();
    // Nor does one suite pass for the other.
    expect(opens({ pq }, encodeSealed({ ...decodeSealed(sealed), suite: 2 }))).toBeNull();
    expect(
      opens(
        { pq },
        encodeSealed({ ...decodeSealed(seal(group, [{ domain, pq }], ['x:a', 'x:b'], utf8(vector.context!), message)), suite: 1 }),
      ),
    ).toBeNull();
  }
});

test('every single byte of a sealed text counts', async () => {
  const group = await loadGroup('mcl');
  const random = seededRandom('every byte');
  const { master, domain } = setup(group, 'Hospital', random);
  const doctor = openKey(group, domain, keygen(group, master, 'x:a and x:b', random), random)!;
  const sealed = seal(group, [{ domain }], ['x:a', 'x:b', 'x:c'], context, message, random);
  expect(open(group, domain, doctor, context, sealed)).toEqual(message);
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice();
    changed[at]! ^= 1 << (at % 8);
    expect(open(group, domain, doctor, context, changed)).toBeNull();
  }
});
