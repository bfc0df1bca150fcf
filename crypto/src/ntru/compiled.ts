/**
 * The key encapsulation mechanism in WebAssembly: `wasm/` holds its sources, `tools/wasm.mjs` compiles them.
 *
 * Secrets are worked on in the module's memory only, which is wiped after every call; prepared keys stay there, in slots
 * of their own, until they are disposed of. What crosses into JavaScript are arguments and results.
 *
 * @module
 */
import { sha3_256 } from '@noble/hashes/sha3.js';
import type { Bytes } from '../algebra/bytes.ts';
import { instantiate } from '../algebra/instantiate.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { drawsBetweenSeeds } from './coins.ts';
import { check, checkPublicKey, type Encapsulation, type Kem, lengthsOf, seedLength } from './kem.ts';
import type { Params } from './params.ts';
import { plainKem } from './plain.ts';

/** What `wasm/kem.ts` exports. */
export type Module = {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  address(what: number): number;
  expand(length: number): void;
  stir(): void;
  draw(length: number): void;
  keygen(): void;
  preparePublic(key: number): void;
  encapsulate(key: number): void;
  prepareSecret(key: number): void;
  decapsulate(key: number): void;
  wipe(): void;
  wipeAll(): void;
  forget(key: number): void;
};

const pageLength = 65536;

/**
 * The KEM of a parameter set, or `undefined` where WebAssembly is refused.
 *
 * @param wasm the module's bytes in base64
 * @param random what seeds its source of coins
 */
export function compiledKem(p: Params, wasm: string, random: Random = systemRandom): Kem | undefined {
  const module = instantiate<Module>(wasm);
  return module && kemOf(p, module, random);
}

/** The KEM over an instance of its own, whose memory nobody else writes to. */
export function kemOf(p: Params, module: Module, random: Random): Kem {
  const lengths = lengthsOf(p);
  const place = {
    coins: module.address(0),
    seed: module.address(1),
    publicKey: module.address(2),
    secretKey: module.address(3),
    ciphertext: module.address(4),
    sharedSecret: module.address(5),
    /** A key that serves one call. */
    ownKey: module.address(6),
  } as const;
  const slots = slotsOf(module);
  let kept = new Uint8Array(module.memory.buffer);
  let draws = 0;

  /** The module's memory, which moves when it grows. */
  const memory = (): Bytes => {
    if (kept.length === 0) kept = new Uint8Array(module.memory.buffer);
    return kept;
  };
  const put = (bytes: Bytes, at: number): void => memory().set(bytes, at);
  const get = (at: number, length: number): Bytes => memory().slice(at, at + length);

  const stir = (seed: Bytes): void => {
    put(seed, place.seed);
    seed.fill(0);
    module.stir();
  };
  const putCoins = (coins: Bytes | undefined, length: number): void => {
    if (coins === undefined) {
      if (draws++ % drawsBetweenSeeds === 0) stir(random(seedLength));
      module.draw(length);
    } else if (coins.length === length) put(coins, place.coins);
    else {
      put(coins, place.seed);
      module.expand(length);
    }
  };
  const checkCoins = (coins: Bytes | undefined, length: number): void => {
    if (coins !== undefined) check(coins, 'coins', length, seedLength);
  };

  /** Reads a public key into a slot. It is looked at where it lies then, so that it cannot change in between. */
  const preparePublic = (publicKey: Bytes, key: number): void => {
    check(publicKey, 'public key', lengths.publicKey);
    put(publicKey, place.publicKey);
    checkPublicKey(p, memory().subarray(place.publicKey, place.publicKey + lengths.publicKey));
    module.preparePublic(key);
  };
  const prepareSecret = (secretKey: Bytes, key: number): void => {
    check(secretKey, 'secret key', lengths.secretKey);
    put(secretKey, place.secretKey);
    module.prepareSecret(key);
  };

  const encapsulate = (key: number, coins: Bytes | undefined): Encapsulation => {
    try {
      putCoins(coins, lengths.encapsulateCoins);
      module.encapsulate(key);
      return { ciphertext: get(place.ciphertext, lengths.ciphertext), sharedSecret: get(place.sharedSecret, lengths.sharedSecret) };
    } finally {
      module.wipe();
    }
  };
  const decapsulate = (key: number, ciphertext: Bytes): Bytes => {
    put(ciphertext, place.ciphertext);
    module.decapsulate(key);
    const secret = get(place.sharedSecret, lengths.sharedSecret);
    module.wipe();
    return secret;
  };

  return {
    name: p.name,
    lengths,

    keygen(coins) {
      checkCoins(coins, lengths.keygenCoins);
      try {
        putCoins(coins, lengths.keygenCoins);
        module.keygen();
        return { publicKey: get(place.publicKey, lengths.publicKey), secretKey: get(place.secretKey, lengths.secretKey) };
      } finally {
        module.wipeAll();
      }
    },

    encapsulate(publicKey, coins) {
      checkCoins(coins, lengths.encapsulateCoins);
      preparePublic(publicKey, place.ownKey);
      return encapsulate(place.ownKey, coins);
    },

    decapsulate(ciphertext, secretKey) {
      check(ciphertext, 'ciphertext', lengths.ciphertext);
      prepareSecret(secretKey, place.ownKey);
      const secret = decapsulate(place.ownKey, ciphertext);
      module.forget(place.ownKey);
      return secret;
    },

    preparePublicKey(publicKey) {
      const slot = slots.take();
      try {
        preparePublic(publicKey, slot.at);
      } catch (problem) {
        slot.free();
        throw problem;
      }
      return {
        encapsulate(coins) {
          checkCoins(coins, lengths.encapsulateCoins);
          return encapsulate(slot.key(), coins);
        },
        [Symbol.dispose]: slot.free,
      };
    },

    prepareSecretKey(secretKey) {
      const slot = slots.take();
      try {
        prepareSecret(secretKey, slot.at);
      } catch (problem) {
        slot.free();
        throw problem;
      } finally {
        module.wipe();
      }
      return {
        decapsulate(ciphertext) {
          check(ciphertext, 'ciphertext', lengths.ciphertext);
          return decapsulate(slot.key(), ciphertext);
        },
        [Symbol.dispose]: slot.free,
      };
    },

    stir: (secret) => stir(sha3_256(secret)),

    // Rare and slow: the plain version looks at every part of such a key.
    importSecretKey: plainKem(p).importSecretKey,
  };
}

type Slot = {
  readonly at: number;
  /** Where the key lies; throws once the slot has been freed. */
  key(): number;
  free(): void;
};

/** Places for prepared keys, behind everything else in the module's memory. A key that is forgotten is wiped in the end. */
function slotsOf(module: Module): { take(): Slot } {
  const size = module.address(8);
  const unused: number[] = [];
  let end = module.address(7);
  const recycle = (at: number): void => {
    module.forget(at);
    unused.push(at);
  };
  const lost = new FinalizationRegistry<number>(recycle);

  const place = (): number => {
    const before = unused.pop();
    if (before !== undefined) return before;
    const missing = end + size - module.memory.buffer.byteLength;
    if (missing > 0) module.memory.grow(Math.ceil(missing / pageLength));
    end += size;
    return end - size;
  };

  return {
    take() {
      const at = place();
      let used = true;
      const slot: Slot = {
        at,
        key() {
          if (!used) throw new TypeError('the key has been disposed of');
          return at;
        },
        free() {
          if (!used) return;
          used = false;
          lost.unregister(slot);
          recycle(at);
        },
      };
      lost.register(slot, at, slot);
      return slot;
    },
  };
}
