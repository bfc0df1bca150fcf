/**
 * Shapes that several rooms of the cloud have. Every byte string is sealed, signed or a pseudonym.
 *
 * @module
 */
import { z } from 'zod';
import { parts } from '../../../model/record.ts';
import { bytes } from '../kit.ts';

export const id = bytes({ length: 16 });

export const hash = bytes({ length: 32 });

export const part = z.enum(parts);

export const link = z.strictObject({ nodeId: id, parent: bytes({ max: 16 }) });

export const wrap = z.strictObject({
  nodeId: id,
  kind: z.enum(['owner', 'policy', 'emergency', 'consent', 'shared']),
  gen: z.int().min(0),
  /**
   * The organisation whose domain a policy wrap is sealed for, the number of its emergencies, the name of a consent's scope, or the
   * number of a grant through the key servers; empty for the owner's.
   */
  domain: bytes({ max: 16 }),
  body: bytes({ max: 65536 }),
  maker: id,
  signature: bytes({ length: 64 }),
});

/** What a patient signs and publishes, as `crypto/pre` and `crypto/records/scope` make it. */
export const delegate = bytes({ max: 512 });

export const grant = bytes({ max: 512 });

export const answerSignature = bytes({ length: 64 });

/** The cloud's signature that the receipt of this act or answer will be in its log within a minute. */
export const promise = bytes({ max: 512 }).optional();
