/**
 * What those who hold parts of doctors' keys are told when an administrator ends some.
 *
 * @module
 */
import { z } from 'zod';
import { bytes } from './kit.ts';
import { card } from './login.ts';

const id = bytes({ length: 16 });

/** Whose keys end: all of them, or those for one organisation that were issued before a time in UTC seconds. */
export const endedKeys = {
  doctor: id,
  of: z.strictObject({ organisation: id, before: z.int().min(0) }).nullable(),
};

/** The same with the administrator's card and her signature. */
export const keyEnd = z.strictObject({ ...endedKeys, administrator: card, signature: bytes({ length: 64 }) });
