/**
 * Where everything lies in the module's memory: what the caller writes and reads, then scratch, then prepared keys.
 *
 * Nothing is allocated while an operation runs. A polynomial is 16·K coefficients of 16 bits, zero from x^n on, with
 * room behind it because vectors reach a little further than what they are asked for.
 */
import { HPS, K, LOGQ, N, W } from './set';

export const D: usize = N - 1;
export const Q_MASK: i32 = (1 << LOGQ) - 1;
/** Nonzero coefficients of what `fixedType` samples. */
export const WEIGHT: usize = (1 << LOGQ) / 8 - 2;
/** Bytes of packed trits, of packed coefficients mod q, and of the coins for `f, g` or `r, m`. */
export const TRIT_BYTES: usize = (D + 4) / 5;
export const MODQ_BYTES: usize = (D * LOGQ + 7) / 8;
export const SAMPLE_BYTES: usize = HPS ? D + (30 * D) / 8 : 2 * D;

/** Bytes of a vector's worth of coefficients up to x^(n−1), and of a whole polynomial. */
export const USED: usize = ((N + 7) / 8) * 16;
export const POLY: usize = 32 * K;
const ROOM: usize = 64;

// Read and written from outside.
export const SEED: usize = 2048;
export const COINS: usize = SEED + 64;
export const PUBLIC_KEY: usize = COINS + 4352;
export const SECRET_KEY: usize = PUBLIC_KEY + 1408;
export const CIPHERTEXT: usize = SECRET_KEY + 1728;
export const SHARED_SECRET: usize = CIPHERTEXT + 1408;

// Six polynomials.
export const P0: usize = SHARED_SECRET + 64;
export const P1: usize = P0 + POLY + ROOM;
export const P2: usize = P1 + POLY + ROOM;
export const P3: usize = P2 + POLY + ROOM;
export const P4: usize = P3 + POLY + ROOM;
export const P5: usize = P4 + POLY + ROOM;

// Hashing: a state of Keccak, r ‖ m, and prf ‖ c.
export const STATE: usize = P5 + POLY + ROOM;
export const MESSAGE: usize = STATE + 256;
export const REJECTION: usize = MESSAGE + 512;

// Products. An operand is 8 groups of K vectors; the lanes of a vector belong to eight products done at once.
export const OPERAND: usize = 128 * K;
export const ROWS: usize = REJECTION + 1536;
export const PRODUCT: usize = ROWS + 128 * K + ROOM;
export const SUM_A: usize = PRODUCT + 32 * K;
export const SUM_B: usize = SUM_A + 16 * K;
export const SUM_C: usize = SUM_B + 16 * K;
export const PRODUCT_ROWS: usize = SUM_C + 32 * K;
export const MIDDLE: usize = PRODUCT_ROWS + 256 * K + ROOM;
export const POINTS: usize = MIDDLE + 16 * K;
export const WHOLE: usize = POINTS + 112 * K;

// Sorting: the keys, then their four transposed rows.
export const KEYS: usize = WHOLE + 64 * K + ROOM;
export const QUARTER: usize = 1024;
export const QUARTERS: usize = KEYS + 4 * QUARTER;

/** An operand that is made and used at once. */
export const A: usize = QUARTERS + 4 * QUARTER + ROOM;
/** What encapsulation and decapsulation with a prepared key dirty ends here. */
export const QUICK_END: usize = A + OPERAND;

/** A key that is prepared for one use only: three operands and prf. Key generation has operands of its own there. */
export const OWN_KEY: usize = QUICK_END;
export const KEY: usize = 3 * OPERAND + ROOM;
export const B: usize = OWN_KEY;
export const C: usize = B + OPERAND;
export const MINUS_A: usize = C + OPERAND;
export const OPERAND_F: usize = OWN_KEY + KEY;
export const OPERAND_G: usize = OPERAND_F + OPERAND;

// Inverses: rows of bits in two planes. G and V are windows that slide by a word with each step of a block.
export const BLOCK: usize = 32;
export const WORDS: usize = 16 * (W + 2);
export const WINDOW: usize = 16 * (W + BLOCK + 2);
export const ROW_F: usize = OPERAND_G + OPERAND;
export const ROW_W: usize = ROW_F + 2 * WORDS;
export const ROW_G: usize = ROW_W + 2 * WORDS;
export const ROW_V: usize = ROW_G + 2 * WINDOW;
export const ROWS_END: usize = ROW_V + 2 * WINDOW;

/** The key of the coin source outlives a call; slots of prepared keys follow, to the end of memory. */
export const SCRATCH_END: usize = ROWS_END;
export const POOL: usize = SCRATCH_END;
export const SLOTS: usize = POOL + 128;
