/**
 * A request for access: what a doctor asks a patient to let her read, before there is any grant.
 *
 * Unlike a grant it opens nothing and the cloud reads nothing of it but whose it is: signed by the doctor inside, sealed to the
 * patient outside, and always of one length. Its answer is signed in the open, so that nobody answers for the patient.
 *
 * ```
 * message = cbor([request, pat, patient, doctor, asked, content, signature])
 * signed  = ["carelet/v1/sharing/request", town, request, pat, patient, doctor, asked, content]
 * context = cbor(["carelet/v1/sharing/request-sealed", town, pat, doctor, request, for])
 * answer  = ["carelet/v1/sharing/request-answer", request, pat, doctor, word]
 * ```
 *
 * The same message is sealed a second time, to the doctor herself: it is how any copy of her keyring knows what she asked.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor } from '../algebra/bytes.ts';
import { type Random, systemRandom } from '../algebra/random.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';
import { openWith, sealTo } from '../ntru/hybrid.ts';

/** Whose a request is: all of this is known to whoever opens it before it is opened. */
export type RequestPlace = {
  /** The founding hash of the town, 32 bytes: what was asked in one is asked in no other. */
  readonly town: Bytes;
  /** Its number, 16 bytes. */
  readonly request: Bytes;
  readonly pat: Bytes;
  /** Card ids of who is asked and who asks. */
  readonly patient: Bytes;
  readonly doctor: Bytes;
};

/** What is asked, in words of whoever asks, and when, UTC seconds. */
export type AccessRequest = { readonly asked: number; readonly content: Bytes };

/** Whose copy it is. */
export type RequestCopy = 'patient' | 'doctor';

export const answers = ['granted', 'declined'] as const;
export type RequestAnswer = (typeof answers)[number];

const label = 'carelet/v1/sharing/request';
const answerLabel = 'carelet/v1/sharing/request-answer';

/** Every request is padded to this, so that its size tells nothing. */
const messageLength = 4096;

/** The most bytes a content may have. */
export const longestContent = 3584;

/** The length of every sealed request: the KEM's ciphertext, the message and the tag. */
export const sealedRequestLength = 1262 + messageLength + 16;

const signedParts = ({ town, request, pat, patient, doctor }: RequestPlace, { asked, content }: AccessRequest): Cbor[] => [
  town,
  request,
  pat,
  patient,
  doctor,
  asked,
  content,
];

const context = ({ town, pat, doctor, request }: RequestPlace, copy: RequestCopy): Bytes =>
  cbor(['carelet/v1/sharing/request-sealed', town, pat, doctor, request, copy]);

/**
 * Signs a request as its doctor and seals it, for the patient and for herself.
 *
 * @param keys hybrid public keys of both
 * @throws {TypeError} on a content that is too long, or a key that cannot be one
 */
export function sealRequest(
  secret: Bytes,
  place: RequestPlace,
  asked: AccessRequest,
  keys: Readonly<Record<RequestCopy, Bytes>>,
  random: Random = systemRandom,
): Readonly<Record<RequestCopy, Bytes>> {
  if (asked.content.length > longestContent) throw new TypeError(`a request's content has at most ${longestContent} bytes`);
  const { request, pat, patient, doctor } = place;
  const signature = sign(secret, label, signedParts(place, asked));
  const message = padded(cbor([request, pat, patient, doctor, asked.asked, asked.content, signature]));
  const sealed = (copy: RequestCopy) => sealTo(keys[copy], context(place, copy), message, random);
  return { patient: sealed('patient'), doctor: sealed('doctor') };
}

/**
 * Opens one's copy of a request; `null` for whatever was not asked by this doctor of this patient in this place.
 *
 * @param doctor her key for signatures, of a card that somebody vouches for
 */
export function openRequest(secret: Bytes, place: RequestPlace, copy: RequestCopy, doctor: Bytes, sealed: Bytes): AccessRequest | null {
  if (sealed.length !== sealedRequestLength) return null;
  const opened = openWith(secret, context(place, copy), sealed);
  const message = opened && unpadded(opened);
  if (!message) return null;
  let items: Cbor;
  try {
    items = uncbor(message);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 7) return null;
  const [request, pat, patient, by, asked, content, signature] = items as readonly Cbor[];
  const ids = [
    [request, place.request],
    [pat, place.pat],
    [patient, place.patient],
    [by, place.doctor],
  ] as const;
  if (!ids.every(([said, known]) => isBytes(said, 16) && equalPublic(said, known))) return null;
  if (typeof asked !== 'number' || !Number.isSafeInteger(asked) || asked < 0) return null;
  if (!(content instanceof Uint8Array) || content.length > longestContent || !isBytes(signature, 64)) return null;
  const read = { asked, content };
  return verify(doctor, label, signedParts(place, read), signature) ? read : null;
}

type Answered = Pick<RequestPlace, 'request' | 'pat' | 'doctor'>;

/** Signs the answer to a request as its patient. */
export const signAnswer = (secret: Bytes, { request, pat, doctor }: Answered, answer: RequestAnswer): Bytes =>
  sign(secret, answerLabel, [request, pat, doctor, answer]);

export const verifyAnswer = (patient: Bytes, { request, pat, doctor }: Answered, answer: RequestAnswer, signature: Bytes): boolean =>
  verify(patient, answerLabel, [request, pat, doctor, answer], signature);

/** Message ‖ 0x80 ‖ zeros. */
function padded(message: Bytes): Bytes {
  const whole = new Uint8Array(messageLength);
  whole.set(message);
  whole[message.length] = 0x80;
  return whole;
}

function unpadded(whole: Bytes): Bytes | null {
  let end = whole.length - 1;
  while (end > 0 && whole[end] === 0) end--;
  return whole[end] === 0x80 ? whole.subarray(0, end) : null;
}
