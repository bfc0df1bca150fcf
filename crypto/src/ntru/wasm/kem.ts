/**
 * The key encapsulation mechanism, as `../kem.ts` has it: what the module does for its caller.
 *
 * The caller lays bytes at the places that `address` names, calls, and takes the answer. A prepared key is a place in
 * memory behind SLOTS, which the caller hands out. After each call `wipe` clears what it dirtied.
 */
import { chacha20 } from '../../algebra/wasm/chacha20';
import { sha3 } from './hash';
import { invertMod3, invertModq } from './inverse';
import {
  A,
  B,
  CIPHERTEXT,
  COINS,
  KEY,
  MESSAGE,
  MODQ_BYTES,
  OPERAND,
  OPERAND_F,
  OPERAND_G,
  OWN_KEY,
  P0,
  P1,
  P2,
  P3,
  P4,
  P5,
  POOL,
  PUBLIC_KEY,
  QUICK_END,
  REJECTION,
  SAMPLE_BYTES,
  SCRATCH_END,
  SECRET_KEY,
  SEED,
  SHARED_SECRET,
  SLOTS,
  TRIT_BYTES,
  USED,
} from './layout';
import { packModq, packTrits, padding, unpackModq, unpackSumZero, unpackTrits } from './pack';
import {
  centreMod3,
  differs,
  lift,
  modqPhi,
  modqToTrits,
  multiplyByXMinus1,
  offTrits,
  offWeight,
  offWeightAgain,
  productMod3Phi,
  tritsToModq,
} from './poly';
import { multiply, prepare } from './product';
import { sampleFg, sampleRm } from './sample';
import { HPS } from './set';
import { add, read, sub, write } from './vector';

/**
 * Where things lie, by number: coins, seed, public key, secret key, ciphertext, shared secret, a key for one use, slots of
 * prepared keys; and the bytes of a slot.
 */
export function address(what: i32): usize {
  if (what === 0) return COINS;
  if (what === 1) return SEED;
  if (what === 2) return PUBLIC_KEY;
  if (what === 3) return SECRET_KEY;
  if (what === 4) return CIPHERTEXT;
  if (what === 5) return SHARED_SECRET;
  if (what === 6) return OWN_KEY;
  if (what === 7) return SLOTS;
  return KEY;
}

/** COINS ← the keystream of ChaCha20 under SEED, nonce and counter zero. */
export function expand(length: usize): void {
  memory.fill(COINS, 0, length);
  chacha20(COINS, COINS + length, SEED, i64x2(0, 0));
}

/** Stirs the 32 bytes of SEED into the key of the coin source. */
export function stir(): void {
  memory.copy(POOL + 32, SEED, 32);
  sha3(POOL, POOL, 64);
  memory.fill(POOL + 32, 0, 32);
  memory.fill(SEED, 0, 32);
}

/** COINS ← fresh ones; the key that made them is overwritten by the first 32 bytes of what it made. */
export function draw(length: usize): void {
  memory.fill(COINS - 32, 0, length + 32);
  chacha20(COINS - 32, COINS + length, POOL, i64x2(0, 0));
  memory.copy(POOL, COINS - 32, 32);
  memory.fill(COINS - 32, 0, 32);
}

/** SECRET_KEY = pack(f) ‖ pack(f₃) ‖ pack(hq) ‖ prf and PUBLIC_KEY = pack(h), from COINS. */
export function keygen(): void {
  const f = P0;
  const g = P1;
  const v = P2;
  const Gf = P3;
  const t = P4;
  sampleFg(f, g);
  invertMod3(v, f);
  packTrits(SECRET_KEY, f);
  packTrits(SECRET_KEY + TRIT_BYTES, v);
  tritsToModq(f);
  tritsToModq(g);
  if (!HPS) multiplyByXMinus1(g);
  for (let j: usize = 0; j < USED; j += 16) write(g + j, add(read(g + j), add(read(g + j), read(g + j))));
  prepare(OPERAND_F, f);
  prepare(OPERAND_G, g);
  multiply(Gf, OPERAND_G, OPERAND_F);
  // v = 1/(G·f) serves both directions: h = v·G·G = G/f and hq = v·f·f = f/G.
  invertModq(v, Gf, t);
  prepare(A, v);
  multiply(t, A, OPERAND_F);
  prepare(B, t);
  multiply(t, B, OPERAND_F);
  modqPhi(t);
  packModq(SECRET_KEY + 2 * TRIT_BYTES, t);
  multiply(t, A, OPERAND_G);
  prepare(B, t);
  multiply(t, B, OPERAND_G);
  packModq(PUBLIC_KEY, t);
  memory.copy(SECRET_KEY + 2 * TRIT_BYTES + MODQ_BYTES, COINS + SAMPLE_BYTES, 32);
}

/** key ← what `encapsulate` wants of PUBLIC_KEY: the operand h. */
export function preparePublic(key: usize): void {
  unpackSumZero(P2, PUBLIC_KEY);
  prepare(key, P2);
}

/** CIPHERTEXT = pack(r·h + Lift(m)), SHARED_SECRET = SHA3-256(pack(r) ‖ pack(m)), from COINS. */
export function encapsulate(key: usize): void {
  const r = P0;
  const m = P1;
  const c = P3;
  const lifted = P4;
  sampleRm(r, m);
  packTrits(MESSAGE, r);
  packTrits(MESSAGE + TRIT_BYTES, m);
  sha3(SHARED_SECRET, MESSAGE, 2 * TRIT_BYTES);
  tritsToModq(r);
  prepare(A, r);
  multiply(c, A, key);
  lift(lifted, m);
  for (let j: usize = 0; j < USED; j += 16) write(c + j, add(read(c + j), read(lifted + j)));
  packModq(CIPHERTEXT, c);
}

/** key ← what `decapsulate` wants of SECRET_KEY: the operands f, f₃ and hq, then prf. */
export function prepareSecret(key: usize): void {
  unpackTrits(P0, SECRET_KEY);
  tritsToModq(P0);
  prepare(key, P0);
  unpackTrits(P0, SECRET_KEY + TRIT_BYTES);
  prepare(key + OPERAND, P0);
  unpackModq(P0, SECRET_KEY + 2 * TRIT_BYTES);
  prepare(key + 2 * OPERAND, P0);
  memory.copy(key + 3 * OPERAND, SECRET_KEY + 2 * TRIT_BYTES + MODQ_BYTES, 32);
}

/** SHARED_SECRET = SHA3-256(pack(r) ‖ pack(m)) of CIPHERTEXT, or SHA3-256(prf ‖ c) where anything does not fit. */
export function decapsulate(key: usize): void {
  const c = P0;
  const a = P1;
  const m = P2;
  const lifted = P3;
  const r = P4;
  const trits = P5;
  unpackSumZero(c, CIPHERTEXT);
  prepare(A, c);
  multiply(a, A, key);
  centreMod3(a);
  prepare(A, a);
  multiply(m, A, key + OPERAND);
  productMod3Phi(m);
  packTrits(MESSAGE + TRIT_BYTES, m);
  lift(lifted, m);
  for (let j: usize = 0; j < USED; j += 16) write(c + j, sub(read(c + j), read(lifted + j)));
  prepare(A, c);
  multiply(r, A, key + 2 * OPERAND);
  modqPhi(r);
  // Before any reduction mod 3 of r; and once more in other ways, so that skipping one check changes nothing.
  const first = padding(CIPHERTEXT) | offWeight(m) | offTrits(r);
  memory.copy(trits, r, USED);
  modqToTrits(trits);
  const again = padding(CIPHERTEXT) | offWeightAgain(m) | differs(r, trits);
  packTrits(MESSAGE, trits);
  sha3(SHARED_SECRET, MESSAGE, 2 * TRIT_BYTES);
  memory.copy(REJECTION, key + 3 * OPERAND, 32);
  memory.copy(REJECTION + 32, CIPHERTEXT, MODQ_BYTES);
  sha3(MESSAGE, REJECTION, 32 + MODQ_BYTES);
  const reject = i64x2.splat(mask(first) | mask(again));
  for (let i: usize = 0; i < 32; i += 16) {
    write(SHARED_SECRET + i, v128.bitselect(read(MESSAGE + i), read(SHARED_SECRET + i), reject));
  }
}

/** All ones where x is not zero. */
function mask(x: u32): i64 {
  return -(<i64>((x | (0 - x)) >> 31));
}

/** Clears what an operation other than `keygen` dirtied, arguments and answer included, but for the key. */
export function wipe(): void {
  memory.fill(SEED, 0, QUICK_END - SEED);
}

/** The same after `keygen`. */
export function wipeAll(): void {
  memory.fill(SEED, 0, SCRATCH_END - SEED);
}

/** Clears a key's slot. */
export function forget(key: usize): void {
  memory.fill(key, 0, KEY);
}
