/**
 * What issuers say to each other in a generation. Whoever carries it can neither change nor read what is not meant for him.
 *
 * @module
 */
import { type Bytes, cbor, uncbor } from '@carelet/crypto/algebra/bytes';
import { sign, verify } from '@carelet/crypto/algebra/sign';
import { isBytes } from '@carelet/crypto/algebra/strict';
import { openWith, sealTo } from '@carelet/crypto/ntru/hybrid';

/** A promise: the hash of an opening, and of what the issuer adds to the label key and K_pq. */
export type Promised = { readonly promise: Bytes; readonly addition: Bytes };

const label = {
  promise: 'carelet/v1/issuer/promise',
  opening: 'carelet/v1/issuer/opening',
  share: 'carelet/v1/issuer/share',
  transcript: 'carelet/v1/issuer/transcript',
} as const;

export const sayPromise = (edSk: Bytes, context: Bytes, from: number, { promise, addition }: Promised): Bytes =>
  cbor([promise, addition, sign(edSk, label.promise, [context, from, promise, addition])]);

/** `null` unless this issuer said it in this generation. */
export function readPromise(edVk: Bytes, context: Bytes, from: number, message: Bytes): Promised | null {
  const read = fieldsOf(message, [32, 32, 64]);
  if (!read) return null;
  const [promise, addition, signature] = read as [Bytes, Bytes, Bytes];
  return verify(edVk, label.promise, [context, from, promise, addition], signature) ? { promise, addition } : null;
}

export const sayOpening = (edSk: Bytes, context: Bytes, from: number, opening: Bytes): Bytes =>
  cbor([opening, sign(edSk, label.opening, [context, from, opening])]);

export function readOpening(edVk: Bytes, context: Bytes, from: number, message: Bytes): Bytes | null {
  const read = fieldsOf(message, [null, 64]);
  if (!read) return null;
  const [opening, signature] = read as [Bytes, Bytes];
  return verify(edVk, label.opening, [context, from, opening], signature) ? opening : null;
}

/** What one issuer says to another alone: its share, and what it adds to the label key and K_pq. */
export type Told = { readonly share: Bytes; readonly added: Bytes };

const shareContext = (context: Bytes, from: number, to: number): Bytes => cbor([label.share, context, from, to]);

/** Signed within: nobody blames an issuer for what somebody else sealed. */
export function sayShare(
  edSk: Bytes,
  hybridPk: Bytes,
  context: Bytes,
  { from, to }: { readonly from: number; readonly to: number },
  { share, added }: Told,
): Bytes {
  const signature = sign(edSk, label.share, [context, from, to, share, added]);
  return sealTo(hybridPk, shareContext(context, from, to), cbor([share, added, signature]));
}

export function readShare(
  hybridSk: Bytes,
  edVk: Bytes,
  context: Bytes,
  { from, to }: { readonly from: number; readonly to: number },
  message: Bytes,
): Told | null {
  const content = openWith(hybridSk, shareContext(context, from, to), message);
  const read = content && fieldsOf(content, [32, 32, 64]);
  if (!read) return null;
  const [share, added, signature] = read as [Bytes, Bytes, Bytes];
  return verify(edVk, label.share, [context, from, to, share, added], signature) ? { share, added } : null;
}

/** What all sign at the end. */
export type Transcript = {
  readonly transcript: Bytes;
  readonly additions: readonly Bytes[];
  readonly domain: Bytes;
  readonly issuers: Bytes;
};

const partsOf = (context: Bytes, { transcript, additions, domain, issuers }: Transcript) => [
  context,
  transcript,
  additions,
  domain,
  issuers,
];

export const signTranscript = (edSk: Bytes, context: Bytes, transcript: Transcript): Bytes =>
  sign(edSk, label.transcript, partsOf(context, transcript));

export const transcriptSignedBy = (edVk: Bytes, context: Bytes, transcript: Transcript, signature: Bytes): boolean =>
  verify(edVk, label.transcript, partsOf(context, transcript), signature);

/** Byte strings of these lengths, of any where there is none. */
function fieldsOf(bytes: Bytes, lengths: readonly (number | null)[]): readonly Bytes[] | null {
  try {
    const fields = uncbor(bytes);
    if (!Array.isArray(fields) || fields.length !== lengths.length) return null;
    const sound = fields.every((field, i) => isBytes(field, lengths[i] ?? (field instanceof Uint8Array ? field.length : -1)));
    return sound ? (fields as Bytes[]) : null;
  } catch {
    return null;
  }
}
