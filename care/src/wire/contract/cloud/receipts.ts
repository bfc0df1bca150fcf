/**
 * The log of who looked: heads, proofs, witnesses, one’s own receipts.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { hash, id } from './shapes.ts';

/** A signed note, as `crypto/receipts` makes it. */
const checkpoint = bytes({ max: 16_384 });

const path = z.array(hash).max(64);

/** The newest checkpoint, that it goes on from the one the caller saw, and the last one a witness signed, which it goes on from too. */
const head = z.strictObject({
  note: checkpoint,
  path,
  witnessed: z.strictObject({ note: checkpoint, path }).nullable(),
});

/** A checkpoint that a patient's device signed, its key, and her card's word for that. */
const deviceSigned = z.strictObject({ note: checkpoint, key: hash, voucher: bytes({ length: 64 }) });

/** How many leaves the log had when the caller last looked; 0 if he never did. */
const seen = z.int().min(0);

export const receipts = operations({
  'receipts.head': {
    summary: 'The newest checkpoint of the receipts log.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ seen }),
    output: head,
    idempotent: true,
  },
  'receipts.cosign': {
    summary: 'A witness hands in a checkpoint with its signature.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ note: checkpoint }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'receipts.nodes': {
    summary: 'What the map says of nodes of a chart in sight, under the newest checkpoint.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, nodes: z.array(id).min(1).max(10000), seen }),
    output: head.extend({
      proofs: z.array(bytes({ max: 16_384 })),
      /** What the device of the chart's owner signed last, and that the newest checkpoint goes on from it. */
      owner: deviceSigned.extend({ path }).nullable(),
    }),
    idempotent: true,
  },
  'receipts.sign': {
    summary: 'A patient’s device hands in the checkpoint it signed, for those who read her charts.',
    caller: 'known',
    body: 'cbor',
    input: deviceSigned,
    output: z.strictObject({}),
    idempotent: true,
  },
  'receipts.cards': {
    summary: 'The receipts of all cards under these numbers, and what the map says of each number.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ ids: z.array(id).min(1).max(100), seen }),
    output: head.extend({
      cards: z.array(
        z.strictObject({
          taken: z.array(z.strictObject({ receipt: bytes({ max: 1024 }), place: z.int().min(0), path })).max(1000),
          proof: bytes({ max: 16_384 }),
        }),
      ),
    }),
    idempotent: true,
  },
  'receipts.included': {
    summary: 'Where the log holds leaves that were promised.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ commitments: z.array(hash).min(1).max(1000), seen }),
    output: head.extend({ found: z.array(z.strictObject({ place: z.int().min(0), path }).nullable()) }),
    idempotent: true,
  },
  'receipts.list': {
    summary: 'The receipts of a chart, sealed to its owner, each with its place in the log.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, after: z.int().min(0).optional(), seen }),
    output: head.extend({
      receipts: z.array(z.strictObject({ commitment: hash, sealed: bytes({ max: 131_072 }), place: z.int().min(0), path })),
      more: z.boolean(),
    }),
    idempotent: true,
  },
  'receipts.witnessed': {
    summary: 'Proofs of leaves and nodes of a chart under the last checkpoint a witness signed, for its owner to take home.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, places: z.array(z.int().min(0)).max(10000), nodes: z.array(id).max(10000) }),
    output: z.strictObject({ note: checkpoint, paths: z.array(path), proofs: z.array(bytes({ max: 16_384 })) }),
    idempotent: true,
  },
});
