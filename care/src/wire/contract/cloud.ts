/**
 * What the cloud is asked for, and by whom. Every byte string here is sealed, signed or a pseudonym.
 *
 * @module
 */
import { z } from 'zod';
import { parts } from '../../model/record.ts';
import { keyEnd } from './key-end.ts';
import { bytes, defineContract } from './kit.ts';
import { card, presentCard } from './login.ts';
import { officeWords } from './office.ts';

const id = bytes({ length: 16 });
const hash = bytes({ length: 32 });
const part = z.enum(parts);

export const row = z.strictObject({
  rowId: id,
  version: z
    .int()
    .min(1)
    .max(2 ** 31 - 1),
  nodeId: id,
  kc: hash,
  mark: hash,
  ct: bytes({ max: 16 * 1024 * 1024 }),
});

/** A row on its way up, with the version its writer saw before; 0 for none. */
const rowUp = row.extend({ base: z.int().min(0) });

const link = z.strictObject({ nodeId: id, parent: bytes({ max: 16 }) });

export const wrap = z.strictObject({
  nodeId: id,
  kind: z.enum(['owner', 'policy', 'emergency', 'consent', 'shared']),
  gen: z.int().min(0),
  /**
   * The organisation whose domain a policy wrap is sealed for, the number of its emergencies, the name of a consent's scope, or the
   * number of a grant through the key servers; empty for the owner's.
   */
  domain: bytes({ max: 16 }),
  body: bytes({ max: 65536 }),
  maker: id,
  signature: bytes({ length: 64 }),
});

export const postingSeal = z.strictObject({
  postingId: id,
  writer: id,
  pat: id,
  part,
  root: hash,
  nodeCount: z.int().min(1),
  links: hash,
  signature: bytes({ length: 64 }),
});

/** A chart, and its writer's signature that it is this owner's. */
const chart = z.strictObject({ pat: id, writer: id, owner: id, deed: bytes({ length: 64 }) });

/** What a patient signs and publishes, as `crypto/pre` and `crypto/records/scope` make it. */
const delegate = bytes({ max: 512 });
const scopeState = bytes({ max: 131072 });
const grant = bytes({ max: 512 });
/** Sealed to whoever is let read: what the grant is about. */
const letter = bytes({ max: 2 * 1024 * 1024 });

/** What an organisation signs of a team of its doctors, as `crypto/cards/team` makes it. */
export const teamNotice = bytes({ max: 32768 });
/** A team's secret for its members, sealed. */
const teamMembers = bytes({ max: 32768 });

/** A doctor's request, sealed: all of them have one length, as `crypto/pre/requests` makes them. */
const sealedRequest = bytes({ length: 5374 });
const answerSignature = bytes({ length: 64 });

/** A doctor's signed word that she breaks the glass, as `crypto/ma-kp-abe/break-glass` makes it. */
export const breakGlassWord = bytes({ max: 512 });
/** Why, sealed to the chart's owner, to its hospital and to administrators who sign for that: all of one length. */
const reason = bytes({ length: 2302 });
const reasons = z.strictObject({
  owner: reason,
  hospital: reason,
  administrators: z.array(z.strictObject({ administrator: id, sealed: reason })).max(16),
});
/** As `crypto/records/limits` makes it. */
const limitsState = bytes({ max: 16_384 });
const verdict = z.enum(['justified', 'not-justified']);
/** What is said of a broken glass afterwards, when (UTC seconds), signed. */
const review = { verdict, at: z.int().min(0), signature: bytes({ length: 64 }) };

/** The cloud's signature that the receipt of this act or answer will be in its log within a minute. */
const promise = bytes({ max: 512 }).optional();

/** A signed note, as `crypto/receipts` makes it. */
const checkpoint = bytes({ max: 16_384 });
const path = z.array(hash).max(64);

/** The newest checkpoint, that it goes on from the one the caller saw, and the last one a witness signed, which it goes on from too. */
const head = z.strictObject({
  note: checkpoint,
  path,
  witnessed: z.strictObject({ note: checkpoint, path }).nullable(),
});

/** A checkpoint that a patient's device signed, its key, and her card's word for that. */
const deviceSigned = z.strictObject({ note: checkpoint, key: hash, voucher: bytes({ length: 64 }) });

/** How many leaves the log had when the caller last looked; 0 if he never did. */
const seen = z.int().min(0);

/** Where a caller is in the changes: sealed for him by the cloud, which alone reads it, and only until it restarts. */
const place = bytes({ length: 36 });

/** The most nodes that one change names. */
export const nodesInChange = 500;

const transformPart = z.strictObject({ issuer: z.int().min(0).max(2), sealed: bytes({ max: 262144 }) });

const change = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('here'), at: place }),
  z.strictObject({ kind: z.literal('lost'), at: place }),
  z.strictObject({ kind: z.literal('changed'), at: place, pat: id, part: part.nullable(), nodes: z.array(id).max(nodesInChange) }),
]);

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
  'records.openChart': {
    summary: 'A writer opens a chart for a patient whose card it names.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, owner: id, deed: bytes({ length: 64 }) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'records.linkChart': {
    summary: 'A writer hands a cradle chart to the patient, with owner wraps made anew.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, owner: id, deed: bytes({ length: 64 }), wraps: z.array(wrap.extend({ part })).max(5000) }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'records.charts': {
    summary: 'The charts the caller owns, writes, or may open something of.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ charts: z.array(chart) }),
    idempotent: true,
  },
  'records.versions': {
    summary: 'The latest versions of rows, for their writer: what an interrupted import already brought.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, part, rowIds: z.array(id).max(5000) }),
    output: z.strictObject({ versions: z.array(z.int().min(0)) }),
    idempotent: true,
  },
  'records.wrapped': {
    summary: 'Which of these nodes already carry a wrap of this kind and domain, for their writer or owner.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      kind: z.enum(['owner', 'policy']),
      domain: bytes({ max: 16 }),
      /** The id of the KP-ABE domain the wraps are for: those of one it had before do not count. */
      sealedFor: id.optional(),
      nodes: z.array(id).max(5000),
    }),
    output: z.strictObject({ wrapped: z.array(z.boolean()) }),
    idempotent: true,
  },
  'sharing.consented': {
    summary: 'Which of these nodes already carry a wrap for the scope named beside them, for their writer or owner.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, nodes: z.array(z.strictObject({ nodeId: id, scope: id })).max(5000) }),
    output: z.strictObject({ wrapped: z.array(z.boolean()) }),
    idempotent: true,
  },
  'records.post': {
    summary: 'Lays one signed batch on a shelf: all of it or nothing.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      posting: postingSeal,
      rows: z.array(rowUp).min(1).max(5000),
      links: z.array(link).max(20000),
      wraps: z.array(wrap).max(5000),
    }),
    output: z.strictObject({ stored: z.int().min(0), already: z.boolean(), promise }),
    idempotent: true,
    limit: 64 * 1024 * 1024,
  },
  'records.nodes': {
    summary: 'The nodes of a chart the caller may open, with the wraps that open them.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ nodes: z.array(link.extend({ part })), wraps: z.array(wrap.extend({ part })) }),
    idempotent: true,
  },
  'records.rows': {
    summary: 'Rows of nodes, in pages of whole rows.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      part,
      nodes: z.array(id).min(1).max(20000),
      after: z.strictObject({ nodeId: id, rowId: id, version: z.int() }).optional(),
    }),
    output: z.strictObject({ rows: z.array(row.extend({ postingId: id })), more: z.boolean(), promise }),
    idempotent: true,
  },
  'records.proofs': {
    summary: 'What proves that the rows of nodes are all there and were posted by their writer.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, part, nodes: z.array(id).min(1).max(20000) }),
    output: z.strictObject({
      postings: z.array(
        postingSeal.extend({
          nodes: z.array(z.strictObject({ nodeId: id, index: z.int().min(0), path: z.array(hash).max(31) })),
        }),
      ),
    }),
    idempotent: true,
  },
  // First comes `here`, or `lost` when what came after the given place is no longer known: then everything may have
  // changed. `changed` names nodes in the caller's sight (what hangs below one may be new to him as well); with no part
  // and no nodes it means the chart itself, or more nodes than it names.
  'records.changes': {
    summary: 'Tells that something new lies in a chart the caller may see, while it happens.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ after: place.optional() }),
    output: change,
    stream: true,
  },
  'sharing.service': {
    summary: 'The key to which issuers seal this cloud’s part of doctors’ keys, signed with the key of its receipts log.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ key: bytes({ max: 2048 }) }),
    idempotent: true,
  },
  'sharing.enter': {
    summary: 'A doctor shows what the issuers entitled her to, with the cloud’s part of her key; the cloud serves no node beyond it.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      entitlement: bytes({ max: 262144 }),
      /** As two issuers sealed them to this cloud; none once it has them. */
      transforms: z.union([z.array(transformPart).length(2), z.array(transformPart).length(0)]),
    }),
    output: z.strictObject({
      /** E^{α/z} of each, in the order of the issuers' places: what she checks her factors by. */
      bases: z.array(bytes({ length: 576 })).length(2),
    }),
    idempotent: true,
    limit: 1024 * 1024,
  },
  'sharing.transform': {
    summary: 'Transforms wraps for a role with the cloud’s part of a doctor’s key: what her mediator goes on with.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, organisation: id, nodes: z.array(id).min(1).max(100) }),
    output: z.strictObject({
      /** Of each node 576 bytes for each issuer of the key, in the order of their places; nothing where a wrap is malformed. */
      transformed: z.array(bytes({ max: 1152 })),
      promise,
    }),
    idempotent: true,
  },
  'sharing.endKeys': {
    summary: 'An administrator ended a doctor’s keys: this cloud’s part of them is gone when this is answered.',
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
  'sharing.wrap': {
    summary: 'The patient adds wraps (and the nodes they stand on) to a chart of her own.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, part, links: z.array(link).max(20000), wraps: z.array(wrap).max(5000) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'sharing.forgetRetired': {
    summary: 'An organisation has made its wraps anew: those for domains it had before are gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    /** The id of the domain it has. */
    input: z.strictObject({ sealedFor: id }),
    output: z.strictObject({ forgotten: z.int() }),
    idempotent: true,
  },
  'sharing.delegate': {
    summary: 'A doctor, or a patient who cares for another, lays down her half of whatever key she will be given by consent.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ delegate }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.delegates': {
    summary: 'The halves of doctors, and their cards, for whoever wants to share with them; those of patients are for patients only.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ doctors: z.array(id).max(100) }),
    output: z.strictObject({ delegates: z.array(z.strictObject({ delegate, card })) }),
    idempotent: true,
  },
  'sharing.publish': {
    summary: 'The patient publishes scope states of a chart of hers: under which keys to seal for whoever she lets read.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      states: z.array(scopeState).min(1).max(100),
      /** Her K_pq for the chart's writer, sealed to it. */
      letter: bytes({ max: 4096 }),
    }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'sharing.scopes': {
    summary: 'The scope states of a chart, for its writer and its owner, in the order they follow one another.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ states: z.array(scopeState), letter: bytes({ max: 4096 }).nullable() }),
    idempotent: true,
  },
  'sharing.grant': {
    summary: 'The patient lets a doctor read: the grant she signed, its letter, and a re-encryption key for each scope.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      grant,
      letter,
      rekeys: z.array(bytes({ max: 512 })).max(20000),
      /** The doctor's request that is granted with it, and the patient's word that it is: both at once or neither. */
      answers: z.strictObject({ pat: id, request: id, signature: answerSignature }).optional(),
    }),
    output: z.strictObject({ promise }),
    idempotent: true,
    limit: 16 * 1024 * 1024,
  },
  'sharing.end': {
    summary: 'The patient takes a grant back: its re-encryption keys are gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, grant: id, end: bytes({ length: 64 }) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'sharing.grants': {
    summary: 'The grants that hold: those the caller gave, and those she was given.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ grants: z.array(z.strictObject({ grant, letter, owner: id })) }),
    idempotent: true,
  },
  'sharing.turn': {
    summary: 'Turns wraps of scopes a doctor was granted into what the mediator of her grant makes hers.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({
      pat: id,
      grant: id,
      nodes: z
        .array(z.strictObject({ nodeId: id, scope: id }))
        .min(1)
        .max(100),
    }),
    output: z.strictObject({ turned: z.array(bytes({ max: 576 })), promise }),
    idempotent: true,
  },
  'kdc.grant': {
    summary: 'The patient lets somebody read through the key servers: the grant she signed, and its letter. Locks are laid as any others.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ grant, letter: bytes({ max: 65536 }) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'kdc.end': {
    summary: 'The patient takes a grant through the key servers back: its locks are gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, grant: id, end: bytes({ length: 64 }) }),
    output: z.strictObject({ promise }),
    idempotent: true,
  },
  'kdc.grants': {
    summary: 'The grants through the key servers that hold: those the caller gave, and those she was given.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({ grants: z.array(z.strictObject({ grant, letter: bytes({ max: 65536 }), owner: id })) }),
    idempotent: true,
  },
  'kdc.nodes': {
    summary: 'The nodes of a chart that such grants have locks for: of those the caller gave, or was given.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id }),
    output: z.strictObject({ nodes: z.array(z.strictObject({ grant: id, nodeId: id, part, gen: z.int().min(0) })) }),
    idempotent: true,
  },
  'kdc.hand': {
    summary: 'Hands out locks of such a grant to whoever is let read; what opens them the key servers make.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, grant: id, nodes: z.array(id).min(1).max(128) }),
    output: z.strictObject({
      wraps: z.array(
        z.strictObject({ nodeId: id, part, gen: z.int().min(0), body: bytes({ max: 4096 }), maker: id, signature: bytes({ length: 64 }) }),
      ),
      promise,
    }),
    idempotent: true,
  },
  'teams.lay': {
    summary: 'An organisation lays down a team of its doctors: card, notice, the team’s half, and its secret sealed to its members.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ card, notice: teamNotice, delegate, members: teamMembers }),
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
  'requests.ask': {
    summary: 'A doctor asks the owner of a chart she sees something of to let her read: sealed to the owner, and once more to herself.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, request: id, sealed: sealedRequest, own: sealedRequest }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'requests.withdraw': {
    summary: 'A doctor takes back a request that waits; its content is gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, request: id }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'requests.list': {
    summary: 'Requests that wait for the caller’s decision, and those the caller made, the newest first.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({}),
    output: z.strictObject({
      received: z.array(z.strictObject({ pat: id, request: id, doctor: id, sealed: sealedRequest })),
      made: z.array(
        z.strictObject({
          pat: id,
          owner: id,
          request: id,
          own: sealedRequest,
          /** The patient's signed word; `null` while it waits. */
          answer: z.strictObject({ word: z.enum(['granted', 'declined']), signature: answerSignature }).nullable(),
        }),
      ),
    }),
    idempotent: true,
  },
  'requests.decline': {
    summary: 'The patient declines a request; what it said is gone when this is answered.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, doctor: id, request: id, signature: answerSignature }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'limits.say': {
    summary: 'The patient limits who reads a chart of hers by any key: from now on the cloud obeys it.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, state: limitsState }),
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
  'receipts.head': {
    summary: 'The newest checkpoint of the receipts log.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ seen }),
    output: head,
    idempotent: true,
  },
  'receipts.cosign': {
    summary: 'A witness hands in a checkpoint with its signature.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ note: checkpoint }),
    output: z.strictObject({}),
    idempotent: true,
  },
  'receipts.nodes': {
    summary: 'What the map says of nodes of a chart in sight, under the newest checkpoint.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, nodes: z.array(id).min(1).max(10000), seen }),
    output: head.extend({
      proofs: z.array(bytes({ max: 16_384 })),
      /** What the device of the chart's owner signed last, and that the newest checkpoint goes on from it. */
      owner: deviceSigned.extend({ path }).nullable(),
    }),
    idempotent: true,
  },
  'receipts.sign': {
    summary: 'A patient’s device hands in the checkpoint it signed, for those who read her charts.',
    caller: 'known',
    body: 'cbor',
    input: deviceSigned,
    output: z.strictObject({}),
    idempotent: true,
  },
  'receipts.cards': {
    summary: 'The receipts of all cards under these numbers, and what the map says of each number.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ ids: z.array(id).min(1).max(100), seen }),
    output: head.extend({
      cards: z.array(
        z.strictObject({
          taken: z.array(z.strictObject({ receipt: bytes({ max: 1024 }), place: z.int().min(0), path })).max(1000),
          proof: bytes({ max: 16_384 }),
        }),
      ),
    }),
    idempotent: true,
  },
  'receipts.included': {
    summary: 'Where the log holds leaves that were promised.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ commitments: z.array(hash).min(1).max(1000), seen }),
    output: head.extend({ found: z.array(z.strictObject({ place: z.int().min(0), path }).nullable()) }),
    idempotent: true,
  },
  'receipts.list': {
    summary: 'The receipts of a chart, sealed to its owner, each with its place in the log.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, after: z.int().min(0).optional(), seen }),
    output: head.extend({
      receipts: z.array(z.strictObject({ commitment: hash, sealed: bytes({ max: 131_072 }), place: z.int().min(0), path })),
      more: z.boolean(),
    }),
    idempotent: true,
  },
  'receipts.witnessed': {
    summary: 'Proofs of leaves and nodes of a chart under the last checkpoint a witness signed, for its owner to take home.',
    caller: 'known',
    body: 'cbor',
    input: z.strictObject({ pat: id, places: z.array(z.int().min(0)).max(10000), nodes: z.array(id).max(10000) }),
    output: z.strictObject({ note: checkpoint, paths: z.array(path), proofs: z.array(bytes({ max: 16_384 })) }),
    idempotent: true,
  },
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
