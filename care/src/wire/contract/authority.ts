/**
 * What the authority is asked for: who may become what, and the keys that follow. It holds neither keys nor ciphertext: the
 * issuers make what it hands over.
 *
 * @module
 */
import { z } from 'zod';
import { confidentialities, kinds, parts, sensitivities } from '../../model/record.ts';
import { endedKeys } from './key-end.ts';
import { bytes, defineContract } from './kit.ts';
import { card, presentCard } from './login.ts';

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

/** What one issuer made of a policy, each sealed to whom it is for. */
export const issuedParts = {
  doctor: bytes({ max: 65536 }),
  cloud: bytes({ max: 262144 }),
  mediator: bytes({ max: 4096 }),
};

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
    }),
  ),
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
    summary: 'An administrator asks for which organisation she signs.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ organisation: name }),
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
  'enrolment.doctors': {
    summary: 'Everyone who registered, for administrators.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ state: z.enum(enrolmentStates).optional() }),
    output: z.strictObject({
      doctors: z.array(doctor),
      /** Signatures of different organisations that a policy wants. */
      needed: z.int(),
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
  'enrolment.approve': {
    summary: 'An administrator signs a policy for a doctor; it counts once two of two organisations did.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ doctor: id, policy, signature }),
    output: z.strictObject({
      state: z.enum(enrolmentStates),
      approvals: z.int(),
      needed: z.int(),
      /** Whether it took the place of another policy, for which she has a key. */
      replaces: z.boolean(),
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
    summary: 'How the caller stands: pending, approved or rejected, and her vouched card.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ doctor: id }),
    output: z.strictObject({ state: z.enum(enrolmentStates), reason: z.string().nullable(), card: card.nullable() }),
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
