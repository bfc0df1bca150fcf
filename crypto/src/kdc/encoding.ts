/**
 * What travels or rests of the key distribution: deterministic CBOR arrays, read strictly.
 *
 * | thing | array behind its label and the suite |
 * |---|---|
 * | servers (public) | how many are needed, P = g₂ᵏ 96, Pᵢ = g₂^{kᵢ} 96 each |
 * | share (a server's secret) | its number i, kᵢ 32 |
 * | partial (secret, on its way) | i, sᵢ = H(nodeId)^{kᵢ} 48 |
 * | shared text | salt 16, AEAD text |
 *
 * @module
 */
import { type Bytes, cbor } from '../algebra/bytes.ts';
import { attempt, fields, isBytes, isBytesList, malformed } from '../algebra/strict.ts';

/** Naor, Pinkas, Reingold (EUROCRYPT 1999, §3) on BLS12-381, partial values checked by pairing. */
export const suite = 1;

const label = {
  servers: 'carelet/v1/kdc/servers',
  share: 'carelet/v1/kdc/share',
  partial: 'carelet/v1/kdc/partial',
  sealed: 'carelet/v1/kdc/sealed',
} as const;

/** More than these nobody runs; the number bounds what a reader of public bytes computes. */
const mostServers = 16;

export type ServersParts = { readonly needed: number; readonly p: Bytes; readonly shares: readonly Bytes[] };
export type ShareParts = { readonly server: number; readonly k: Bytes };
export type PartialParts = { readonly server: number; readonly s: Bytes };
export type SealedParts = { readonly salt: Bytes; readonly dem: Bytes };

export const encodeServers = ({ needed, p, shares }: ServersParts): Bytes => cbor([label.servers, suite, needed, p, shares]);

/** Throws a TypeError on anything but servers. */
export function decodeServers(bytes: Bytes): ServersParts {
  const [needed, p, shares] = fields(bytes, label.servers, suite, 3, 'key distribution servers');
  const sound = isNumber(needed) && needed >= 2 && isBytes(p, 96) && isBytesList(shares, 96);
  if (!sound || shares.length < needed || shares.length > mostServers) throw malformed('key distribution servers');
  return { needed, p, shares };
}

export const encodeShare = ({ server, k }: ShareParts): Bytes => cbor([label.share, suite, server, k]);

/** Throws a TypeError on anything but a share. */
export function decodeShare(bytes: Bytes): ShareParts {
  const [server, k] = fields(bytes, label.share, suite, 2, 'a share');
  if (!isNumber(server) || !isBytes(k, 32)) throw malformed('a share');
  return { server, k };
}

export const encodePartial = ({ server, s }: PartialParts): Bytes => cbor([label.partial, suite, server, s]);

/** Throws a TypeError on anything but a partial value. */
export function decodePartial(bytes: Bytes): PartialParts {
  const [server, s] = fields(bytes, label.partial, suite, 2, 'a partial value');
  if (!isNumber(server) || !isBytes(s, 48)) throw malformed('a partial value');
  return { server, s };
}

export const encodeSealed = ({ salt, dem }: SealedParts): Bytes => cbor([label.sealed, suite, salt, dem]);

/** Throws a TypeError on anything but a shared text. */
export function decodeSealed(bytes: Bytes): SealedParts {
  const [salt, dem] = fields(bytes, label.sealed, suite, 2, 'a shared text');
  if (!isBytes(salt, 16) || !(dem instanceof Uint8Array) || dem.length < 16) throw malformed('a shared text');
  return { salt, dem };
}

const isNumber = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 1;

/** Whether bytes have the shape of a shared text; what is inside cannot be judged without the keys. */
export const isSealed = (bytes: Bytes): boolean => attempt(() => decodeSealed(bytes)) !== null;
