/**
 * Random weights for testing many equations at once: a false one survives with probability 2⁻¹²⁸.
 *
 * @module
 */
import { hex } from '../algebra/bytes.ts';
import type { Scalar } from '../algebra/group.ts';
import type { Random } from '../algebra/random.ts';

/** A weight in [1, 2¹²⁸]. */
export const weight = (random: Random): Scalar => BigInt(`0x${hex(random(16))}`) + 1n;
