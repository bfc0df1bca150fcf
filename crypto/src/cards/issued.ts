/**
 * What one issuer makes of a doctor's policy, in three parts that open nothing apart (kp-abe.md §4): each sealed to whom it is
 * for, and bound to the doctor, the organisation and the issuer. Whoever carries them can neither read nor exchange them.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, uncbor } from '../algebra/bytes.ts';
import { isBytes } from '../algebra/strict.ts';
import { openWith, sealTo } from '../ntru/hybrid.ts';

/** Whose key it is a part of, and which issuer made it, by its place in the manifest. */
export type IssuedPlace = { readonly doctor: Bytes; readonly organisation: Bytes; readonly issuer: number };

/** For the cloud: the transformation key. `issued` in UTC seconds, as the entitlement says. */
export type ForCloud = { readonly transform: Bytes; readonly issued: number };
/** For the mediator: its factor, to be forgotten after `notAfter`, UTC seconds. */
export type ForMediator = { readonly factor: Bytes; readonly issued: number; readonly notAfter: number };
/** For the doctor: her factor, and what she checks it by. */
export type ForDoctor = {
  readonly domain: Bytes;
  /** The issuers' public keys in the domain; nothing for emergencies, whose domain has its authorities in it. */
  readonly issuers: Bytes;
  readonly factor: Bytes;
  readonly pq: Bytes;
  readonly notAfter: number;
};

type Holder = 'cloud' | 'mediator' | 'doctor';

const contextFor = (holder: Holder, { doctor, organisation, issuer }: IssuedPlace): Bytes =>
  cbor(['carelet/v1/enrolment/issued', holder, doctor, organisation, issuer]);

export const sealForCloud = (hybridPk: Bytes, place: IssuedPlace, { transform, issued }: ForCloud): Bytes =>
  sealTo(hybridPk, contextFor('cloud', place), cbor([transform, issued]));

export const sealForMediator = (hybridPk: Bytes, place: IssuedPlace, { factor, issued, notAfter }: ForMediator): Bytes =>
  sealTo(hybridPk, contextFor('mediator', place), cbor([factor, issued, notAfter]));

export const sealForDoctor = (hybridPk: Bytes, place: IssuedPlace, { domain, issuers, factor, pq, notAfter }: ForDoctor): Bytes =>
  sealTo(hybridPk, contextFor('doctor', place), cbor([domain, issuers, factor, pq, notAfter]));

/** `null` unless it was sealed for this cloud, of this key. */
export function openForCloud(hybridSk: Bytes, place: IssuedPlace, sealed: Bytes): ForCloud | null {
  const [transform, issued] = fieldsIn(hybridSk, 'cloud', place, sealed, 2) ?? [];
  return isSome(transform) && isSeconds(issued) ? { transform, issued } : null;
}

/** `null` unless it was sealed for this mediator, of this key. */
export function openForMediator(hybridSk: Bytes, place: IssuedPlace, sealed: Bytes): ForMediator | null {
  const [factor, issued, notAfter] = fieldsIn(hybridSk, 'mediator', place, sealed, 3) ?? [];
  return isSome(factor) && isSeconds(issued) && isSeconds(notAfter) ? { factor, issued, notAfter } : null;
}

/** `null` unless it was sealed for this doctor, of this key. */
export function openForDoctor(hybridSk: Bytes, place: IssuedPlace, sealed: Bytes): ForDoctor | null {
  const [domain, issuers, factor, pq, notAfter] = fieldsIn(hybridSk, 'doctor', place, sealed, 5) ?? [];
  const sound = isSome(domain) && issuers instanceof Uint8Array && isSome(factor) && isBytes(pq, 32) && isSeconds(notAfter);
  return sound ? { domain, issuers, factor, pq, notAfter } : null;
}

function fieldsIn(hybridSk: Bytes, holder: Holder, place: IssuedPlace, sealed: Bytes, count: number): readonly Cbor[] | null {
  const content = openWith(hybridSk, contextFor(holder, place), sealed);
  if (!content) return null;
  try {
    const fields = uncbor(content);
    return Array.isArray(fields) && fields.length === count ? (fields as readonly Cbor[]) : null;
  } catch {
    return null;
  }
}

const isSome = (value: Cbor | undefined): value is Bytes => value instanceof Uint8Array && value.length > 0;
const isSeconds = (value: Cbor | undefined): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
