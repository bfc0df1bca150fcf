/**
 * What the cloud is asked for, and by whom, room by room. Every byte string here is sealed, signed or a pseudonym.
 *
 * @module
 */
import { z } from 'zod';
import { breakGlass } from './cloud/break-glass.ts';
import { devices } from './cloud/devices.ts';
import { kdc } from './cloud/kdc.ts';
import { limits } from './cloud/limits.ts';
import { receipts } from './cloud/receipts.ts';
import { records } from './cloud/records.ts';
import { requests } from './cloud/requests.ts';
import { id } from './cloud/shapes.ts';
import { sharing } from './cloud/sharing.ts';
import { teams } from './cloud/teams.ts';
import { defineContract } from './kit.ts';
import { card, presentCard } from './login.ts';

export const cloudContract = defineContract('cloud', {
  'login.present': presentCard,
  'login.cards': {
    summary: 'Hands over cards by id; whoever asks judges them by the town manifest.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ ids: z.array(id).max(500) }),
    output: z.strictObject({ cards: z.array(card) }),
    idempotent: true,
  },
  ...records,
  ...sharing,
  ...kdc,
  ...teams,
  ...requests,
  ...limits,
  ...devices,
  ...breakGlass,
  ...receipts,
  'town.state': {
    summary: 'Counts for the status page: what lies here, in numbers only.',
    caller: 'anyone',
    body: 'json',
    input: z.strictObject({}),
    output: z.strictObject({
      shelves: z.strictObject({ EID: z.int(), QID: z.int(), MI: z.int() }),
      charts: z.int(),
      postings: z.int(),
      bytes: z.int(),
    }),
    idempotent: true,
  },
});
