/**
 * Breaking the glass: in an emergency a doctor opens more of one patient's chart than her role reaches, for hours, and says why.
 *
 * Her key for that is one of two authorities who must agree, the hospital and the emergency office (kp-abe.md §6, §7), and open
 * nothing by itself. Cloud and mediator do their part of it once they have her signed word: whose chart, which parts, from when
 * until when. Her reason is sealed to the chart's owner, to the hospital that wrote it and to each administrator who signs for that
 * hospital, and is bound by that word.
 *
 * ```
 * signed = ["carelet/v1/sharing/break-glass", town, number, pat, doctor, organisation, parts, since, until, SHA-256(reasons)]
 * reason = cbor([text]) padded to 1,024 bytes, context ["carelet/v1/sharing/break-glass-reason", town, number, pat, doctor, to]
 *          to: "owner", "hospital", or the number of an administrator's card
 * noted  = ["carelet/v1/cloud/break-glass", SHA-256(word)], by the key of the cloud's receipts log
 * review = ["carelet/v1/sharing/break-glass-review", town, number, pat, doctor, verdict, at]
 *          by the hospital, or by an administrator for whom two issuers say that she signs for it
 * ```
 *
 * [Note: The cloud's word first] A mediator asks for the cloud's signed word that it noted the emergency and tells the patient. A
 * cloud that keeps it back afterwards has signed against itself.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor, utf8 } from '../algebra/bytes.ts';
import { hashOf, kdf, sha256 } from '../algebra/hash.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';
import { openWith, sealTo } from '../ntru/hybrid.ts';

/** A doctor's word that she breaks the glass. */
export type BreakGlass = {
  /** Founding hash of the town, 32 bytes: a word of one town counts in no other. */
  readonly town: Bytes;
  /** Its number, 16 bytes. */
  readonly number: Bytes;
  readonly pat: Bytes;
  /** Card ids: hers, and the hospital's that wrote the chart. */
  readonly doctor: Bytes;
  readonly organisation: Bytes;
  /** Parts of the chart, ascending, each once. */
  readonly parts: readonly string[];
  /** UTC seconds. */
  readonly since: number;
  readonly until: number;
  /** SHA-256 over all sealed reasons. */
  readonly reasons: Bytes;
};

/** Her word as it travels, signed. */
export type SignedBreakGlass = BreakGlass & { readonly signature: Bytes };

/** Whom she always tells why. */
type Told = 'owner' | 'hospital';
/** To whom she says why: to an administrator by the number of her card. */
export type ReasonFor = Told | Bytes;
export type SealedReasons = Readonly<Record<Told, Bytes>> & {
  readonly administrators: { readonly administrator: Bytes; readonly sealed: Bytes }[];
};

/** The most administrators of a hospital who are told why. */
export const mostReviewers = 16;

export const verdicts = ['justified', 'not-justified'] as const;
/** What the hospital says of it afterwards. */
export type Verdict = (typeof verdicts)[number];

/** The longest that a glass stays broken, seconds. */
export const longestBreak = 4 * 3600;

const label = 'carelet/v1/sharing/break-glass';
const notedLabel = 'carelet/v1/cloud/break-glass';
const reviewLabel = 'carelet/v1/sharing/break-glass-review';
const reasonLength = 1024;

/** The most bytes of UTF-8 a reason may have. */
export const longestReason = 1000;

/** The length of every sealed reason. */
export const sealedReasonLength = 1262 + reasonLength + 16;

/** K_pq of an organisation's emergencies, 32 bytes, from that of its domain. */
export const emergencyPq = (pq: Bytes): Bytes => kdf(pq, 'carelet/v1/sharing/emergency-pq', []);

/** SHA-256 over all sealed reasons. */
export const hashOfReasons = ({ owner, hospital, administrators }: SealedReasons): Bytes =>
  hashOf('carelet/v1/sharing/break-glass-reasons', owner, hospital, ...administrators.map((one) => [one.administrator, one.sealed]));

const signedParts = ({ town, number, pat, doctor, organisation, parts, since, until, reasons }: BreakGlass): Cbor[] => [
  town,
  number,
  pat,
  doctor,
  organisation,
  [...parts],
  since,
  until,
  reasons,
];

/**
 * Signs a doctor's word.
 *
 * @throws {TypeError} on a word that could not be read back
 */
export function signBreakGlass(secret: Bytes, word: BreakGlass): SignedBreakGlass {
  if (!isSound(word)) throw new TypeError('not a word that the glass is broken');
  return { ...word, signature: sign(secret, label, signedParts(word)) };
}

/** Whether this doctor signed it. */
export const verifyBreakGlass = (doctor: Bytes, word: SignedBreakGlass): boolean =>
  verify(doctor, label, signedParts(word), word.signature);

export const encodeBreakGlass = (word: SignedBreakGlass): Bytes => cbor([...signedParts(word), word.signature]);

/** Reads a word strictly; `null` when it is none. Reading is not believing. */
export function decodeBreakGlass(bytes: Bytes): SignedBreakGlass | null {
  try {
    const items = uncbor(bytes);
    if (!Array.isArray(items) || items.length !== 10) return null;
    const [town, number, pat, doctor, organisation, parts, since, until, reasons, signature] = items as never[];
    const word = { town, number, pat, doctor, organisation, parts, since, until, reasons };
    return isSound(word) && isBytes(signature, 64) ? { ...word, signature } : null;
  } catch {
    return null;
  }
}

function isSound({ town, number, pat, doctor, organisation, parts, since, until, reasons }: BreakGlass): boolean {
  return (
    [town, reasons].every((one) => isBytes(one, 32)) &&
    [number, pat, doctor, organisation].every((one) => isBytes(one, 16)) &&
    Array.isArray(parts) &&
    parts.length > 0 &&
    parts.length <= 8 &&
    parts.every((part, i) => typeof part === 'string' && part.length <= 8 && (i === 0 || parts[i - 1]! < part)) &&
    [since, until].every((time) => Number.isSafeInteger(time) && time >= 0) &&
    until > since &&
    until - since <= longestBreak
  );
}

const reasonContext = ({ town, number, pat, doctor }: Pick<BreakGlass, 'town' | 'number' | 'pat' | 'doctor'>, to: ReasonFor): Bytes =>
  cbor(['carelet/v1/sharing/break-glass-reason', town, number, pat, doctor, to]);

/**
 * Seals why she does it, to all who may read it.
 *
 * @param keys hybrid public keys of the chart's owner, of its hospital, and of administrators who sign for it
 * @throws {TypeError} on a reason that is empty or too long
 */
export function sealReasons(
  place: Pick<BreakGlass, 'town' | 'number' | 'pat' | 'doctor'>,
  reason: string,
  keys: Readonly<Record<Told, Bytes>> & { readonly administrators?: readonly { readonly id: Bytes; readonly hybridPk: Bytes }[] },
  random: Random = systemRandom,
): SealedReasons {
  const text = utf8(reason.normalize('NFC'));
  if (text.length === 0 || text.length > longestReason) throw new TypeError(`a reason has 1 to ${longestReason} bytes`);
  const message = new Uint8Array(reasonLength);
  const content = cbor([reason.normalize('NFC')]);
  message.set(content);
  message[content.length] = 0x80;
  const sealed = (key: Bytes, to: ReasonFor) => sealTo(key, reasonContext(place, to), message, random);
  return {
    owner: sealed(keys.owner, 'owner'),
    hospital: sealed(keys.hospital, 'hospital'),
    administrators: (keys.administrators ?? []).map(({ id, hybridPk }) => ({ administrator: id, sealed: sealed(hybridPk, id) })),
  };
}

/** Opens a reason that was sealed to oneself; `null` for whatever is not this word's. */
export function openReason(secret: Bytes, word: BreakGlass, to: ReasonFor, sealed: SealedReasons): string | null {
  const bytes = typeof to === 'string' ? sealed[to] : sealed.administrators.find((one) => equalPublic(one.administrator, to))?.sealed;
  if (bytes?.length !== sealedReasonLength || !equalPublic(hashOfReasons(sealed), word.reasons)) return null;
  const message = openWith(secret, reasonContext(word, to), bytes);
  if (!message) return null;
  let end = message.length - 1;
  while (end > 0 && message[end] === 0) end--;
  if (message[end] !== 0x80) return null;
  try {
    const items = uncbor(message.subarray(0, end));
    return Array.isArray(items) && items.length === 1 && typeof items[0] === 'string' ? items[0] : null;
  } catch {
    return null;
  }
}

/** The cloud's word that it noted a broken glass. */
export const signNoted = (logSecret: Bytes, word: Bytes): Bytes => sign(logSecret, notedLabel, [sha256(word)]);
export const verifyNoted = (log: Bytes, word: Bytes, signature: Bytes): boolean => verify(log, notedLabel, [sha256(word)], signature);

type Reviewed = Pick<BreakGlass, 'town' | 'number' | 'pat' | 'doctor'>;

/** What is said of it afterwards, and when, UTC seconds: of two the later counts. */
export type Review = { readonly verdict: Verdict; readonly at: number };

const reviewParts = ({ town, number, pat, doctor }: Reviewed, { verdict, at }: Review): Cbor[] => [town, number, pat, doctor, verdict, at];

/** Signs what the hospital says of it afterwards. */
export const signReview = (secret: Bytes, reviewed: Reviewed, review: Review): Bytes =>
  sign(secret, reviewLabel, reviewParts(reviewed, review));

/** @param reviewer the key of the hospital, or of an administrator who signs for it */
export const verifyReview = (reviewer: Bytes, reviewed: Reviewed, review: Review, signature: Bytes): boolean =>
  verify(reviewer, reviewLabel, reviewParts(reviewed, review), signature);
