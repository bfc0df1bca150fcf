/**
 * A shared grant: what a patient signs when she lets somebody read through the key distribution servers, as cloud and servers
 * see it. No clinic mediates; the servers do, each for itself.
 *
 * ```
 * grant = ["carelet/v1/kdc/grant", grant, pat, owner, reader, issued, notAfter, letterHash]
 * end   = ["carelet/v1/kdc/grant-end", grant, pat]
 * ```
 *
 * [Note: What a server answers for] Not for a node alone, but for (owner, chart, grant, node), hashed to the 16 bytes it puts into
 * the function. A server cannot know whose a node is. Were its answer the same for all, whoever kept what she was given could sign
 * a grant of her own that names another's nodes, and ask on. This way her grants give keys of hers, under which nothing of
 * anybody else's was sealed.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, equalPublic, uncbor } from '../algebra/bytes.ts';
import { hashOf, sha256 } from '../algebra/hash.ts';
import { sign, verify } from '../algebra/sign.ts';
import { isBytes } from '../algebra/strict.ts';

/** Which grant of whom it is, in which chart. */
export type GrantName = {
  /** Its number, 16 bytes. */
  readonly grant: Bytes;
  readonly pat: Bytes;
  /** The card number of whoever gave it. */
  readonly owner: Bytes;
};

export type SharedGrant = GrantName & {
  /** The card number of whoever is let read. */
  readonly reader: Bytes;
  /** UTC seconds. */
  readonly issued: number;
  readonly notAfter: number;
  /** SHA-256 of the letter, sealed to the reader. */
  readonly letterHash: Bytes;
};

const label = 'carelet/v1/kdc/grant';
const endLabel = 'carelet/v1/kdc/grant-end';

const parts = ({ grant, pat, owner, reader, issued, notAfter, letterHash }: SharedGrant): Cbor[] => [
  grant,
  pat,
  owner,
  reader,
  issued,
  notAfter,
  letterHash,
];

/** The hash that binds a sealed letter to its grant. */
export const hashOfLetter = (letter: Bytes): Bytes => sha256(letter);

/** What a letter is sealed to its reader under. */
export const letterContext = ({ grant, pat, owner }: GrantName): Bytes => cbor(['carelet/v1/kdc/letter', grant, pat, owner]);

/** Signs a shared grant as the chart's owner. */
export const signGrant = (secret: Bytes, grant: SharedGrant): Bytes => cbor([...parts(grant), sign(secret, label, parts(grant))]);

/** Reads a shared grant that this card signed for itself; `null` for anything else. */
export function readGrant(bytes: Bytes, signer: { readonly id: Bytes; readonly edVk: Bytes }): SharedGrant | null {
  let items: Cbor;
  try {
    items = uncbor(bytes);
  } catch {
    return null;
  }
  if (!Array.isArray(items) || items.length !== 8) return null;
  const [grant, pat, owner, reader, issued, notAfter, letterHash, signature] = items;
  const sound =
    [grant, pat, owner, reader].every((id) => isBytes(id, 16)) &&
    Number.isSafeInteger(issued) &&
    Number.isSafeInteger(notAfter) &&
    (issued as number) < (notAfter as number) &&
    isBytes(letterHash, 32) &&
    isBytes(signature, 64);
  if (!sound) return null;
  const read = { grant, pat, owner, reader, issued, notAfter, letterHash } as SharedGrant;
  return equalPublic(read.owner, signer.id) && verify(signer.edVk, label, parts(read), signature as Bytes) ? read : null;
}

/** Whose a grant is that was read before. */
export const ownerOf = (bytes: Bytes): Bytes => (uncbor(bytes) as Cbor[])[2] as Bytes;

/** Signs the end of a shared grant. */
export const signEnd = (secret: Bytes, { grant, pat }: Omit<GrantName, 'owner'>): Bytes => sign(secret, endLabel, [grant, pat]);

export const verifyEnd = (owner: Bytes, { grant, pat }: Omit<GrantName, 'owner'>, signature: Bytes): boolean =>
  verify(owner, endLabel, [grant, pat], signature);

/** What a server keeps a grant under. */
export const nameOfGrant = ({ grant, pat, owner }: GrantName): Bytes => hashOf('carelet/v1/kdc/grant-name', owner, pat, grant).slice(0, 16);

/** What the servers answer for where a node of a grant is asked for: see [Note: What a server answers for]. */
export const placeOf = ({ grant, pat, owner }: GrantName, nodeId: Bytes): Bytes =>
  hashOf('carelet/v1/kdc/node', owner, pat, grant, nodeId).slice(0, 16);
