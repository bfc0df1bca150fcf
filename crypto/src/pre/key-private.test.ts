// The key-private variant: it turns, its keys look unlike, and a malformed (α, β) is refused.
import { beforeAll, describe, expect, test } from 'vitest';
import { type Bytes, type Cbor, cbor, concat, hex, uncbor, utf8 } from '../algebra/bytes.ts';
import { type BackendName, type Group, loadGroup } from '../algebra/group.ts';
import { lies } from '../algebra/lies.testing.ts';
import { seededRandom } from '../algebra/random.ts';
import { keyPrivate } from './key-private.ts';

const { keygen, open, openOwn, reencrypt, rekey, seal } = keyPrivate({ chosenPlaintextsOnly: true });
const context = utf8('node 7 of Ada');
const message = utf8('a node key');

describe.each<BackendName>(['mcl', 'noble'])('key-private on %s', (name) => {
  const random = seededRandom(`key-private ${name}`);
  let group: Group;
  let ada: { secret: Bytes; person: Bytes };
  let chen: { secret: Bytes; person: Bytes };
  let diaz: { secret: Bytes; person: Bytes };
  let key: Bytes;
  let sealed: Bytes;

  beforeAll(async () => {
    group = await loadGroup(name);
    [ada, chen, diaz] = [keygen(group, random), keygen(group, random), keygen(group, random)];
    key = rekey(group, ada.secret, chen.person, random);
    sealed = seal(group, ada.person, context, message, random);
  });

  const items = (bytes: Bytes): readonly Cbor[] => uncbor(bytes) as readonly Cbor[];
  const put = (bytes: Bytes, place: number, item: Bytes): Bytes => cbor(items(bytes).with(place, item));

  test('the owner opens, and whoever she chose opens what was turned', () => {
    expect(openOwn(group, ada.secret, context, sealed)).toEqual(message);
    expect(open(group, chen.secret, context, reencrypt(group, key, sealed, random)!, random)).toEqual(message);
  });

  test('another person, another context or another kind of text does not open', () => {
    const turned = reencrypt(group, key, sealed, random)!;
    expect(open(group, diaz.secret, context, turned, random)).toBeNull();
    expect(open(group, ada.secret, context, turned, random)).toBeNull();
    expect(open(group, chen.secret, utf8('node 8 of Ada'), turned, random)).toBeNull();
    expect(open(group, chen.secret, context, sealed, random)).toBeNull();
    expect(openOwn(group, chen.secret, context, sealed)).toBeNull();
    expect(openOwn(group, ada.secret, utf8('node 8 of Ada'), sealed)).toBeNull();
    const toDiaz = reencrypt(group, rekey(group, ada.secret, diaz.person, random), sealed, random)!;
    expect(open(group, chen.secret, context, toDiaz, random)).toBeNull();
    const fromDiaz = reencrypt(group, rekey(group, diaz.secret, chen.person, random), sealed, random)!;
    expect(open(group, chen.secret, context, fromDiaz, random)).toBeNull();
  });

  test('neither two keys for the same person nor two turnings of one text have anything in common', () => {
    const again = rekey(group, ada.secret, chen.person, random);
    const [one, two] = [reencrypt(group, key, sealed, random)!, reencrypt(group, key, sealed, random)!];
    for (const [a, b, places] of [
      [key, again, [2, 3, 4, 5]],
      [one, two, [2, 3]],
    ] as const) {
      for (const place of places) expect(hex(items(a)[place] as Bytes)).not.toBe(hex(items(b)[place] as Bytes));
    }
    expect(open(group, chen.secret, context, reencrypt(group, again, sealed, random)!, random)).toEqual(message);
  });

  test('a malformed (α, β) is refused by the cloud', () => {
    const { g1, g2 } = group;
    const [, , alpha, beta] = items(sealed) as Bytes[];
    const moved = g2.encode(g2.add(g2.decode(beta!), g2.generator));
    expect(reencrypt(group, key, put(sealed, 3, moved), random)).toBeNull();
    expect(reencrypt(group, key, put(sealed, 3, g2.encode(g2.neg(g2.decode(beta!)))), random)).toBeNull();
    expect(reencrypt(group, key, put(sealed, 2, g1.encode(g1.neg(g1.decode(alpha!)))), random)).toBeNull();
    expect(reencrypt(group, key, put(sealed, 2, new Uint8Array(48).with(0, 0xc0)), random)).toBeNull();
    const other = items(seal(group, ada.person, context, message, random)) as Bytes[];
    expect(reencrypt(group, key, put(sealed, 3, other[3]!), random)).toBeNull();
    // Both moved alike are another k: sound in form, and it opens for nobody.
    const shifted = put(put(sealed, 3, moved), 2, g1.encode(g1.add(g1.decode(alpha!), g1.generator)));
    expect(open(group, chen.secret, context, reencrypt(group, key, shifted, random)!, random)).toBeNull();
  });

  test('a cloud that lies about x or y is found out', () => {
    const turned = reencrypt(group, key, sealed, random)!;
    for (const place of [2, 3]) {
      const honest = items(turned)[place] as Bytes;
      for (const [lie, bytes] of Object.entries(lies(group, honest, random))) {
        expect(open(group, chen.secret, context, put(turned, place, bytes), random), lie).toBeNull();
      }
    }
  });

  test('truncated, foreign or malformed bytes are refused', () => {
    for (const bytes of [sealed.subarray(1), concat(sealed, new Uint8Array(1)), key, new Uint8Array()]) {
      expect(reencrypt(group, key, bytes, random)).toBeNull();
      expect(openOwn(group, ada.secret, context, bytes)).toBeNull();
    }
    expect(reencrypt(group, sealed, sealed, random)).toBeNull();
    expect(() => openOwn(group, ada.person, context, sealed)).toThrow(TypeError);
    expect(() => seal(group, ada.secret, context, message)).toThrow(TypeError);
    expect(() => rekey(group, ada.secret, ada.secret)).toThrow(TypeError);
  });
});

test('without its flag there is none', () => {
  for (const flag of ['false', 'null', '1']) expect(() => keyPrivate({ chosenPlaintextsOnly: JSON.parse(flag) })).toThrow(TypeError);
});
