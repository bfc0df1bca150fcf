/**
 * What those who hold parts of doctors' keys are told when an administrator ends a doctor's.
 *
 * @module
 */
import { z } from 'zod';
import { bytes } from './kit.ts';
import { card } from './login.ts';

/** Whose keys end, the administrator's card, and her signature. */
export const expulsion = z.strictObject({ doctor: bytes({ length: 16 }), administrator: card, signature: bytes({ length: 64 }) });
