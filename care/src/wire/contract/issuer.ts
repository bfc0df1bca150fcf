/**
 * What one of the town's three issuers is asked for. It believes nobody who asks: everything it acts on is signed by an
 * administrator, by another issuer or by whoever it is about, and what it hands out is signed or sealed to one card.
 *
 * @module
 */
import { z } from 'zod';
import { closedAnswer, closedRequest, emergencyDomain, issuedParts, mediator, policy, serviceKey } from './authority.ts';
import { bytes, defineContract, nothing } from './kit.ts';
import { card } from './login.ts';

const id = bytes({ length: 16 });
const name = z.string().trim().min(1).max(200);
const signature = bytes({ length: 64 });
const three = <T extends z.ZodType>(of: T) => z.array(of).length(3);

/** One issuer's word, by its place in the manifest. */
export const issuerWord = z.strictObject({ issuer: z.int().min(0).max(2), signature });

/** What an administrator signed, and who says that she may: her card, for whom she signs, and two issuers' word for that. */
export const administratorWord = z.strictObject({ card, organisation: name, office: z.array(issuerWord).max(3), signature });

/** The same of an approval, with when it was signed. */
const approvalWord = z.strictObject({ ...administratorWord.shape, time: z.int().min(0) });

/** One generation of a domain's secret: whose it is, for nobody that of the key servers, and which attempt. */
const attempt = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const generation = { organisation: id.nullable(), attempt };
const message = bytes({ max: 16384 });
const manifest = bytes({ max: 262144 });

/** A doctor's policy, whoever approved it, and to whom the parts of her key are sealed. */
const askedFor = {
  card,
  policy,
  approvals: z.array(approvalWord).max(16),
  /** UTC seconds: which periods the key names depends on the day, and the issuers have to agree on it. */
  issued: z.int(),
  /** As two issuers signed it: one that was not asked for its word has not seen what it names. */
  manifest,
  cloud: serviceKey,
  mediator,
};
const issuedPart = z.strictObject({ ...issuedParts, formula: z.string().max(65536), notAfter: z.int(), signature });

export const issuerContract = defineContract('issuer', {
  'town.keys': {
    summary: 'Its public keys, the one vouching for the other, and what people call it.',
    caller: 'anyone',
    body: 'cbor',
    input: nothing,
    output: z.strictObject({ keys: bytes({ max: 2048 }), title: name }),
    idempotent: true,
  },
  'town.found': {
    summary: 'Signs the town’s first manifest, once: a town of these three issuers.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ town: name, issuers: three(bytes({ max: 2048 })) }),
    output: z.strictObject({ signature }),
    idempotent: true,
  },
  'town.take-over': {
    summary: 'Takes its place, its signing key and its shares in a town that was made before issuers ran apart, sealed to it.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ sealed: bytes({ max: 524288 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'town.sign': {
    summary: 'Signs a manifest that follows from the last one it signed, names no domain it did not make and no witness unasked.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({
      manifest,
      /** The organisations' words for the witnesses of the receipts log. */
      witnesses: z.array(z.strictObject({ card, signature })).max(256),
      /** The security domains of emergencies it names, and what the issuers of their authorities signed. */
      emergencies: z.array(z.strictObject({ organisation: id, domain: emergencyDomain, words: z.array(signature).length(2) })).max(1000),
    }),
    output: z.strictObject({ signature }),
    idempotent: true,
  },
  'town.emergency': {
    summary: 'Its authority for an organisation’s emergencies: of the first issuer the hospital’s, of the second the emergency office’s.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ organisation: id }),
    output: z.strictObject({ authority: bytes({ max: 4096 }), signature }),
    idempotent: true,
  },
  'enrolment.administrator': {
    summary: 'Vouches for an administrator: the first one, or whom those who may invite her did.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({
      card,
      organisation: name,
      /** Signed by one of her own organisation, or by two of two others where it has no administrator yet. */
      invitation: z.strictObject({ key: bytes({ length: 32 }), acceptance: signature, by: z.array(administratorWord).max(8) }),
    }),
    output: z.strictObject({ voucher: signature, office: signature }),
    idempotent: true,
  },
  'enrolment.organisation': {
    summary: 'Vouches for an organisation that an administrator admitted.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ card, name, by: administratorWord }),
    output: z.strictObject({ voucher: signature }),
    idempotent: true,
  },
  'enrolment.retire': {
    summary: 'Administrators of two organisations ended an organisation’s domain: nothing is issued under it, and another may be made.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ organisation: id, publicKey: bytes({ max: 4096 }), by: z.array(administratorWord).max(16) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'enrolment.doctor': {
    summary: 'Vouches for a doctor whose policy administrators of two organisations approved.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ card, policy, approvals: z.array(approvalWord).max(16) }),
    output: z.strictObject({ voucher: signature }),
    idempotent: true,
  },
  'enrolment.reject': {
    summary: 'An administrator turned a doctor down: from now on nothing is issued to her.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ doctor: id, reason: z.string().trim().min(1).max(500), by: administratorWord }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'generation.standing': {
    summary: 'With which attempt it goes on, and by which one it made what it uses, if it uses any.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ organisation: id.nullable() }),
    output: z.strictObject({ used: attempt.nullable(), next: attempt }),
    idempotent: true,
  },
  'generation.promise': {
    summary:
      'The first word of an attempt: a promise of what it will show. Where it has shown what it promised in another, it wants to hear that another issuer does not go on with that one.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({
      ...generation,
      /** What other issuers promised in this attempt, or in one that cannot go on. */
      heard: z.array(message).max(6).optional(),
    }),
    output: z.strictObject({ promise: message }),
    idempotent: true,
  },
  'generation.reveal': {
    summary: 'Shows what it promised, once it has everybody’s promise, with a share sealed to each issuer.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ ...generation, promises: three(message) }),
    output: z.strictObject({ opening: message, shares: three(message) }),
    idempotent: true,
  },
  'generation.conclude': {
    summary: 'Puts its share together and signs what was said in the open, or names whose words do not fit.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ ...generation, openings: three(message), shares: three(message) }),
    output: z.discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('made'), domain: bytes({ max: 4096 }), signature }),
      z.strictObject({ kind: z.literal('blame'), issuer: z.int().min(0).max(2), because: z.enum(['promise', 'opening', 'share']) }),
    ]),
    idempotent: true,
  },
  'generation.confirm': {
    summary: 'Takes the domain into use, once all three signed the same; in the place of another only if the manifest names this one.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ ...generation, signatures: three(signature), manifest: manifest.optional() }),
    output: z.strictObject({ domain: bytes({ max: 4096 }) }),
    idempotent: true,
  },
  'kdc.answer': {
    summary:
      'Its answer as a key server to a closed request: to lay or end a grant, or for its parts of the keys of nodes; closed as well.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ sealed: closedRequest }),
    output: z.strictObject({ sealed: closedAnswer }),
  },
  'keys.writer': {
    summary: 'What an organisation seals with, sealed to its card.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ card }),
    output: z.strictObject({ sealed: bytes({ max: 65536 }) }),
    idempotent: true,
  },
  'keys.issue': {
    summary:
      'This issuer’s part of a doctor’s key in three, for her, the cloud and a mediator, and its word for what the cloud may see of it.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject(askedFor),
    output: issuedPart,
    idempotent: true,
  },
  'keys.emergency': {
    summary: 'Its authority’s key for emergencies in three parts, for a doctor whose policy lets her break the glass.',
    caller: 'anyone',
    body: 'cbor',
    input: z.strictObject({ ...askedFor, domain: emergencyDomain }),
    output: issuedPart,
    idempotent: true,
  },
});
