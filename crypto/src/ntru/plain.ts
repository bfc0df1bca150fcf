/**
 * The key encapsulation mechanism in plain TypeScript: what runs where WebAssembly may not, and what the compiled one is
 * held against.
 *
 * There is no re-encryption: by Schanck (2018, Proposition 1) the checks below hold exactly for honest ciphertexts.
 *
 * @module
 */
import { sha3_256 } from '@noble/hashes/sha3.js';
import { type Bytes, equal } from '../algebra/bytes.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { coinSource, expand } from './coins.ts';
import { publicKeyOf } from './import.ts';
import { invertMod3, invertModq } from './inverse.ts';
import { check, checkPublicKey, type Encapsulation, type Kem, type KeyPair, lengthsOf, seedLength } from './kem.ts';
import { packModq, packTrits, paddingModq, unpackModq, unpackSumZero, unpackTrits } from './pack.ts';
import type { Params } from './params.ts';
import { centreMod3, lift, modqToTrits, multiplyMod3, multiplyModqPhi, offTrits, tritsToModq } from './poly.ts';
import { multiply, type Poly } from './product.ts';
import { samplePair } from './sample.ts';
import { type Scratch, scratchOf } from './scratch.ts';

/**
 * The KEM of a parameter set. Its scratch is private, wiped after every call, and made at the first.
 *
 * @param random what seeds its source of coins
 */
export function plainKem(p: Params, random: Random = systemRandom): Kem {
  const lengths = lengthsOf(p);
  const scratch = scratchOf(p);
  const source = coinSource(random);

  /** Our own copy of coins, ours to wipe. */
  const coinsOf = (coins: Bytes | undefined, length: number): Bytes => {
    if (coins === undefined) return source.draw(length);
    const own = take(coins, 'coins', length, seedLength);
    return own.length === length ? own : expand(own, length);
  };

  const self: Kem = {
    name: p.name,
    lengths,

    keygen(coins) {
      const own = coinsOf(coins, lengths.keygenCoins);
      const pair = { publicKey: new Uint8Array(lengths.publicKey), secretKey: new Uint8Array(lengths.secretKey) };
      return scratch.use((s) => {
        makeKeys(p, s, own, pair);
        own.fill(0);
        return pair;
      });
    },

    encapsulate(publicKey, coins) {
      const key = take(publicKey, 'public key', lengths.publicKey);
      checkPublicKey(p, key);
      const own = coinsOf(coins, lengths.encapsulateCoins);
      return scratch.use((s) => {
        const made = encrypt(p, s, key, own);
        own.fill(0);
        return made;
      });
    },

    decapsulate(ciphertext, secretKey) {
      const sealed = take(ciphertext, 'ciphertext', lengths.ciphertext);
      const key = take(secretKey, 'secret key', lengths.secretKey);
      return scratch.use((s) => {
        const secret = decrypt(p, s, sealed, key);
        key.fill(0);
        return secret;
      });
    },

    preparePublicKey(publicKey) {
      let key: Bytes | undefined = take(publicKey, 'public key', lengths.publicKey);
      checkPublicKey(p, key);
      return {
        encapsulate(coins) {
          if (!key) throw new TypeError('the key has been disposed of');
          return self.encapsulate(key, coins);
        },
        [Symbol.dispose]() {
          key = undefined;
        },
      };
    },

    prepareSecretKey(secretKey) {
      let key: Bytes | undefined = take(secretKey, 'secret key', lengths.secretKey);
      return {
        decapsulate(ciphertext) {
          if (!key) throw new TypeError('the key has been disposed of');
          return self.decapsulate(ciphertext, key);
        },
        [Symbol.dispose]() {
          key?.fill(0);
          key = undefined;
        },
      };
    },

    stir: source.stir,

    importSecretKey(secretKey) {
      const key = take(secretKey, 'secret key', lengths.secretKey);
      const publicKey = scratch.use((s) => publicKeyOf(p, s, key));
      if (!publicKey || !worksOnce(self, publicKey, key)) throw new TypeError(`${p.name}: not a secret key`);
      return { publicKey, secretKey: key };
    },
  };
  return self;
}

/** A copy of an argument, so that nothing shared, detached or grown under our hands is read twice. */
function take(bytes: Bytes, what: string, ...lengths: readonly number[]): Bytes {
  check(bytes, what, ...lengths);
  return new Uint8Array(bytes);
}

/** KeyGen: sk = pack(f) ‖ pack(f₃) ‖ pack(hq) ‖ prf, pk = pack(h). */
function makeKeys(p: Params, s: Scratch, coins: Bytes, out: KeyPair): void {
  const [f, g, inverse, Gf, t, u] = s.poly;
  const { publicKey, secretKey } = out;
  samplePair(p, 'fg', f, g, coins);
  invertMod3(p, s.inverse, inverse, f);
  packTrits(p, secretKey, f);
  packTrits(p, secretKey.subarray(p.tritBytes), inverse);
  tritsToModq(p, f);
  tritsToModq(p, g);
  liftG(p, g);
  multiply(p, s.product, Gf, g, f);
  // v = 1/(G·f) serves both directions: h = v·G·G = G/f and hq = v·f·f = f/G.
  const v = inverse;
  invertModq(p, s.inverse, s.product, v, Gf, t, u);
  multiply(p, s.product, t, v, f);
  multiplyModqPhi(p, s.product, t, t, f);
  packModq(p, secretKey.subarray(2 * p.tritBytes), t);
  multiply(p, s.product, t, v, g);
  multiply(p, s.product, t, t, g);
  packModq(p, publicKey, t);
  secretKey.set(coins.subarray(p.sampleBytes), 2 * p.tritBytes + p.modqBytes);
}

/** G = 3g, or 3(x−1)g for HRSS. */
function liftG(p: Params, g: Poly): void {
  if (p.family === 'hps') {
    for (let i = 0; i < p.n; i++) g[i] = 3 * g[i]!;
    return;
  }
  for (let i = p.n - 1; i > 0; i--) g[i] = 3 * (g[i - 1]! - g[i]!);
  g[0] = -3 * g[0]!;
}

/** Encaps: K = SHA3-256(pack(r) ‖ pack(m)), c = pack(r·h + Lift(m)). */
function encrypt(p: Params, s: Scratch, publicKey: Bytes, coins: Bytes): Encapsulation {
  const [r, m, h, c, lifted, t] = s.poly;
  const rm = new Uint8Array(2 * p.tritBytes);
  const ciphertext = new Uint8Array(p.modqBytes);
  samplePair(p, 'rm', r, m, coins);
  packTrits(p, rm, r);
  packTrits(p, rm.subarray(p.tritBytes), m);
  const sharedSecret = sha3_256(rm);
  rm.fill(0);
  tritsToModq(p, r);
  unpackSumZero(p, h, publicKey);
  multiply(p, s.product, c, r, h);
  lift(p, lifted, m, t);
  for (let i = 0; i < p.n; i++) c[i] = c[i]! + lifted[i]!;
  packModq(p, ciphertext, c);
  return { ciphertext, sharedSecret };
}

/** Decaps: K = SHA3-256(pack(r) ‖ pack(m)), or SHA3-256(prf ‖ c) where anything does not fit. */
function decrypt(p: Params, s: Scratch, ciphertext: Bytes, secretKey: Bytes): Bytes {
  const [c, key, a, m, lifted, r] = s.poly;
  const rm = new Uint8Array(2 * p.tritBytes);
  unpackSumZero(p, c, ciphertext);
  unpackTrits(p, key, secretKey.subarray(0, p.tritBytes));
  tritsToModq(p, key);
  multiply(p, s.product, a, c, key);
  centreMod3(p, a, a);
  unpackTrits(p, key, secretKey.subarray(p.tritBytes, 2 * p.tritBytes));
  multiplyMod3(p, s.product, m, a, key);
  packTrits(p, rm.subarray(p.tritBytes), m);
  lift(p, lifted, m, a);
  for (let i = 0; i < p.n; i++) c[i] = c[i]! - lifted[i]!;
  unpackModq(p, key, secretKey.subarray(2 * p.tritBytes));
  multiplyModqPhi(p, s.product, r, c, key);
  // Before any reduction mod 3 of r. Twice, so that skipping one check changes nothing (Xagawa et al. 2021).
  const first = misfit(p, ciphertext, m, r);
  const again = misfit(p, ciphertext, m, r);
  modqToTrits(p, r);
  packTrits(p, rm, r);
  const good = sha3_256(rm);
  const other = new Uint8Array(32 + p.modqBytes);
  other.set(secretKey.subarray(2 * p.tritBytes + p.modqBytes));
  other.set(ciphertext, 32);
  const rejection = sha3_256(other);
  rm.fill(0);
  other.fill(0);
  const reject = -((first | -first) >>> 31) | ~(((again - 1) & ~again) >> 31);
  const secret = new Uint8Array(32);
  for (let i = 0; i < 32; i++) secret[i] = (good[i]! & ~reject) | (rejection[i]! & reject);
  good.fill(0);
  rejection.fill(0);
  return secret;
}

/** 0 where the ciphertext is one that encapsulation makes: padding zero, m of fixed type (HPS), r of trits. */
function misfit(p: Params, ciphertext: Bytes, m: Poly, r: Poly): number {
  let fail = paddingModq(p, ciphertext);
  if (p.family === 'hps') {
    let positive = 0;
    let negative = 0;
    for (let i = 0; i < p.n; i++) {
      positive += m[i]! & 1;
      negative += m[i]! >> 1;
    }
    fail |= (positive ^ (p.weight / 2)) | (negative ^ (p.weight / 2));
  }
  return fail | offTrits(p, r);
}

/** Whether one encapsulation comes back. The coins are public and the secret is thrown away. */
function worksOnce(self: Kem, publicKey: Bytes, secretKey: Bytes): boolean {
  const coins = Uint8Array.from({ length: self.lengths.encapsulateCoins }, (_, i) => (i * 167 + (i >> 3) * 89 + 41) & 255);
  const { ciphertext, sharedSecret } = self.encapsulate(publicKey, coins);
  return equal(self.decapsulate(ciphertext, secretKey), sharedSecret);
}
