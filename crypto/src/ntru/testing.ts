/**
 * The small set, for tests and vectors only: below category 1 where memory is counted as free.
 *
 * @module
 */
import { type Kem, kem } from './kem.ts';
import { hps509 } from './params.ts';

export const ntruhps2048509: Kem = kem(hps509);
