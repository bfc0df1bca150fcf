// Consent for a named doctor: who opens, who does not, and that no changed byte passes.
import { inspect as show } from 'node:util';
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, cbor, concat, equalPublic, hex, utf8, xor } from '../algebra/bytes.ts';
import { sealBody } from '../algebra/dem.ts';
import {
  type BackendName,
  decodeScalar,
  encodeScalar,
  type Group,
  inverse,
  loadGroup,
  randomScalar,
  reduce,
  type Scalar,
} from '../algebra/group.ts';
import { lies } from '../algebra/lies.testing.ts';
import { seededRandom } from '../algebra/random.ts';
import { signingKey } from '../algebra/sign.ts';
import { targetBase } from '../algebra/target.ts';
import { openKeptRekey, openRekey, openRekeys, type Rekey, reencrypt, scopeOf } from './cloud.ts';
import { decodeFactorSecret, decodeHalf, decodeRekey, decodeSealed, encodeRekey, encodeSealed, type SealedParts } from './encoding.ts';
import { bodyHash, demLabel, maskFrom, openingHash, openUnder, type Scope, scopePower, seedScalar } from './hybrid.ts';
import { apply, type Factor, newFactor, openFactor } from './mediator.ts';
import { accept, openOwn, rekey, type ScopeKey, scopeKey } from './owner.ts';
import { type Half, newHalf, open, openAll, openHalf } from './reader.ts';
import { seal } from './writer.ts';

const context = utf8('node 7 of Ada');
const message = utf8('a node key');
const named = (...words: (string | number)[]): Bytes => cbor(words);

describe.each<BackendName>(['mcl', 'noble'])('on %s', (name) => {
  const random = seededRandom(`consent ${name}`);
  const root = random(32);
  const gate = signingKey(random);
  const grant = random(16);
  let group: Group;
  let october: ScopeKey;
  let november: ScopeKey;
  let sealed: Bytes;
  let parts: SealedParts;

  /** A doctor with a half of her own, granted October by Ada. */
  type Doctor = { half: Bytes; reader: Half; secret: Bytes; factor: Factor; rekey: Rekey; rekeyBytes: Bytes };
  let chen: Doctor;
  let diaz: Doctor;

  const invite = (number: Bytes, scope: ScopeKey): Doctor => {
    const id = random(16);
    const keys = signingKey(random);
    const doctor = { id, edVk: keys.public };
    const { half, delegate } = newHalf(group, { id, edSk: keys.secret }, random);
    const { secret, factor } = newFactor(group, number, delegate, doctor, gate.secret, random)!;
    const grantee = accept(group, { grant: number, delegate, factor, doctor, mediator: gate.public })!;
    const rekeyBytes = rekey(group, scope, grantee);
    return {
      half,
      secret,
      rekeyBytes,
      reader: openHalf(half, random),
      factor: openFactor(secret, random),
      rekey: openRekey(group, rekeyBytes)!,
    };
  };
  const transformed = (doctor: Doctor, text: Bytes = sealed): Bytes => reencrypt(group, doctor.rekey, text)!;
  const turned = (doctor: Doctor, text: Bytes = sealed): Bytes => apply(group, doctor.factor, transformed(doctor, text))!;
  const opens = (doctor: Doctor, t: Bytes, text: Bytes = sealed, scope: Scope = october, where: Bytes = context): Bytes | null =>
    open(group, doctor.reader, scope, { context: where, sealed: text, turned: t });

  beforeAll(async () => {
    group = await loadGroup(name);
    october = scopeKey(group, root, named('MI', 'vital-signs', '2026-10', 0), random);
    november = scopeKey(group, root, named('MI', 'vital-signs', '2026-11', 0), random);
    sealed = seal(group, october, context, message, { random });
    parts = decodeSealed(sealed);
    chen = invite(grant, october);
    diaz = invite(random(16), november);
  });

  test('the patient opens what is hers, and the doctor she named what she was granted', () => {
    expect(openOwn(group, october, context, sealed)).toEqual(message);
    expect(opens(chen, turned(chen))).toEqual(message);
    expect(equalPublic(scopeOf(sealed), october.p)).toBe(true);
  });

  test('many texts of a scope open together, each by itself', () => {
    const texts = ['one', '', 'three'].map((text, i) => ({
      context: utf8(`node ${i}`),
      sealed: seal(group, october, utf8(`node ${i}`), utf8(text), { random }),
    }));
    const all = texts.map((text) => ({ ...text, turned: turned(chen, text.sealed) }));
    expect(openAll(group, chen.reader, october, all)).toEqual([utf8('one'), utf8(''), utf8('three')]);
    const swapped = all.with(0, { ...all[0]!, turned: all[1]!.turned });
    expect(openAll(group, chen.reader, october, swapped)).toEqual([null, utf8(''), utf8('three')]);
  });

  test('another doctor opens nothing, with her own grant or with this one’s', () => {
    expect(reencrypt(group, diaz.rekey, sealed)).toBeNull();
    expect(opens(diaz, turned(chen))).toBeNull();
    expect(opens(diaz, apply(group, diaz.factor, transformed(chen))!)).toBeNull();
    expect(opens({ ...chen, reader: diaz.reader }, turned(chen))).toBeNull();
  });

  test('another context, another scope or another patient’s scope does not open', () => {
    const t = turned(chen);
    expect(opens(chen, t, sealed, october, utf8('node 8 of Ada'))).toBeNull();
    expect(opens(chen, t, sealed, november)).toBeNull();
    expect(opens(chen, t, sealed, { scope: november.scope, p: october.p })).toBeNull();
    expect(opens(chen, t, sealed, { scope: october.scope, p: new Uint8Array(48) })).toBeNull();
    const bens = scopeKey(group, random(32), october.scope, random);
    expect(opens(chen, t, sealed, bens)).toBeNull();
    expect(openOwn(group, bens, context, sealed)).toBeNull();
    expect(openOwn(group, november, context, sealed)).toBeNull();
    expect(openOwn(group, october, utf8('node 8 of Ada'), sealed)).toBeNull();
  });

  test('a text relabelled with another scope does not open, for the cloud neither', () => {
    const ofNovember = seal(group, november, context, message, { random });
    const relabelled = encodeSealed({ ...decodeSealed(ofNovember), p: october.p });
    expect(reencrypt(group, chen.rekey, ofNovember)).toBeNull();
    expect(opens(chen, turned(chen, relabelled), relabelled)).toBeNull();
    expect(openOwn(group, october, context, relabelled)).toBeNull();
    expect(openOwn(group, november, context, relabelled)).toBeNull();
    expect(openOwn(group, november, context, ofNovember)).toEqual(message);
  });

  test('a cloud that lies is caught by the mediator or by the doctor', () => {
    const t = transformed(chen);
    for (const [lie, bytes] of Object.entries(lies(group, t, random))) {
      const answer = apply(group, chen.factor, bytes);
      if (['−T', 'T = 1', 'no element of GT', 'zero', 'one bit changed', 'too short', 'too long', 'nothing'].includes(lie))
        expect(answer, lie).toBeNull();
      else expect(opens(chen, answer!), lie).toBeNull();
    }
  });

  test('a mediator that lies is caught by the doctor', () => {
    const t = turned(chen);
    for (const [lie, bytes] of Object.entries(lies(group, t, random))) expect(opens(chen, bytes), lie).toBeNull();
    expect(opens(chen, t)).toEqual(message);
  });

  test('two of the three do not open: doctor and cloud, cloud and mediator, mediator and doctor', () => {
    const { g1, g2, gt, pair } = group;
    const b = decodeScalar(decodeHalf(chen.half));
    const bm = decodeScalar(decodeFactorSecret(chen.secret).b);
    const t = gt.decode(transformed(chen));
    const attempts = {
      'doctor and cloud': gt.exp(t, inverse(b)),
      'cloud and mediator': gt.exp(t, inverse(bm)),
      // Without the cloud there is no rk: what they have is C₁ and powers of g₂.
      'mediator and doctor': pair([[g1.decode(parts.c1), g2.mul(g2.generator, inverse(reduce(b * bm)))]]),
    };
    for (const [who, ek] of Object.entries(attempts)) expect(openUnder(group, october, context, parts, ek, undefined), who).toBeNull();
  });

  test('all three together come to g₂^{1/a}, which opens this scope and no other', () => {
    const { g1, g2, pair } = group;
    const b = reduce(decodeScalar(decodeHalf(chen.half)) * decodeScalar(decodeFactorSecret(chen.secret).b));
    const stolen = g2.mul(g2.decode(decodeRekey(chen.rekeyBytes).rk), inverse(b));
    const opensWith = (scope: Scope, text: Bytes): Bytes | null => {
      const read = decodeSealed(text);
      return openUnder(group, scope, context, read, pair([[g1.decode(read.c1), stolen]]), undefined);
    };
    expect(opensWith(october, sealed)).toEqual(message);
    expect(opensWith(november, seal(group, november, context, message, { random }))).toBeNull();
    const nextGeneration = scopeKey(group, root, named('MI', 'vital-signs', '2026-10', 1), random);
    expect(opensWith(nextGeneration, seal(group, nextGeneration, context, message, { random }))).toBeNull();
  });

  test('taken back: without rk or without b_m nothing turns, and a new generation answers to no old key', () => {
    const gone = invite(random(16), october);
    const t = transformed(gone);
    const before = turned(gone);
    gone.rekey[Symbol.dispose]();
    expect(() => reencrypt(group, gone.rekey, sealed)).toThrow('put away');
    gone.factor[Symbol.dispose]();
    expect(() => apply(group, gone.factor, t)).toThrow('put away');
    // What she was answered before opens that text again, and no other.
    const later = seal(group, october, context, message, { random });
    expect(opens(gone, before, later)).toBeNull();
    // A cloud that kept its rk has nobody to finish it, whatever other grant she still holds.
    for (const factor of [chen.factor, diaz.factor]) expect(opens(gone, apply(group, factor, t)!)).toBeNull();
    const next = scopeKey(group, root, named('MI', 'vital-signs', '2026-10', 1), random);
    const text = seal(group, next, context, message, { random });
    expect(reencrypt(group, chen.rekey, text)).toBeNull();
    const relabelled = encodeSealed({ ...decodeSealed(text), p: october.p });
    expect(opens(chen, turned(chen, relabelled), text, next)).toBeNull();
  });

  test('a changed bit in any part of a text does not open', () => {
    const places = { p: [0, 1, 47], c1: [0, 1, 20, 47], c: [0, 31], dem: [0, 5, parts.dem.length - 1] } as const;
    const t = turned(chen);
    for (const [part, positions] of Object.entries(places) as [keyof typeof places, readonly number[]][]) {
      for (const at of positions) {
        for (const bit of name === 'mcl' ? [1, 0x20, 0x40, 0x80] : [1]) {
          const bytes = parts[part].with(at, parts[part][at]! ^ bit);
          const forged = encodeSealed({ ...parts, [part]: bytes });
          expect(opens(chen, t, forged)).toBeNull();
          expect(openOwn(group, october, context, forged)).toBeNull();
          const again = reencrypt(group, chen.rekey, forged);
          if (again) expect(opens(chen, apply(group, chen.factor, again)!, forged)).toBeNull();
        }
      }
    }
  });

  test('a text with its point moved, the identity, re-randomised, truncated or of another kind does not open', () => {
    const { g1 } = group;
    const c1 = g1.decode(parts.c1);
    const infinity = new Uint8Array(48).with(0, 0xc0);
    const forgeries = [
      g1.encode(g1.add(c1, g1.generator)),
      g1.encode(g1.neg(c1)),
      g1.encode(g1.mul(c1, 3n)),
      infinity,
      new Uint8Array(48).with(0, 0x80),
    ];
    for (const forged of forgeries.map((point) => encodeSealed({ ...parts, c1: point }))) {
      const t = reencrypt(group, chen.rekey, forged);
      if (t) expect(opens(chen, apply(group, chen.factor, t)!, forged)).toBeNull();
      expect(opens(chen, turned(chen), forged)).toBeNull();
      expect(openOwn(group, october, context, forged)).toBeNull();
    }
    for (const text of [sealed.subarray(1), sealed.subarray(0, -1), concat(sealed, new Uint8Array(1)), chen.rekeyBytes, new Uint8Array()]) {
      expect(reencrypt(group, chen.rekey, text)).toBeNull();
      expect(opens(chen, turned(chen), text)).toBeNull();
      expect(openOwn(group, october, context, text)).toBeNull();
      expect(() => scopeOf(text)).toThrow(TypeError);
    }
  });

  describe('a maker who does not let k follow from the seed', () => {
    /** Seals like `seal`, but with k or C₁ of its own choice. */
    const cheat = (change: { k?: Scalar; factor?: Scalar }): Bytes => {
      const { g1 } = group;
      const m = random(32);
      const h0 = openingHash(context, october);
      const k = change.k ?? seedScalar(m, h0);
      const c1 = g1.encode(g1.mul(g1.decode(scopePower(group, october.p, k)), change.factor ?? 1n));
      const c = xor(m, maskFrom(group, targetBase(group).power(k), undefined));
      return encodeSealed({ p: october.p, c1, c, dem: sealBody(demLabel, m, bodyHash(h0, { c1, c }), message) });
    };
    const read = (text: Bytes): (Bytes | null)[] => [opens(chen, turned(chen, text), text), openOwn(group, october, context, text)];

    test('is found out although everything else agrees', () => {
      expect(read(cheat({}))).toEqual([message, message]);
      expect(read(cheat({ k: randomScalar(random) }))).toEqual([null, null]);
      expect(read(cheat({ factor: 2n }))).toEqual([null, null]);
    });
  });

  test('a wrong, a missing or a superfluous K_pq does not open', () => {
    const pq = random(32);
    const hybrid = seal(group, october, context, message, { pq, random });
    const text = { context, sealed: hybrid, turned: turned(chen, hybrid) };
    const with_ = (key?: Bytes): Bytes | null => open(group, chen.reader, october, text, key ? { pq: key } : {});
    expect(with_(pq)).toEqual(message);
    expect(openOwn(group, october, context, hybrid, { pq })).toEqual(message);
    for (const key of [undefined, random(32)]) expect(with_(key)).toBeNull();
    expect(openOwn(group, october, context, hybrid)).toBeNull();
    expect(openOwn(group, october, context, sealed, { pq })).toBeNull();
    expect(() => with_(random(31))).toThrow(TypeError);
    expect(() => openOwn(group, october, context, hybrid, { pq: random(33) })).toThrow(TypeError);
    expect(() => seal(group, october, context, message, { pq: random(31) })).toThrow(TypeError);
  });

  test('the cloud refuses a re-encryption key that does not lead from P to Q', () => {
    const { g2 } = group;
    const key = decodeRekey(chen.rekeyBytes);
    const moved = g2.encode(g2.add(g2.decode(key.rk), g2.generator));
    const others = [
      { rk: moved },
      { rk: key.q },
      { q: decodeRekey(diaz.rekeyBytes).q },
      { p: november.p },
      { rk: new Uint8Array(96).with(0, 0xc0) },
      { p: new Uint8Array(48) },
    ];
    for (const change of others) expect(openRekey(group, encodeRekey({ ...key, ...change }))).toBeNull();
    for (const bytes of [chen.rekeyBytes.subarray(1), sealed, new Uint8Array()]) expect(openRekey(group, bytes)).toBeNull();
    expect(openRekey(group, encodeRekey(key))?.grant).toEqual(grant);
  });

  test('many keys are judged at once, and a wrong one among them harms no other', () => {
    const wrong = encodeRekey({ ...decodeRekey(chen.rekeyBytes), rk: decodeRekey(diaz.rekeyBytes).rk });
    const judged = openRekeys(group, [chen.rekeyBytes, wrong, diaz.rekeyBytes, new Uint8Array(3)], random);
    expect(judged.map((key) => key !== null)).toEqual([true, false, true, false]);
    expect(openRekeys(group, [], random)).toEqual([]);
    expect(reencrypt(group, judged[0]!, sealed)).toEqual(transformed(chen));
    expect(reencrypt(group, openKeptRekey(group, chen.rekeyBytes)!, sealed)).toEqual(transformed(chen));
    expect(openKeptRekey(group, new Uint8Array(3))).toBeNull();
  });

  test('a scope has one key, and what rests shows no secret', () => {
    expect(scopeKey(group, root, october.scope).p).toEqual(october.p);
    expect(scopeKey(group, root, november.scope).p).not.toEqual(october.p);
    expect(() => scopeKey(group, root.subarray(1), october.scope)).toThrow(TypeError);
    const spent = scopeKey(group, root, october.scope, random);
    const half = openHalf(chen.half, random);
    for (const secret of [spent, half, chen.factor, chen.rekey]) {
      expect(`${secret}`).toBe('[SecretKey]');
      const shown = show(secret, { depth: 9, showHidden: true }) + JSON.stringify(secret);
      for (const bytes of [root, decodeHalf(chen.half), decodeFactorSecret(chen.secret).b, decodeRekey(chen.rekeyBytes).rk]) {
        expect(shown).not.toContain(hex(bytes.subarray(0, 8)));
        expect(shown).not.toContain(bytes.subarray(0, 8).join(', '));
      }
    }
    spent[Symbol.dispose]();
    half[Symbol.dispose]();
    expect(() => openOwn(group, spent, context, sealed)).toThrow('put away');
    expect(() => opens({ ...chen, reader: half }, turned(chen))).toThrow('put away');
  });

  test('malformed secrets of one’s own are a TypeError', () => {
    for (const bytes of [chen.half.subarray(1), sealed, cbor(['carelet/v1/sharing/consent-half', 2, new Uint8Array(32)])])
      expect(() => openHalf(bytes)).toThrow(TypeError);
    expect(() => openHalf(cbor(['carelet/v1/sharing/consent-half', 1, encodeScalar(0n)]))).toThrow(TypeError);
    expect(() => openFactor(chen.half)).toThrow(TypeError);
    expect(() => seal(group, { scope: october.scope, p: new Uint8Array(48) }, context, message)).toThrow(TypeError);
  });
});

test('both backends make the same bytes, and one opens what the other made', async () => {
  const groups = [await loadGroup('mcl'), await loadGroup('noble')] as const;
  const made = groups.map((group) => {
    const random = seededRandom('both backends');
    const [root, number, id] = [random(32), random(16), random(16)];
    const [keys, gate] = [signingKey(random), signingKey(random)];
    const doctor = { id, edVk: keys.public };
    const scope = scopeKey(group, root, named('MI', '2026'), random);
    const { half, delegate } = newHalf(group, { id, edSk: keys.secret }, random);
    const { secret, factor } = newFactor(group, number, delegate, doctor, gate.secret, random)!;
    const bytes = rekey(group, scope, accept(group, { grant: number, delegate, factor, doctor, mediator: gate.public })!);
    const sealed = seal(group, scope, context, message, { random });
    const turned = apply(group, openFactor(secret), reencrypt(group, openRekey(group, bytes)!, sealed)!)!;
    return { half, delegate, secret, factor, bytes, p: scope.p, scope: scope.scope, sealed, turned };
  });
  const told = made.map((all) => Object.entries(all).map(([what, bytes]) => `${what} ${hex(bytes)}`));
  expect(told[0]).toEqual(told[1]);
  const [first] = made;
  const [, noble] = groups;
  expect(open(noble, openHalf(first!.half), first!, { context, sealed: first!.sealed, turned: first!.turned })).toEqual(message);
});
