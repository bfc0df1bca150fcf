/**
 * Asking a key distribution server, and its answer: both closed, so that whoever carries them learns neither who asks nor for what,
 * and both signed, so that he changes nothing.
 *
 * ```
 * request = sealed to the server (["carelet/v1/kdc/request-sealed", town, server]):
 *           [card, time, nonce, body, signature over ["carelet/v1/kdc/request", town, server, card number, time, nonce, body]]
 * answer  = sealed to the card   (["carelet/v1/kdc/answer-sealed", SHA-256(request)]):
 *           [body, signature over ["carelet/v1/kdc/answer", town, server, SHA-256(request), body]]
 * ```
 *
 * `town` is the founding hash of the manifest, `server` a place from 1: what was said to one server says nothing to another.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes, isBytesList } from '../algebra/strict.ts';
import { type Card, decodeCard, encodeCard } from '../cards/card.ts';
import { openWith, sealTo } from '../ntru/hybrid.ts';

/** Which server, of which town. */
export type Server = { readonly town: Bytes; readonly server: number };

/** What is asked of a server. */
export type Said =
  /** Keep a grant of mine, and that it reaches these nodes as well; whose chart it is its writer says. */
  | { readonly kind: 'lay'; readonly grant: Bytes; readonly writer: Bytes; readonly deed: Bytes; readonly nodes: readonly Bytes[] }
  /** A grant of mine is over; whose chart it is its writer says, which a server wants to hear of a grant it does not know. */
  | { readonly kind: 'end'; readonly grant: Bytes; readonly pat: Bytes; readonly end: Bytes; readonly chart?: OwnChart }
  /** Your parts of the keys of these nodes, by this grant of mine or to me. */
  | { readonly kind: 'ask'; readonly owner: Bytes; readonly pat: Bytes; readonly grant: Bytes; readonly nodes: readonly Bytes[] };

/** That a chart is one's own: the card of its writer, and its deed. */
export type OwnChart = { readonly writer: Bytes; readonly deed: Bytes };

/** What a server answers. */
export type Answered =
  /** How many nodes it knows of the grant now. */
  | { readonly kind: 'laid'; readonly nodes: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'parts'; readonly parts: readonly Bytes[] }
  | { readonly kind: 'refused'; readonly as: Refusal; readonly because: string };

export const refusals = ['denied', 'invalid', 'conflict', 'unavailable'] as const;
export type Refusal = (typeof refusals)[number];

/** How many nodes are named in one request. */
export const mostNodes = { lay: 4096, ask: 128 } as const;

/** How far the clocks of who asks and who answers may differ, in seconds. */
export const askingSkew = 300;

const requestLabel = 'carelet/v1/kdc/request';
const answerLabel = 'carelet/v1/kdc/answer';
const sealedFor = ({ town, server }: Server): Bytes => cbor(['carelet/v1/kdc/request-sealed', town, server]);
const answerContext = (request: Bytes): Bytes => cbor(['carelet/v1/kdc/answer-sealed', sha256(request)]);

/** Somebody who asks. */
export type Asking = { readonly card: Card; readonly edSk: Bytes };

/**
 * A request, closed.
 *
 * @param hybridPk of the server, as its issuer's keys say
 * @param time UTC seconds
 */
export function sayTo(at: Server, hybridPk: Bytes, { card, edSk }: Asking, said: Said, time: number, random: Random = systemRandom): Bytes {
  const [nonce, body] = [random(16), cbor(bodyOf(said))];
  const signature = sign(edSk, requestLabel, [at.town, at.server, card.id, time, nonce, body]);
  return sealTo(hybridPk, sealedFor(at), cbor([encodeCard(card), time, nonce, body, signature]), random);
}

/** A request as its server reads it: signed by the card that is in it, of which nothing else is known yet. */
export type Heard = { readonly card: Card; readonly time: number; readonly nonce: Bytes; readonly said: Said };

/** Opens a request; `null` unless it is one, for this server, signed by its card. */
export function hearSaid(at: Server, hybridSk: Bytes, request: Bytes): Heard | null {
  const content = openWith(hybridSk, sealedFor(at), request);
  if (!content) return null;
  try {
    const [bytes, time, nonce, body, signature, ...rest] = uncbor(content) as [Bytes, number, Bytes, Bytes, Bytes];
    const card = decodeCard(bytes);
    const sound = rest.length === 0 && card && Number.isSafeInteger(time) && isBytes(nonce, 16) && isBytes(signature, 64);
    if (!sound || !verify(card.edVk, requestLabel, [at.town, at.server, card.id, time, nonce, body], signature)) return null;
    const said = saidIn(uncbor(body));
    return said && { card, time, nonce, said };
  } catch {
    return null;
  }
}

/** A server's answer, closed. */
export function answerTo(at: Server, edSk: Bytes, { hybridPk }: Pick<Card, 'hybridPk'>, request: Bytes, answered: Answered): Bytes {
  const body = cbor(answerBody(answered));
  const signature = sign(edSk, answerLabel, [at.town, at.server, sha256(request), body]);
  return sealTo(hybridPk, answerContext(request), cbor([body, signature]));
}

/** Opens an answer; `null` unless this server gave it to this very request. */
export function readAnswer(at: Server, edVk: Bytes, hybridSk: Bytes, request: Bytes, answer: Bytes): Answered | null {
  const content = openWith(hybridSk, answerContext(request), answer);
  if (!content) return null;
  try {
    const [body, signature, ...rest] = uncbor(content) as [Bytes, Bytes];
    const sound = rest.length === 0 && body instanceof Uint8Array && isBytes(signature, 64);
    return sound && verify(edVk, answerLabel, [at.town, at.server, sha256(request), body], signature) ? answeredIn(uncbor(body)) : null;
  } catch {
    return null;
  }
}

function bodyOf(said: Said): Cbor {
  switch (said.kind) {
    case 'lay':
      return ['lay', said.grant, said.writer, said.deed, [...said.nodes]];
    case 'end':
      return ['end', said.grant, said.pat, said.end, ...(said.chart ? [said.chart.writer, said.chart.deed] : [])];
    case 'ask':
      return ['ask', said.owner, said.pat, said.grant, [...said.nodes]];
  }
}

function saidIn(body: Cbor): Said | null {
  if (!Array.isArray(body)) return null;
  const [kind, ...fields] = body as [string, ...Cbor[]];
  if (kind === 'lay' && fields.length === 4) {
    const [grant, writer, deed, nodes] = fields;
    const sound = grant instanceof Uint8Array && writer instanceof Uint8Array && isBytes(deed, 64) && isNodes(nodes, 'lay');
    return sound ? { kind, grant, writer, deed, nodes } : null;
  }
  if (kind === 'end' && (fields.length === 3 || fields.length === 5)) {
    const [grant, pat, end, writer, deed] = fields;
    if (!(isBytes(grant, 16) && isBytes(pat, 16) && isBytes(end, 64))) return null;
    if (fields.length === 3) return { kind, grant, pat, end };
    return writer instanceof Uint8Array && isBytes(deed, 64) ? { kind, grant, pat, end, chart: { writer, deed } } : null;
  }
  if (kind === 'ask' && fields.length === 4) {
    const [owner, pat, grant, nodes] = fields;
    const sound = isBytes(owner, 16) && isBytes(pat, 16) && isBytes(grant, 16) && isNodes(nodes, 'ask') && nodes.length > 0;
    return sound ? { kind, owner, pat, grant, nodes } : null;
  }
  return null;
}

const isNodes = (value: Cbor | undefined, kind: keyof typeof mostNodes): value is Bytes[] =>
  isBytesList(value, 16) && value.length <= mostNodes[kind];

function answerBody(answered: Answered): Cbor {
  switch (answered.kind) {
    case 'laid':
      return ['laid', answered.nodes];
    case 'ended':
      return ['ended'];
    case 'parts':
      return ['parts', [...answered.parts]];
    case 'refused':
      return ['refused', answered.as, answered.because];
  }
}

function answeredIn(body: Cbor): Answered | null {
  if (!Array.isArray(body)) return null;
  const [kind, first, second, ...rest] = body as readonly Cbor[];
  if (rest.length > 0) return null;
  if (kind === 'laid') return body.length === 2 && Number.isSafeInteger(first) ? { kind, nodes: first as number } : null;
  if (kind === 'ended') return body.length === 1 ? { kind } : null;
  if (kind === 'parts') {
    const sound = body.length === 2 && Array.isArray(first) && first.every((part) => part instanceof Uint8Array);
    return sound ? { kind, parts: first as readonly Bytes[] } : null;
  }
  const refusal = refusals.find((one) => one === first);
  return kind === 'refused' && refusal && typeof second === 'string' ? { kind, as: refusal, because: second } : null;
}
