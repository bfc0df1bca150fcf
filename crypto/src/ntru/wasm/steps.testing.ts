/**
 * The steps of the specification one by one, for tests: `../vectors.slow.test.ts` holds them against the reference code's
 * own vectors. Compiled there and nowhere else.
 */
import { invertMod2, invertMod3, invertModq } from './inverse';
import { A, B, P0, P1, P2, P5, PUBLIC_KEY } from './layout';
import { packModq, packTrits, unpackModq, unpackSumZero, unpackTrits } from './pack';
import { centreMod3, mod3Phi, modqPhi, modqToTrits, tritsToModq } from './poly';
import { multiply, prepare } from './product';

/** Where the input lies, a second one, the output, and bytes. */
export function place(what: i32): usize {
  if (what === 0) return P0;
  if (what === 1) return P1;
  if (what === 2) return P2;
  return PUBLIC_KEY;
}

export function poly_S3_inv(): void {
  invertMod3(P2, P0);
}

export function poly_R2_inv(): void {
  invertMod2(P2, P0);
}

export function poly_Rq_inv(): void {
  invertModq(P2, P0, P5);
}

export function poly_Rq_mul(): void {
  prepare(A, P0);
  prepare(B, P1);
  multiply(P2, A, B);
}

export function poly_Sq_mul(): void {
  poly_Rq_mul();
  modqPhi(P2);
}

export function poly_Rq_to_S3(): void {
  centreMod3(P0);
  memory.copy(P2, P0, P1 - P0);
}

export function poly_mod_3_Phi_n(): void {
  mod3Phi(P0);
  memory.copy(P2, P0, P1 - P0);
}

export function poly_mod_q_Phi_n(): void {
  modqPhi(P0);
  memory.copy(P2, P0, P1 - P0);
}

export function poly_Z3_to_Zq(): void {
  tritsToModq(P0);
  memory.copy(P2, P0, P1 - P0);
}

export function poly_trinary_Zq_to_Z3(): void {
  modqToTrits(P0);
  memory.copy(P2, P0, P1 - P0);
}

export function poly_Sq_tobytes(): void {
  packModq(PUBLIC_KEY, P0);
}

export function poly_S3_tobytes(): void {
  packTrits(PUBLIC_KEY, P0);
}

export function poly_Sq_frombytes(): void {
  unpackModq(P2, PUBLIC_KEY);
}

export function poly_Rq_sum_zero_frombytes(): void {
  unpackSumZero(P2, PUBLIC_KEY);
}

export function poly_S3_frombytes(): void {
  unpackTrits(P2, PUBLIC_KEY);
}
