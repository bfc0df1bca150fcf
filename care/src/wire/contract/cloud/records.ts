/**
 * Charts, postings, rows and what changes of them.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { hash, id, link, part, promise, wrap } from './shapes.ts';

const row = z.strictObject({
  rowId: id,
  version: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  nodeId: id,
  kc: hash,
  mark: hash,
  ct: bytes({ max: 16 * 1024 * 1024 }),
});

/** A row on its way up, with the version its writer saw before; 0 for none. */
const rowUp = row.extend({ base: z.int().min(0) });

const postingSeal = z.strictObject({
  postingId: id,
  writer: id,
  pat: id,
  part,
  root: hash,
  nodeCount: z.int().min(1),
  links: hash,
  signature: bytes({ length: 64 }),
});

/** A chart, and its writer's signature that it is this owner's. */
const chart = z.strictObject({ pat: id, writer: id, owner: id, deed: bytes({ length: 64 }) });

/** Where a caller is in the changes: sealed for him by the cloud, which alone reads it, and only until it restarts. */
const place = bytes({ length: 36 });

/** The most nodes that one change names. */
export const nodesInChange = 500;

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('here'), at: place }),
  z.strictObject({ kind: z.literal('lost'), at: place }),
  z.strictObject({ kind: z.literal('changed'), at: place, pat: id, part: part.nullable(), nodes: z.array(id).max(nodesInChange) }),
]);

export const records = operations({
  'records.openChart': {
    summary: 'A writer opens a chart for a patient whose card it names.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, owner: id, deed: bytes({ length: 64 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'records.linkChart': {
    summary: 'A writer hands a cradle chart to the patient, with owner wraps made anew.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, owner: id, deed: bytes({ length: 64 }), wraps: z.array(wrap.extend({ part })).max(5000) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'records.charts': {
    summary: 'The charts the caller owns, writes, or may open something of.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ charts: z.array(chart) }),
    idempotent: true,
  },
  'records.versions': {
    summary: 'The latest versions of rows, for their writer: what an interrupted import already brought.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, part, rowIds: z.array(id).max(5000) }),
    output: z.strictObject({ versions: z.array(z.int().min(0)) }),
    idempotent: true,
  },
  'records.wrapped': {
    summary: 'Which of these nodes already carry a wrap of this kind and domain, for their writer or owner.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      kind: z.enum(['owner', 'policy']),
      domain: bytes({ max: 16 }),
      /** The id of the KP-ABE domain the wraps are for: those of one it had before do not count. */
      sealedFor: id.optional(),
      nodes: z.array(id).max(5000),
    }),
    output: z.strictObject({ wrapped: z.array(z.boolean()) }),
    idempotent: true,
  },
  'records.post': {
    summary: 'Lays one signed batch on a shelf: all of it or nothing.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      posting: postingSeal,
      rows: z.array(rowUp).min(1).max(5000),
      links: z.array(link).max(20000),
      wraps: z.array(wrap).max(5000),
    }),
    output: z.strictObject({ stored: z.int().min(0), already: z.boolean(), promise }),
    idempotent: true,
    limit: 64 * 1024 * 1024,
  },
  'records.nodes': {
    summary: 'The nodes of a chart the caller may open, with the wraps that open them.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ nodes: z.array(link.extend({ part })), wraps: z.array(wrap.extend({ part })) }),
    idempotent: true,
  },
  'records.rows': {
    summary: 'Rows of nodes, in pages of whole rows.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      part,
      nodes: z.array(id).min(1).max(20000),
      after: z.strictObject({ nodeId: id, rowId: id, version: z.int() }).optional(),
    }),
    output: z.strictObject({ rows: z.array(row.extend({ postingId: id })), more: z.boolean(), promise }),
    idempotent: true,
  },
  'records.proofs': {
    summary: 'What proves that the rows of nodes are all there and were posted by their writer.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, part, nodes: z.array(id).min(1).max(20000) }),
    output: z.strictObject({
      postings: z.array(
        postingSeal.extend({
          nodes: z.array(z.strictObject({ nodeId: id, index: z.int().min(0), path: z.array(hash).max(31) })),
        }),
      ),
    }),
    idempotent: true,
  },
  // First comes `here`, or `lost` when what came after the given place is no longer known: then everything may have
  // changed. `changed` names nodes in the caller's sight (what hangs below one may be new to him as well); with no part
  // and no nodes it means the chart itself, or more nodes than it names.
  'records.changes': {
    summary: 'Tells that something new lies in a chart the caller may see, while it happens.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ after: place.optional() }),
    output: change,
    stream: true,
  },
});
