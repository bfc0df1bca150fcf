/**
 * What a patient limits of who reads her chart.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { id, promise } from './shapes.ts';

/** As `crypto/records/limits` makes it. */
export const limitsState = bytes({ max: 16_384 });

export const limits = operations({
  'limits.say': {
    summary: 'The patient limits who reads a chart of hers by any key: from now on the cloud obeys it.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      state: limitsState,
      /** That it was said before, to a cloud that shows an older one now: it was restored from a backup. What came in between is missing. */
      restored: z.literal(true).optional(),
    }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'limits.state': {
    summary: 'The newest limits of a chart, for its owner and its writer, and the writer’s word that it follows them.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ state: limitsState.nullable(), followed: bytes({ length: 64 }).nullable() }),
    idempotent: true,
  },
  'limits.follow': {
    summary: 'A chart’s writer says that it locks by its newest limits from now on.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, followed: bytes({ length: 64 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
});
