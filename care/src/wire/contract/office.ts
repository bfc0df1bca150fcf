/**
 * Issuers' words that an administrator signs for an organisation, as they travel: whoever believes her reads them for himself.
 *
 * @module
 */
import { z } from 'zod';
import { bytes } from './kit.ts';

export const officeWords = z
  .array(z.strictObject({ issuer: z.int().min(0).max(2), signature: bytes({ length: 64 }) }))
  .min(2)
  .max(3);
