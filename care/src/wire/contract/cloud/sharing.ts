/**
 * Locks for roles and for consent: keys that are entered, grants, and turning.
 *
 * @module
 */
import { z } from 'zod';
import { keyEnd } from '../key-end.ts';
import { bytes, operations } from '../kit.ts';
import { card } from '../login.ts';
import { answerSignature, delegate, grant, id, link, part, promise, wrap } from './shapes.ts';

const scopeState = bytes({ max: 131072 });

/** Sealed to whoever is let read: what the grant is about. */
const letter = bytes({ max: 2 * 1024 * 1024 });

const transformPart = z.strictObject({ issuer: z.int().min(0).max(2), sealed: bytes({ max: 262144 }) });

export const sharing = operations({
  'sharing.consented': {
    summary: 'Which of these nodes already carry a wrap for the scope named beside them, for their writer or owner.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, nodes: z.array(z.strictObject({ nodeId: id, scope: id })).max(5000) }),
    output: z.strictObject({ wrapped: z.array(z.boolean()) }),
    idempotent: true,
  },
  'sharing.service': {
    summary: 'The key to which issuers seal this cloud’s part of doctors’ keys, signed with the key of its receipts log.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ key: bytes({ max: 2048 }) }),
    idempotent: true,
  },
  'sharing.enter': {
    summary: 'A doctor shows what the issuers entitled her to, with the cloud’s part of her key; the cloud serves no node beyond it.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      entitlement: bytes({ max: 262144 }),
      /** As two issuers sealed them to this cloud; none once it has them. */
      transforms: z.union([z.array(transformPart).length(2), z.array(transformPart).length(0)]),
    }),
    output: z.strictObject({
      /** E^{α/z} of each, in the order of the issuers' places: what she checks her factors by. */
      bases: z.array(bytes({ length: 576 })).length(2),
    }),
    idempotent: true,
    limit: 1024 * 1024,
  },
  'sharing.transform': {
    summary: 'Transforms wraps for a role with the cloud’s part of a doctor’s key: what her mediator goes on with.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, organisation: id, nodes: z.array(id).min(1).max(100) }),
    output: z.strictObject({
      /** Of each node 576 bytes for each issuer of the key, in the order of their places; nothing where a wrap is malformed. */
      transformed: z.array(bytes({ max: 1152 })),
      promise,
    }),
    idempotent: true,
  },
  'sharing.endKeys': {
    summary: 'An administrator ended a doctor’s keys: this cloud’s part of them is gone when this is answered.',
    caller: 'anyone',
    body: 'cbor',
    input: keyEnd,
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.retired': {
    summary: 'The town’s newest manifest: what is kept here of domains that it retired is gone when this is answered.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ manifest: bytes({ max: 262144 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.wrap': {
    summary: 'The patient adds wraps (and the nodes they stand on) to a chart of her own.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      part,
      links: z.array(link).max(20000),
      wraps: z.array(wrap).max(5000),
      /** Of locks for roles that a chart's owner lays: the number of her limits by which she made them; none before she said any. */
      limits: z.int().min(1).optional(),
    }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'sharing.forgetRetired': {
    summary: 'An organisation has made its wraps anew: those for domains it had before are gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    /** The id of the domain it has. */
    input: z.strictObject({ sealedFor: id }),
    output: z.strictObject({ forgotten: z.int() }),
    idempotent: true,
  },
  'sharing.delegate': {
    summary: 'A doctor, or a patient who cares for another, lays down her half of whatever key she will be given by consent.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ delegate }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.delegates': {
    summary: 'The halves of doctors, and their cards, for whoever wants to share with them; those of patients are for patients only.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ doctors: z.array(id).max(100) }),
    output: z.strictObject({ delegates: z.array(z.strictObject({ delegate, card })) }),
    idempotent: true,
  },
  'sharing.publish': {
    summary: 'The patient publishes scope states of a chart of hers: under which keys to seal for whoever she lets read.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      states: z.array(scopeState).min(1).max(100),
      /** Her K_pq for the chart's writer, sealed to it. */
      letter: bytes({ max: 4096 }),
    }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.scopes': {
    summary: 'The scope states of a chart, for its writer and its owner, in the order they follow one another.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ states: z.array(scopeState), letter: bytes({ max: 4096 }).nullable() }),
    idempotent: true,
  },
  'sharing.grant': {
    summary: 'The patient lets a doctor read: the grant she signed, its letter, and a re-encryption key for each scope.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      grant,
      letter,
      rekeys: z.array(bytes({ max: 512 })).max(20000),
      /** The doctor's request that is granted with it, and the patient's word that it is: both at once or neither. */
      answers: z.strictObject({ pat: id, request: id, signature: answerSignature }).optional(),
    }),
    output: z.strictObject({ promise }),
    idempotent: true,
    limit: 16 * 1024 * 1024,
  },
  'sharing.end': {
    summary: 'The patient takes a grant back: its re-encryption keys are gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, grant: id, end: bytes({ length: 64 }) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'sharing.grants': {
    summary: 'The grants that hold: those the caller gave, and those she was given.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ grants: z.array(z.strictObject({ grant, letter, owner: id })) }),
    idempotent: true,
  },
  'sharing.turn': {
    summary: 'Turns wraps of scopes a doctor was granted into what the mediator of her grant makes hers.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      grant: id,
      nodes: z
        .array(z.strictObject({ nodeId: id, scope: id }))
        .min(1)
        .max(100),
    }),
    output: z.strictObject({ turned: z.array(bytes({ max: 576 })), promise }),
    idempotent: true,
  },
});
