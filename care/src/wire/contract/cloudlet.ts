/**
 * What a cloudlet is asked for: pairing by its clinic, sessions and frames by devices, labels by patients.
 *
 * @module
 */
import { z } from 'zod';
import { parts } from '../../model/record.ts';
import { urgencies } from '../../model/urgency.ts';
import { emergencyDomain } from './authority.ts';
import { breakGlassWord } from './cloud/break-glass.ts';
import { limitsState } from './cloud/limits.ts';
import { teamNotice } from './cloud/teams.ts';
import { keyEnd } from './key-end.ts';
import { bytes, defineContract } from './kit.ts';
import { card, presentCard } from './login.ts';

const id = bytes({ length: 16 });
const factorPart = z.strictObject({ issuer: z.int().min(0).max(2), sealed: bytes({ max: 4096 }) });

const hash = bytes({ length: 32 });
/**
 * What the cloud promised with a turning, in these minutes: the mediator's own line names that receipt. Where the town has a log nothing
 * is mediated without, but single ciphertexts by a role, as a team's secret and the check of a fresh key are.
 */
const promise = bytes({ max: 512 }).optional();
/** A line of a mediator's log, and where it stands there. */
const mediatedLine = z.strictObject({ receipt: bytes({ max: 1024 }), place: z.int().min(0), path: z.array(hash).max(64) });

export const cloudletContract = defineContract('cloudlet', {
  'login.present': presentCard,
  'sessions.pair': {
    summary: 'The clinic makes a pairing code for one device: single use, ten minutes.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ code: z.string(), device: id }),
  },
  'sessions.adopt': {
    summary: 'A patient takes a paired device as hers: her card, the chart it writes to.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      device: id,
      proof: bytes({ length: 32 }),
      deviceCard: card,
      /** The chart it writes to already, at another cloudlet of this clinic. */
      chart: id.optional(),
    }),
    output: z.strictObject({ pat: id, writer: id, organisation: card }),
    idempotent: true,
  },
  'sessions.announcement': {
    summary: 'The epoch announcement, signed by the key every paired device pins.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ staticPublicKey: bytes({ max: 4096 }), announcement: bytes({ max: 4096 }) }),
    idempotent: true,
  },
  'sessions.init': {
    summary: 'A device opens a session; whatever does not fit is answered alike.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ init: bytes({ max: 8192 }) }),
    output: z.strictObject({ ack: bytes({ max: 2048 }) }),
  },
  'sessions.frame': {
    summary: 'One frame up; the answer is the authenticated acknowledgement, sent after the commit.',
    caller: 'anyone',
    body: 'cbor',
    limit: 5 * 1024 * 1024,
    input: z.strictObject({ frame: bytes({ max: 4 * 1024 * 1024 }) }),
    output: z.strictObject({ frame: bytes({ max: 4096 }) }),
  },
  'devices.list': {
    summary: 'The devices of this clinic: whether they speak, never what they say. For its administrators.',
    caller: 'known',
    body: 'json',
    input: z.strictObject({}),
    output: z.strictObject({
      devices: z.array(
        z.strictObject({
          /** Its number, in hex. */
          device: z.string(),
          /** `offered` until a patient took the code, `ended` once it was taken out. */
          state: z.enum(['offered', 'paired', 'ended']),
          /** A label of whose it is, made for this clinic: devices of one person have the same, and the cloud knows no such label. */
          person: z.string().nullable(),
          /** UTC ISO time at which an offered code is over. */
          expires: z.string().nullable(),
          /** UTC ISO times of its last word and its last strip. */
          lastSeen: z.string().nullable(),
          lastStrip: z.string().nullable(),
          /** How urgent its last strip was. */
          urgency: z.enum(urgencies).nullable(),
          /** Per cent, as it says. */
          battery: z.int().nullable(),
          /** Strips that wait on the device, as it said with its last one, which it does not count, and here. */
          waitsThere: z.int().nullable(),
          waitsHere: z.int(),
          /** Strips here that the cloud will not have. */
          refused: z.int(),
          /** Emergencies it called that were one too many, and went as monitoring. */
          demoted: z.int(),
        }),
      ),
    }),
    idempotent: true,
  },
  'devices.end': {
    summary: 'Takes a device out: it is not heard any more. What it sent stays and goes its way.',
    caller: 'known',
    body: 'json',
    input: z.strictObject({ device: z.string().regex(/^[0-9a-f]{32}$/) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'relay.lately': {
    summary: 'How many strips came in over the last two hours, two minutes by two minutes. For those who look after the cloudlet.',
    caller: 'known',
    body: 'json',
    input: z.strictObject({}),
    output: z.strictObject({
      /** Every two minutes, the oldest first; the last of them still lasts. */
      spans: z
        .array(
          z.strictObject({
            /** UTC ISO time at which they begin. */
            from: z.string(),
            /** Of the strips that came in then: how many the cloud has, and how many wait for it here. */
            passed: z.int(),
            waiting: z.int(),
          }),
        )
        .max(120),
      /** UTC ISO times in which the cloud could not be reached; `ended` is null while it cannot. */
      outages: z.array(z.strictObject({ began: z.string(), ended: z.string().nullable() })),
    }),
    idempotent: true,
  },
  'sharing.labels': {
    summary: "Labels for a patient's own nodes at this clinic, and what seals a wrap for its domain.",
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      nodes: z
        .array(
          z.strictObject({
            part: z.enum(parts),
            category: z.tuple([z.string().max(40), z.string().max(8), z.string().max(8)]),
            period: z.string().max(10),
          }),
        )
        .max(2000),
      /** As labels of a chart that is open to named doctors only. */
      byName: z.boolean().optional(),
    }),
    output: z.strictObject({
      /** The domain's K_pq, sealed to the patient's card. */
      pq: bytes({ max: 4096 }),
      /** What seals for emergencies, as the manifest names it; `null` where it names none. */
      emergency: emergencyDomain.nullable(),
      labels: z.array(z.array(z.string().max(64)).max(32)),
    }),
    idempotent: true,
  },
  'sharing.mediator': {
    summary: 'The card of the organisation this cloudlet mediates for.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({
      organisation: card,
      /** The key to which issuers seal a mediator's part of doctors' keys, as the organisation signed it. */
      key: bytes({ max: 2048 }),
    }),
    idempotent: true,
  },
  'sharing.domain': {
    summary: 'The clinic hands its cloudlet what it seals with today, sealed to it: another domain took the place of the one before.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ sealed: bytes({ max: 8192 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.enter': {
    summary: 'A doctor logs in with the mediator’s part of her key for an organisation: it holds for this login, and until she leaves.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      organisation: id,
      /** As two issuers sealed them to this mediator; none once it has them. */
      factors: z.union([z.array(factorPart).length(2), z.array(factorPart).length(0)]),
      /** Of a key for emergencies: her word that she breaks the glass, and the cloud's that it noted it. */
      breakGlass: z.strictObject({ word: breakGlassWord, noted: bytes({ length: 64 }) }).optional(),
    }),
    output: z.strictObject({
      login: id,
      /** Sealed to her card: by what her own factors are multiplied in this login. */
      session: bytes({ max: 2048 }),
    }),
  },
  'sharing.keep': {
    summary: 'A doctor lays down the mediator’s part of her key for emergencies; nothing is done with it before she breaks the glass.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ organisation: id, factors: z.array(factorPart).length(2) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.answer': {
    summary: 'Applies the factors of a login to what the cloud transformed, as long as the key holds.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      login: id,
      transformed: z
        .array(bytes({ length: 1152 }))
        .min(1)
        .max(100),
      promise,
    }),
    /** Of each 1152 bytes, or nothing where what came is no element of GT. */
    output: z.strictObject({ answers: z.array(bytes({ max: 1152 })) }),
    idempotent: true,
  },
  'sharing.leave': {
    summary: 'A doctor logs out: what held for the login holds no more.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ login: id }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.endKeys': {
    summary: 'An administrator ended a doctor’s keys: this mediator’s part of them is gone, for good, when this is answered.',
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
  'sharing.factor': {
    summary: 'A patient asks for a factor of a grant she is about to make: without it the grant opens nothing.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      grant: id,
      pat: id,
      delegate: bytes({ max: 512 }),
      doctor: card,
      /** Of a team: the card of its organisation. */
      organisation: card.optional(),
      /** UTC seconds after which it is forgotten. */
      notAfter: z.int().min(0),
      /** Whose the chart is, by the word of its writer; without it nobody is given a factor. */
      chart: z.strictObject({ writer: card, deed: bytes({ length: 64 }) }).optional(),
      /** Of a team, where she limits who reads the chart: what she said last. */
      limits: limitsState.optional(),
    }),
    output: z.strictObject({ factor: bytes({ max: 1024 }) }),
  },
  'sharing.limits': {
    summary:
      'The patient says whom she denies a chart that a team reads: from the answer on its mediator refuses them as nobody’s members.',
    caller: 'known',
    body: 'cbor',
    /** A grant of hers in that chart. */
    input: z.strictObject({ grant: id, state: limitsState }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.mediate': {
    summary: 'Applies the factor of a grant to what the cloud turned, for its doctor or a member of its team, as long as the grant holds.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      grant: id,
      /** Of a grant to a team: what the issuers entitled the caller to, and whom the team's organisation says it is. */
      membership: z.strictObject({ entitlement: bytes({ max: 262144 }), notice: teamNotice }).optional(),
      turned: z
        .array(bytes({ length: 576 }))
        .min(1)
        .max(100),
      promise,
    }),
    output: z.strictObject({ answers: z.array(bytes({ max: 576 })) }),
    idempotent: true,
  },
  'sharing.end': {
    summary: 'The patient takes a grant back: its factor is gone, for good, when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ grant: id, pat: id, end: bytes({ length: 64 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'receipts.mediated': {
    summary: 'What this mediator wrote down of the caller’s own grants, and of the cloud’s receipts the caller names.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      /** Of the cloud's receipts that its lines may name; each is one. */
      commitments: z.array(hash).max(1000),
      /** Every line that names one of them, of 200 at most, and not one in the place of each. */
      all: z.boolean().optional(),
      after: z.int().min(0).optional(),
      /** How many lines the log had when the caller last looked; 0 if she never did. */
      seen: z.int().min(0),
    }),
    output: z.strictObject({
      note: bytes({ max: 16_384 }),
      path: z.array(hash).max(64),
      /** The key of the log, and the word of the clinic's card for it. */
      key: hash,
      voucher: bytes({ length: 64 }),
      acts: z.array(mediatedLine).max(200),
      more: z.boolean(),
      found: z.array(mediatedLine.nullable()).max(2000),
    }),
    idempotent: true,
  },
  'town.state': {
    summary: 'Counts for the status page.',
    caller: 'anyone',
    body: 'json',
    input: z.strictObject({}),
    output: z.strictObject({
      devices: z.int(),
      waiting: z.int(),
      forwarded: z.int(),
      cloud: z.enum(['reachable', 'unreachable', 'unknown']),
      lastForward: z.string().nullable(),
      /** UTC ISO time at which the oldest strip that waits came in. */
      waitingSince: z.string().nullable(),
      /** Times in the last 30 days in which the cloud could not be reached, one that lasts with them. */
      outages: z.int(),
      /** UTC ISO time since which it cannot be reached. */
      outageSince: z.string().nullable(),
      /** Postings of the last 30 days that the cloud took without leaving the receipt it owes. */
      unkept: z.int(),
    }),
    idempotent: true,
  },
});
