/**
 * Consent where no clinic mediates: grants through the key servers.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { grant, id, part, promise } from './shapes.ts';

export const kdc = operations({
  'kdc.grant': {
    summary: 'The patient lets somebody read through the key servers: the grant she signed, and its letter. Locks are laid as any others.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ grant, letter: bytes({ max: 65536 }) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'kdc.end': {
    summary: 'The patient takes a grant through the key servers back: its locks are gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, grant: id, end: bytes({ length: 64 }) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'kdc.grants': {
    summary: 'The grants through the key servers that hold: those the caller gave, and those she was given.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ grants: z.array(z.strictObject({ grant, letter: bytes({ max: 65536 }), owner: id })) }),
    idempotent: true,
  },
  'kdc.nodes': {
    summary: 'The nodes of a chart that such grants have locks for: of those the caller gave, or was given.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ nodes: z.array(z.strictObject({ grant: id, nodeId: id, part, gen: z.int().min(0) })) }),
    idempotent: true,
  },
  'kdc.hand': {
    summary: 'Hands out locks of such a grant to whoever is let read; what opens them the key servers make.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, grant: id, nodes: z.array(id).min(1).max(128) }),
    output: z.strictObject({
      wraps: z.array(
        z.strictObject({ nodeId: id, part, gen: z.int().min(0), body: bytes({ max: 4096 }), maker: id, signature: bytes({ length: 64 }) }),
      ),
      promise,
    }),
    idempotent: true,
  },
});
