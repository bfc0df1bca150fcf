/**
 * What every service is asked first: to know somebody's card.
 *
 * @module
 */
import { z } from 'zod';
import { bytes } from './kit.ts';

/** A card as `crypto/cards` encodes it. */
export const card = bytes({ max: 8192 });

/** Shows a card; `with` may hold the card of whoever vouches for a device. */
export const presentCard = {
  summary: 'Shows a card, so that requests signed by it are known.',
  caller: 'anyone',
  body: 'cbor',
  input: z.strictObject({ card, with: z.array(card).max(4) }),
  output: z.strictObject({}),
  idempotent: true,
} as const;
