/**
 * What the authority is asked for: who may become what, and the keys that follow. It holds neither keys nor ciphertext: the
 * issuers make what it hands over.
 *
 * @module
 */
import { z } from 'zod';
import { confidentialities, kinds, parts, sensitivities } from '../../model/record.ts';
import { teamBond, teamNotice } from './cloud/teams.ts';
import { endedKeys } from './key-end.ts';
import { bytes, defineContract } from './kit.ts';
import { card, presentCard } from './login.ts';
import { officeWords } from './office.ts';

const id = bytes({ length: 16 });
const name = z.string().trim().min(1).max(200);
const signature = bytes({ length: 64 });
const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/, 'a day is written 2026-11-20');

export const policy = z.strictObject({
  parts: z.array(z.enum(parts)).min(1),
  kinds: z.array(z.enum(kinds)).min(1),
  confidentiality: z.array(z.enum(confidentialities)).min(1),
  sensitivity: z.array(z.enum(sensitivities)).min(1),
  patients: z.union([z.literal('everyone'), z.array(z.string().regex(/^[0-9a-f]{32}$/)).max(64)]),
  unit: z.string().regex(/^[0-9a-f]{32}(\/[a-z0-9-]{1,40}){0,4}$/, 'a unit is an organisation, then wards separated by /'),
  from: z.union([z.literal('beginning'), day]),
  until: day,
  breakGlass: z.literal(true).optional(),
  named: z
    .array(z.string().regex(/^[0-9a-f]{32}$/))
    .max(64)
    .readonly()
    .optional(),
});

/** The security domain of an organisation's emergencies, public. */
export const emergencyDomain = bytes({ max: 8192 });

/** What one issuer, by its place in the manifest, sealed to whoever asks. */
const fromIssuer = (max: number) => z.strictObject({ issuer: z.int().min(0).max(2), sealed: bytes({ max }) });

/** A service's key, with the word of whoever the town knows it by. */
export const serviceKey = bytes({ max: 2048 });

/** A cloudlet that mediates: its organisation's card, and the key of its own that the organisation signed. */
export const mediator = z.strictObject({ organisation: card, key: serviceKey });

/** What is said to a key server, and its answer, as `crypto/kdc/asking` closes them: whoever carries them reads neither. */
export const closedRequest = bytes({ max: 131072 });
export const closedAnswer = bytes({ max: 32768 });

/** What one issuer made of a policy, each sealed to whom it is for. */
export const issuedParts = {
  doctor: bytes({ max: 65536 }),
  cloud: bytes({ max: 262144 }),
  mediator: bytes({ max: 4096 }),
};

/** How one of the three issuers answered when a key was made last: it made its part, it could not be reached, it refused. */
const issuerAnswer = z.strictObject({ issuer: z.int().min(0).max(2), said: z.enum(['made', 'away', 'refused']) });

/** How far the key of a policy is, as far as the authority knows: not whether she took it. */
const making = {
  /** When the key was made, UTC seconds; `null` while it is not. */
  issued: z.int().nullable(),
  /** Of its making, or of the last try. */
  answers: z.array(issuerAnswer).max(3),
};

/** What the three issuers are called, as each says of itself; `null` of one that has not answered yet. */
const offices = z.array(name.nullable()).length(3);

/** A role that a doctor asks for. */
const asked = { organisation: id, specialty: name, at: z.int() };

export const enrolmentStates = ['pending', 'approved', 'rejected'] as const;

const doctor = z.strictObject({
  doctor: id,
  name,
  certificate: name,
  specialty: name,
  organisation: name,
  state: z.enum(enrolmentStates),
  /** Groups of four hex digits to compare with the doctor. */
  fingerprint: z.string(),
  /** The card as it was registered (vouched for, once approved): approvers sign over its keys. */
  card,
  /** UTC ISO time. */
  registered: z.string(),
  reason: z.string().nullable(),
  policies: z.array(
    z.strictObject({
      organisation: z.string(),
      /** As it was signed, so that the next approver signs the very same. */
      policy,
      words: z.string(),
      until: z.string(),
      /** Who signed, by name. */
      approvals: z.array(name),
      /** The same signers in the same order: their cards' numbers in hex, and the offices they signed for. */
      signers: z.array(z.strictObject({ administrator: z.string().regex(/^[0-9a-f]{32}$/), organisation: name })),
      ...making,
    }),
  ),
  /** Roles she asks for and nobody let her have yet, as she signed it. */
  asked: z.array(z.strictObject({ ...asked, signature })),
});

export const authorityContract = defineContract('authority', {
  'login.present': presentCard,
  'town.manifest': {
    summary: 'The town manifest, signed by two issuers.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ manifest: bytes({ max: 262144 }) }),
    idempotent: true,
  },
  'enrolment.claim': {
    summary: 'Makes an administrator of whoever has a one-time code: another administrator’s, or the one the authority was started with.',
    caller: 'anyone',
    body: 'cbor',
    /** The public half of the code's key, and the card signed with the other. */
    input: z.strictObject({ invitation: bytes({ length: 32 }), acceptance: signature, name, organisation: name, card }),
    output: z.strictObject({ card }),
  },
  'enrolment.invite': {
    summary: 'An administrator signed the public half of a one-time code for another administrator.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ invitation: bytes({ length: 32 }), signature }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'enrolment.office': {
    summary: 'An administrator asks for which organisation she signs, and for the issuers’ words for that.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ organisation: name, words: z.array(officeWords.element).max(3) }),
    idempotent: true,
  },
  'enrolment.reviewers': {
    summary:
      'The administrators who sign for an organisation, with the issuers’ words for that: whom a doctor tells why she broke a glass.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ organisation: id }),
    output: z.strictObject({ administrators: z.array(z.strictObject({ card, words: officeWords })).max(16) }),
    idempotent: true,
  },
  'enrolment.organisation': {
    summary: 'An administrator admits an organisation: it gets a domain, a label key and two vouchers.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ name, card, signature }),
    output: z.strictObject({ card }),
    idempotent: true,
  },
  'enrolment.retire': {
    summary: 'An administrator ends an organisation’s domain; once two of two organisations did, the issuers make another in its place.',
    caller: 'known',
    body: 'cbor',
    /** The key of the domain that ends, as the manifest names it. */
    input: z.strictObject({ organisation: id, publicKey: bytes({ max: 4096 }), signature }),
    output: z.strictObject({ approvals: z.int(), needed: z.int(), retired: z.boolean() }),
    idempotent: true,
  },
  'enrolment.register': {
    summary: 'A doctor registers with certificate, specialty and organisation, and waits.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ card, name, certificate: name, specialty: name, organisation: name }),
    output: z.strictObject({ state: z.enum(enrolmentStates) }),
    idempotent: true,
  },
  'enrolment.ask': {
    summary: 'A registered doctor asks for a role at another organisation, signed with the keys she registered.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ doctor: id, ...asked, signature }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'enrolment.roles': {
    summary: 'A doctor looks how far her own roles are: asked for, signed by whom, made by which issuers.',
    caller: 'anyone',
    body: 'cbor',
    /** Signed for this moment, UTC seconds, with the keys she registered. */
    input: z.strictObject({ doctor: id, at: z.int(), signature }),
    output: z.strictObject({
      state: z.enum(enrolmentStates),
      reason: z.string().nullable(),
      /** What she wrote when she registered, the number of her certificate first, and when, UTC ISO time. */
      certificate: z.string(),
      specialty: name,
      organisation: name,
      registered: z.string(),
      asked: z.array(z.strictObject(asked)),
      policies: z.array(
        z.strictObject({
          organisation: id,
          policy,
          /** The administrators who signed it, by name, and their offices. */
          signers: z.array(z.strictObject({ name, organisation: name })),
          ...making,
        }),
      ),
      /** Signatures of different organisations that a policy wants. */
      needed: z.int(),
      offices,
    }),
    idempotent: true,
  },
  'enrolment.doctors': {
    summary: 'Everyone who registered, for administrators.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ state: z.enum(enrolmentStates).optional() }),
    output: z.strictObject({
      doctors: z.array(doctor),
      /** Signatures of different organisations that a policy wants. */
      needed: z.int(),
      offices,
    }),
    idempotent: true,
  },
  'enrolment.directory': {
    summary: 'The approved doctors of the town: whom a patient may want to share with.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({
      doctors: z.array(z.strictObject({ doctor: id, name, specialty: name, organisation: name, fingerprint: z.string() })),
    }),
    idempotent: true,
  },
  'teams.name': {
    summary: 'An organisation names a team of its doctors in the directory; one that follows another takes its place there.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      card,
      notice: teamNotice,
      bond: teamBond,
      name,
      /** Whether it is the whole organisation. */
      whole: z.boolean(),
      signature,
    }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'teams.list': {
    summary: 'The teams of the town: with whom a patient may want to share.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ teams: z.array(z.strictObject({ card, organisation: card, name, whole: z.boolean(), signature })) }),
    idempotent: true,
  },
  'teams.units': {
    summary: 'The units that doctors’ policies at the caller’s organisation name.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ units: z.array(policy.shape.unit) }),
    idempotent: true,
  },
  'enrolment.approve': {
    summary: 'An administrator signs a policy for a doctor; it counts once two of two organisations did.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ doctor: id, policy, time: z.int().positive(), signature }),
    output: z.strictObject({
      state: z.enum(enrolmentStates),
      approvals: z.int(),
      needed: z.int(),
      /** Where it took the place of another policy, for which she has a key: when that was issued, UTC seconds. */
      replaces: z.int().nullable(),
    }),
    idempotent: true,
  },
  'enrolment.reject': {
    summary: 'An administrator turns a doctor down, with the reason she is told, and ends her keys.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ doctor: id, reason: z.string().trim().min(1).max(500), signature, keyEnd: signature }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'enrolment.endKeys': {
    summary: 'An administrator ends keys of a doctor for an organisation that were issued before: another policy took the place of theirs.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ ...endedKeys, signature }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'enrolment.endedKeys': {
    summary: 'Which doctors’ keys were ended, as administrators signed it: for cloud and mediators, who may have been away.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({
      /** The cards of those who signed. */
      administrators: z.array(card),
      ended: z.array(z.strictObject({ ...endedKeys, by: id, signature })),
    }),
    idempotent: true,
  },
  'enrolment.standing': {
    summary:
      'How a doctor stands: pending, approved or rejected, and her vouched card. Why she was rejected is hers to ask: `enrolment.roles`.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ doctor: id }),
    output: z.strictObject({ state: z.enum(enrolmentStates), card: card.nullable() }),
    idempotent: true,
  },
  'keys.writer': {
    summary: 'What an organisation seals with, as two issuers sealed it to its card: its label key, its domain and K_pq.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({
      sealed: z.array(fromIssuer(65536)).length(2),
      /** What it seals for emergencies with, as the manifest names it; `null` where it names none. */
      emergency: emergencyDomain.nullable(),
    }),
    idempotent: true,
  },
  'keys.issue': {
    summary:
      'The keys of an approved doctor as two issuers made them, in parts for her, the cloud and a mediator, with what the cloud wants to see.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      /** The cloud's key and the mediator she knows, for keys that are made now. */
      cloud: serviceKey,
      mediator,
      /** Organisations whose key she wants made anew: its mediator is not there any more. */
      anew: z.array(id).max(64),
    }),
    output: z.strictObject({
      keys: z.array(
        z.strictObject({
          /** Of a key for emergencies the number of the organisation's emergencies. */
          organisation: id,
          emergency: z.boolean(),
          /** The organisation whose cloudlet mediates. */
          mediator: id,
          parts: z.array(z.strictObject({ issuer: z.int().min(0).max(2), ...issuedParts })).length(2),
          entitlement: bytes({ max: 262144 }),
          words: z.string(),
        }),
      ),
    }),
    idempotent: true,
  },
  'kdc.found': {
    summary: 'Has the three issuers become the town’s key servers, once, and names them in the manifest.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({}),
    idempotent: true,
  },
  'kdc.servers': {
    summary: 'The issuers’ own keys, to which what is said to them as key servers is closed; whoever asks judges them by the manifest.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ keys: z.array(bytes({ max: 2048 }).nullable()).length(3) }),
    idempotent: true,
  },
  'kdc.carry': {
    summary: 'Carries a closed request to one of the key servers, and its closed answer back.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ server: z.int().min(1).max(3), sealed: closedRequest }),
    output: z.strictObject({ sealed: closedAnswer }),
  },
  'town.witness': {
    summary: 'Names a key of an organisation as a witness of the receipts log, in the manifest.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ key: bytes({ length: 32 }), signature: bytes({ length: 64 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'town.state': {
    summary: 'Counts for the status page.',
    caller: 'anyone',
    body: 'json',
    input: z.strictObject({}),
    output: z.strictObject({
      town: z.string(),
      organisations: z.array(z.string()),
      doctors: z.strictObject({ pending: z.int(), approved: z.int(), rejected: z.int() }),
    }),
    idempotent: true,
  },
});
