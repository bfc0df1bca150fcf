/**
 * A doctor asks a patient for more.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { answerSignature, id } from './shapes.ts';

/** A doctor's request, sealed: all of them have one length, as `crypto/pre/requests` makes them. */
const sealedRequest = bytes({ length: 5374 });

export const requests = operations({
  'requests.ask': {
    summary: 'A doctor asks the owner of a chart she sees something of to let her read: sealed to the owner, and once more to herself.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, request: id, sealed: sealedRequest, own: sealedRequest }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'requests.withdraw': {
    summary: 'A doctor takes back a request that waits; its content is gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, request: id }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'requests.list': {
    summary: 'Requests that wait for the caller’s decision, and those the caller made, the newest first.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({
      received: z.array(z.strictObject({ pat: id, request: id, doctor: id, sealed: sealedRequest })),
      made: z.array(
        z.strictObject({
          pat: id,
          owner: id,
          request: id,
          own: sealedRequest,
          /** The patient's signed word; `null` while it waits. */
          answer: z.strictObject({ word: z.enum(['granted', 'declined']), signature: answerSignature }).nullable(),
        }),
      ),
    }),
    idempotent: true,
  },
  'requests.decline': {
    summary: 'The patient declines a request; what it said is gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, doctor: id, request: id, signature: answerSignature }),
    output: z.strictObject({}),
    idempotent: true,
  },
});
