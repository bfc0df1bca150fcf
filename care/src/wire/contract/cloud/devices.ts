/**
 * What a patient says to her devices, through the cloud.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { id } from './shapes.ts';

/** As `crypto/records/anew` makes it. */
const word = bytes({ max: 160 });

export const devices = operations({
  'devices.beginAnew': {
    summary: 'The patient says to her devices of one chart that their trees are over: they begin new ones when they hear it.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, word }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'devices.told': {
    summary: 'The newest that a chart’s owner said to her devices, for her and for the chart’s writer, who tells them.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ word: word.nullable() }),
    idempotent: true,
  },
});
