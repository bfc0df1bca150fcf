import { describe, expect, test } from 'vitest';
import { hex } from '../algebra/bytes.ts';
import { branchesOf, leaksOf } from '../algebra/constant-time.testing.ts';
import { instantiate } from '../algebra/instantiate.ts';
import { seededRandom } from '../algebra/random.ts';
import { drawsBetweenSeeds } from './coins.ts';
import { compiledKem, kemOf, type Module } from './compiled.ts';
import { fastest } from './fastest.ts';
import { plainKem } from './plain.ts';
import { both, watOf } from './testing.ts';

describe.each(both)('$name', ({ p, wasm, compiled, plain }) => {
  test('the module is at most 21 kB', () => {
    expect(Buffer.from(wasm, 'base64').length).toBeLessThanOrEqual(21_000);
  });

  test('no branch, address, length, division or select depends on anything that was read from memory', () => {
    expect(leaksOf(watOf(p))).toEqual([]);
  });

  test('functions that work on nothing but secrets have only the branches of their loops', () => {
    const branches = branchesOf(watOf(p));
    const of = (name: string) => branches[Object.keys(branches).find((path) => path.endsWith(`/${name}`)) ?? ''] ?? 0;
    expect(of('schoolbook')).toBe(0);
    for (const name of ['karatsuba', 'karatsubaHalf']) expect(of(name)).toBe(2);
    for (const name of ['permute', 'mod3Phi', 'modqPhi', 'packTrits', 'unpackTrits', 'packModq', 'unpackModq']) expect(of(name)).toBe(1);
  });

  test('after a call, memory holds the key of the coin source and nothing else', () => {
    const { module, left } = opened(wasm);
    const kem = kemOf(p, module, seededRandom('left'));
    const { publicKey, secretKey } = kem.keygen(seededRandom('keys')(kem.lengths.keygenCoins));
    expect(left()).toEqual([]);
    kem.keygen();
    expect(left()).toEqual(['pool']);
    const { ciphertext } = kem.encapsulate(publicKey, seededRandom('coins')(32));
    // Of a public key what was prepared of it may stay.
    expect(left()).toEqual(['own key', 'pool']);
    kem.decapsulate(ciphertext, secretKey);
    expect(left()).toEqual(['pool']);
    const prepared = kem.prepareSecretKey(secretKey);
    expect(left()).toEqual(['pool', 'slots']);
    prepared.decapsulate(ciphertext);
    expect(left()).toEqual(['pool', 'slots']);
    prepared[Symbol.dispose]();
    expect(left()).toEqual(['pool']);
    expect(() => kem.encapsulate(new Uint8Array(publicKey.length))).toThrow('not a public key');
    expect(left()).toEqual(['pool']);
  });

  test('both draw the same coins from the same seeds, stirred or not', () => {
    const one = compiledKem(p, wasm, seededRandom('source'))!;
    const other = plainKem(p, seededRandom('source'));
    const { publicKey } = one.keygen();
    expect(hex(other.keygen().publicKey)).toBe(hex(publicKey));
    const drawn = new Set<string>();
    for (let i = 0; i < drawsBetweenSeeds + 10; i++) {
      if (i === 3) for (const kem of [one, other]) kem.stir(Uint8Array.of(1, 2, 3));
      const made = one.encapsulate(publicKey);
      expect(made).toEqual(other.encapsulate(publicKey));
      drawn.add(hex(made.sharedSecret));
    }
    expect(drawn.size).toBe(drawsBetweenSeeds + 10);
  });

  test('a system generator that repeats itself repeats no coins, and devices that stir their secrets in draw different ones', () => {
    const stuck = (length: number) => new Uint8Array(length);
    const devices = ['ada', 'ben', undefined].map((secret) => {
      const kem = compiledKem(p, wasm, stuck)!;
      if (secret) kem.stir(seededRandom(secret)(16));
      return kem;
    });
    const { publicKey } = compiled.keygen();
    const secrets = devices.flatMap((kem) => Array.from({ length: 70 }, () => hex(kem.encapsulate(publicKey).sharedSecret)));
    expect(new Set(secrets).size).toBe(210);
  });

  test('many keys may be prepared at once, and their places are used again', () => {
    const { module } = opened(wasm);
    const kem = kemOf(p, module, seededRandom('many'));
    const keys = Array.from({ length: 30 }, () => kem.keygen());
    for (let round = 0, size = 0; round < 2; round++) {
      const prepared = keys.map(({ publicKey, secretKey }) => [kem.preparePublicKey(publicKey), kem.prepareSecretKey(secretKey)] as const);
      for (const [publicKey, secretKey] of prepared) {
        const { ciphertext, sharedSecret } = publicKey.encapsulate();
        expect(hex(secretKey.decapsulate(ciphertext))).toBe(hex(sharedSecret));
      }
      for (const pair of prepared) for (const key of pair) key[Symbol.dispose]();
      if (round === 1) expect(module.memory.buffer.byteLength).toBe(size);
      size = module.memory.buffer.byteLength;
    }
  });

  test('where WebAssembly is refused, the plain version gives the same', () => {
    const kept = Object.getOwnPropertyDescriptor(globalThis, 'WebAssembly')!;
    const coins = seededRandom('refused')(32);
    const refuse = () => {
      throw new Error('the policy of this page');
    };
    for (const refused of [undefined, { validate: () => false }, { validate: () => true, Module: refuse, Instance: refuse }]) {
      Object.defineProperty(globalThis, 'WebAssembly', { ...kept, value: refused });
      try {
        expect(compiledKem(p, wasm)).toBeUndefined();
        expect(hex(fastest(p, wasm).keygen(coins).secretKey)).toBe(hex(plain.keygen(coins).secretKey));
      } finally {
        Object.defineProperty(globalThis, 'WebAssembly', kept);
      }
    }
    expect(hex(fastest(p, wasm).keygen(coins).secretKey)).toBe(hex(plain.keygen(coins).secretKey));
  });
});

/** An instance whose memory we see: `left` names the regions that are not all zero, but for the constants below. */
function opened(wasm: string): { module: Module; left(): string[] } {
  const module = instantiate<Module>(wasm)!;
  const [seed, ownKey, slots, size] = [1, 6, 7, 8].map((what) => module.address(what)) as [number, number, number, number];
  const regions = { scratch: [seed, ownKey], 'own key': [ownKey, ownKey + size], behind: [ownKey + size, slots - 128] } as const;
  const places = { ...regions, pool: [slots - 128, slots], slots: [slots, undefined] } as const;
  return {
    module,
    left: () =>
      Object.entries(places)
        .filter(([, [from, to]]) => new Uint8Array(module.memory.buffer).subarray(from, to).some((byte) => byte !== 0))
        .map(([name]) => name),
  };
}
