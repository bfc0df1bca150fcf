/**
 * Random weights for testing many equations at once: a false one survives with probability 2⁻¹²⁸.
 *
 * @module
 */
import { hex } from './bytes.ts';
import type { Scalar } from './group.ts';
import type { Random } from './random.ts';

/** A weight in [1, 2¹²⁸]. */
export const weight = (random: Random): Scalar => BigInt(`0x${hex(random(16))}`) + 1n;
