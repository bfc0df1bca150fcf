/**
 * Teams of an organisation with whom a patient shares.
 *
 * @module
 */
import { z } from 'zod';
import { bytes, operations } from '../kit.ts';
import { card } from '../login.ts';
import { delegate, id } from './shapes.ts';

/** What an organisation signs of a team of its doctors, as `crypto/cards/team` makes it. */
export const teamNotice = bytes({ max: 32768 });

/** The team's own word whose it is, as `crypto/cards/team` signs it. */
export const teamBond = bytes({ length: 64 });

/** A team's secret for its members, sealed. */
const teamMembers = bytes({ max: 32768 });

export const teams = operations({
  'teams.lay': {
    summary:
      'An organisation lays down a team of its doctors: card, notice, the team’s word whose it is, its half, and its secret sealed to its members.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ card, notice: teamNotice, bond: teamBond, delegate, members: teamMembers }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'teams.of': {
    summary: 'What organisations say of teams, for whoever wants to share with them, and which came in the place of which.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ teams: z.array(id).max(100) }),
    output: z.strictObject({
      teams: z.array(
        z.strictObject({
          card,
          organisation: card,
          notice: teamNotice,
          delegate,
          /** The team that follows it. */ followedBy: id.nullable(),
        }),
      ),
    }),
    idempotent: true,
  },
  'teams.mine': {
    summary: 'The teams that a doctor is a member of by what the issuers entitled her to, at this moment.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ teams: z.array(z.strictObject({ card, notice: teamNotice, members: teamMembers })) }),
    idempotent: true,
  },
  'teams.join': {
    summary: 'Transforms a team’s secret with the cloud’s part of a member’s key: what her mediator goes on with.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ team: id }),
    output: z.strictObject({
      /** As in `sharing.transform`. */
      transformed: bytes({ max: 1152 }),
    }),
    idempotent: true,
  },
});
