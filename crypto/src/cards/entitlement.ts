/**
 * An entitlement: what the issuers say a doctor's key opens at one organisation, as the cloud may see it.
 *
 * It carries the key's formula in labels and its end, signed by two issuers. The cloud serves nothing beyond
 * it; it opens nothing.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { sign, verify } from '../algebra/sign.ts';
import type { Manifest } from './manifest.ts';

export type Entitlement = {
  /** The doctor's card id. */
  readonly doctor: Bytes;
  /** The organisation's card id. */
  readonly organisation: Bytes;
  /** The key's policy, in labels, as `kp-abe/formula` prints it. */
  readonly formula: string;
  /** UTC seconds; a later one replaces an earlier one. */
  readonly issued: number;
  /** UTC seconds. */
  readonly notAfter: number;
};

const label = 'carelet/v1/sharing/entitlement';
const parts = ({ doctor, organisation, formula, issued, notAfter }: Entitlement): Cbor[] => [
  doctor,
  organisation,
  formula,
  issued,
  notAfter,
];

/** Signs an entitlement with the given issuers' secrets, by issuer number. */
export function issueEntitlement(entitlement: Entitlement, secrets: readonly { issuer: number; secret: Bytes }[]): Bytes {
  return encodeEntitlement(
    entitlement,
    secrets.map(({ issuer, secret }) => ({ issuer, signature: signEntitlement(entitlement, secret) })),
  );
}

/** One issuer's signature. */
export const signEntitlement = (entitlement: Entitlement, secret: Bytes): Bytes => sign(secret, label, parts(entitlement));

/** Whether one issuer signed. */
export const entitlementSignedBy = (entitlement: Entitlement, key: Bytes, signature: Bytes): boolean =>
  verify(key, label, parts(entitlement), signature);

/** An entitlement as it travels, with what issuers signed apart. */
export const encodeEntitlement = (entitlement: Entitlement, signatures: readonly { issuer: number; signature: Bytes }[]): Bytes =>
  cbor([...parts(entitlement), signatures.map(({ issuer, signature }) => [issuer, signature])]);

/** Reads an entitlement and checks that two issuers of the manifest signed it; `null` when they did not. */
export function readEntitlement(bytes: Bytes, manifest: Manifest): Entitlement | null {
  try {
    const [doctor, organisation, formula, issued, notAfter, signatures, ...rest] = uncbor(bytes) as [
      Bytes,
      Bytes,
      string,
      number,
      number,
      [number, Bytes][],
    ];
    const shaped =
      rest.length === 0 &&
      doctor instanceof Uint8Array &&
      organisation instanceof Uint8Array &&
      typeof formula === 'string' &&
      Number.isSafeInteger(issued) &&
      Number.isSafeInteger(notAfter) &&
      signatures.length <= 3;
    if (!shaped) return null;
    const entitlement = { doctor, organisation, formula, issued, notAfter };
    const good = new Set<number>();
    for (const [issuer, signature] of signatures) {
      const key = manifest.issuers[issuer];
      if (key && verify(key, label, parts(entitlement), signature)) good.add(issuer);
    }
    return good.size >= 2 ? entitlement : null;
  } catch {
    return null;
  }
}
