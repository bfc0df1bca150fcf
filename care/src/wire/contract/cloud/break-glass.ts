/**
 * Breaking the glass in an emergency, and what its hospital says of it.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { card } from '../login.ts';
import { officeWords } from '../office.ts';
import { id, promise } from './shapes.ts';

/** A doctor's signed word that she breaks the glass, as `crypto/ma-kp-abe/break-glass` makes it. */
export const breakGlassWord = bytes({ max: 512 });

/** Why, sealed to the chart's owner, to its hospital and to administrators who sign for that: all of one length. */
const reason = bytes({ length: 2302 });

const reasons = z.strictObject({
  owner: reason,
  hospital: reason,
  administrators: z.array(z.strictObject({ administrator: id, sealed: reason })).max(16),
});

const verdict = z.enum(['justified', 'not-justified']);
/** What is said of a broken glass afterwards, when (UTC seconds), signed. */
const review = { verdict, at: z.int().min(0), signature: bytes({ length: 64 }) };

export const breakGlass = operations({
  'breakGlass.say': {
    summary:
      'A doctor breaks the glass of one chart: from now on the cloud does its part of her key for emergencies, and its owner is told.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ word: breakGlassWord, reasons }),
    output: z.strictObject({
      /** The cloud's signature that it noted this very word: without it no mediator does its part. */
      noted: bytes({ length: 64 }),
      promise,
    }),
    idempotent: true,
  },
  'breakGlass.list': {
    summary:
      'Broken glasses of the caller’s charts, of those it wrote, and those the caller broke, the newest first; to an administrator those of the organisation for which two issuers say that she signs.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ office: z.strictObject({ organisation: id, words: officeWords }).optional() }),
    output: z.strictObject({
      broken: z.array(
        z.strictObject({
          /** Whose chart; an administrator is not told. */
          owner: id.nullable(),
          word: breakGlassWord,
          reasons,
          noted: bytes({ length: 64 }),
          /** What the hospital says of it afterwards; `by` an administrator, or itself. */
          review: z.strictObject({ ...review, by: z.strictObject({ card, words: officeWords }).nullable() }).nullable(),
        }),
      ),
    }),
    idempotent: true,
  },
  'breakGlass.review': {
    summary:
      'The hospital that wrote a chart, or an administrator who signs for it, says afterwards whether breaking its glass was justified.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, number: id, ...review, office: officeWords.optional() }),
    output: z.strictObject({}),
    idempotent: true,
  },
});
