/**
 * A grant: what a patient signs when she lets a doctor read, as cloud and mediator see it.
 *
 * They learn who may, in which chart, until when and through which mediator, and the hash of a letter; what it is about
 * stands in the letter, which is sealed to the doctor. A grant ends with `notAfter`, or with an end the patient signs.
 *
 * ```
 * grant = ["carelet/v1/sharing/grant", grant, pat, doctor, mediator, issued, notAfter, letterHash]
 * end   = ["carelet/v1/sharing/grant-end", grant, pat]
 * ```
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';

export type Grant = {
  /** Its number, 16 bytes. */
  readonly grant: Bytes;
  readonly pat: Bytes;
  /** Card ids of the doctor, and of the organisation whose cloudlet mediates. */
  readonly doctor: Bytes;
  readonly mediator: Bytes;
  /** UTC seconds. */
  readonly issued: number;
  readonly notAfter: number;
  /** SHA-256 of the letter, sealed. */
  readonly letterHash: Bytes;
};

const label = 'carelet/v1/sharing/grant';
const endLabel = 'carelet/v1/sharing/grant-end';

const parts = ({ grant, pat, doctor, mediator, issued, notAfter, letterHash }: Grant): Cbor[] => [
  grant,
  pat,
  doctor,
  mediator,
  issued,
  notAfter,
  letterHash,
];

/** The hash that binds a sealed letter to its grant. */
export const hashOfLetter = (letter: Bytes): Bytes => sha256(letter);

/** What a letter is sealed to its doctor under. */
export const letterContext = (grant: Bytes): Bytes => cbor(['carelet/v1/sharing/letter', grant]);

/** Signs a grant as the chart's owner. */
export const signGrant = (secret: Bytes, grant: Grant): Bytes => cbor([...parts(grant), sign(secret, label, parts(grant))]);

/** Reads a grant that this owner signed; `null` for anything else. */
export function readGrant(bytes: Bytes, owner: Bytes): Grant | null {
  let items: Cbor;
  try {
    items = uncbor(bytes);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 8) return null;
  const [grant, pat, doctor, mediator, issued, notAfter, letterHash, signature] = items as readonly Cbor[];
  const ids = [grant, pat, doctor, mediator].every((id) => isBytes(id, 16));
  const times = [issued, notAfter].every((time) => Number.isSafeInteger(time) && (time as number) >= 0);
  if (!ids || !times || !isBytes(letterHash, 32) || !isBytes(signature, 64)) return null;
  const read = { grant, pat, doctor, mediator, issued, notAfter, letterHash } as Grant;
  return verify(owner, label, parts(read), signature) ? read : null;
}

/** Signs the end of a grant. */
export const signEnd = (secret: Bytes, { grant, pat }: Pick<Grant, 'grant' | 'pat'>): Bytes => sign(secret, endLabel, [grant, pat]);

export const verifyEnd = (owner: Bytes, { grant, pat }: Pick<Grant, 'grant' | 'pat'>, signature: Bytes): boolean =>
  verify(owner, endLabel, [grant, pat], signature);
