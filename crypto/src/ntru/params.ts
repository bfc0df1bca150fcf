/**
 * The parameter sets of NTRU, round 3.
 *
 * Letters as in the submission: `n` prime, `q` a power of two, Φ_n = 1 + x + … + x^(n−1),
 * R/q = Z_q[x]/(x^n − 1), S/q = Z_q[x]/Φ_n and S/3 = Z_3[x]/Φ_n. Every n here is 5 mod 8, and 2 and 3 have
 * order n − 1 modulo n, so that Φ_n is irreducible mod 2 and mod 3 and key generation never has to retry.
 *
 * @module
 */

/** One parameter set. HPS samples `m` and `g` with a fixed weight; HRSS samples them freely and lifts by x − 1. */
export type Params = {
  readonly name: string;
  readonly family: 'hps' | 'hrss';
  readonly n: number;
  readonly logq: number;
  readonly q: number;
  /** Nonzero coefficients of `m` and `g` in HPS: q/8 − 2, half of them 1 and half −1. */
  readonly weight: number;
  /** Bytes of n − 1 trits, five a byte. */
  readonly tritBytes: number;
  /** Bytes of n − 1 coefficients mod q. */
  readonly modqBytes: number;
  /** Bytes that one `iid` sample takes. */
  readonly iidBytes: number;
  /** Bytes of coins for `f, g`, and for `r, m`. */
  readonly sampleBytes: number;
  /** Length of the smallest products of Karatsuba's recursion, which runs over 32 · leaf ≥ n coefficients. */
  readonly leaf: number;
};

const set = (family: 'hps' | 'hrss', n: number, logq: number, leaf: number): Params => {
  const iidBytes = n - 1;
  return {
    name: family === 'hps' ? `ntruhps${1 << logq}${n}` : `ntruhrss${n}`,
    family,
    n,
    logq,
    q: 1 << logq,
    weight: (1 << logq) / 8 - 2,
    tritBytes: Math.ceil((n - 1) / 5),
    modqBytes: Math.ceil((logq * (n - 1)) / 8),
    iidBytes,
    sampleBytes: family === 'hps' ? iidBytes + (30 * (n - 1)) / 8 : 2 * iidBytes,
    leaf,
  };
};

export const hps509 = set('hps', 509, 11, 16);
export const hps677 = set('hps', 677, 11, 22);
export const hps821 = set('hps', 821, 12, 26);
export const hrss701 = set('hrss', 701, 13, 22);
