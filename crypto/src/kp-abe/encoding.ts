/**
 * The things that travel or rest. Deterministic CBOR arrays, read strictly.
 *
 * | thing | array behind its label and the suite |
 * |---|---|
 * | domain (public) | id 16, name, A 576 |
 * | master (secret) | id 16, α 32 |
 * | key (secret) | id 16, formula as canonical text, K₁…K_τ 96 each, D₁…D_ℓ 48 each |
 * | issuers (public) | id 16, how many are needed, A₁, A₂, … 576 each |
 * | share (secret) | id 16, issuer, α_t 32 |
 * | transform | id 16, issuer, formula as canonical text, K and D as in a key |
 * | factor (secret) | id 16, issuer, whose it is, 32 bytes of z |
 * | sealed | ids ascending, attributes ascending, C₀ 96, C_x 48 each, c_d 32 each, AEAD text |
 *
 * The label carries the version, the suite names the scheme: 1 is FABEO on BLS12-381. Of sealed texts there are two: in suite 1 one K_pq for all
 * domains went into the AEAD key, since suite 2 each domain's goes into its mask. Here bytes only get a shape;
 * points are decoded where they are used.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, compare, equalPublic, utf8 } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { fields as fieldsOf, fieldsOfAny, isBytes, isBytesList, malformed } from '../algebra/strict.ts';
import { type Attribute, checkAttribute } from './attribute.ts';
import { checkFormula, type Formula, parse, print } from './formula.ts';
import { occurrences, type Row, rowsOf } from './shares.ts';

/** FABEO (Riepel, Wee, CCS 2022, ePrint 2022/1415) on BLS12-381. */
export const suite = 1;

/** How a text is sealed; the first is still opened, and made no more. */
export const sealedSuites = [1, 2] as const;
export type SealedSuite = (typeof sealedSuites)[number];

/** What one sealed text may carry. */
export const sealedLimits = { domains: 16, attributes: 256 } as const;

const label = {
  domain: 'carelet/v1/sharing/domain',
  master: 'carelet/v1/sharing/master',
  key: 'carelet/v1/sharing/key',
  issuers: 'carelet/v1/sharing/issuers',
  share: 'carelet/v1/sharing/share',
  transform: 'carelet/v1/sharing/transform',
  factor: 'carelet/v1/sharing/factor',
  sealed: 'carelet/v1/sharing/sealed',
} as const;

const fields = (bytes: Bytes, expected: string, count: number, what: string): readonly Cbor[] =>
  fieldsOf(bytes, expected, suite, count, what);

/** The public key of a domain, A as bytes. */
export type DomainParts = { readonly id: Bytes; readonly name: string; readonly a: Bytes };
/** The master secret of a domain. */
export type MasterParts = { readonly id: Bytes; readonly alpha: Bytes };
/** A key: its domain and policy in the open, K and D as bytes. */
export type KeyParts = {
  readonly id: Bytes;
  readonly formula: Formula;
  readonly rows: readonly Row[];
  readonly k: readonly Bytes[];
  readonly d: readonly Bytes[];
};
/** The issuers of a domain: A_t = E^{α_t} for the share α_t of each, in order. */
export type IssuersParts = { readonly id: Bytes; readonly needed: number; readonly a: readonly Bytes[] };
/** An issuer's share of a domain's master; issuers count from 1. */
export type ShareParts = { readonly id: Bytes; readonly issuer: number; readonly alpha: Bytes };
/** What one issuer made for the cloud: a key under α_t/z_t, which opens nothing without z_t. */
export type TransformParts = KeyParts & { readonly issuer: number };
/** What one issuer made for the doctor or for the mediator: z_t = z_{t,d} · z_{t,m}. */
export type FactorParts = { readonly id: Bytes; readonly issuer: number; readonly holder: Holder; readonly z: Bytes };
export type Holder = 'doctor' | 'mediator';
/** A sealed text. `c` and `masks` are joined, in the order of `attributes` and `ids`. */
export type SealedParts = {
  readonly suite: SealedSuite;
  readonly ids: readonly Bytes[];
  readonly attributes: readonly Attribute[];
  readonly c0: Bytes;
  readonly c: Bytes;
  readonly masks: Bytes;
  readonly dem: Bytes;
};

/** id_d: the first 16 bytes of a hash of name and A. */
export function domainId(name: string, a: Bytes): Bytes {
  return hashOf('carelet/v1/sharing/domain-id', suite, name, a).slice(0, 16);
}

export function encodeDomain({ id, name, a }: DomainParts): Bytes {
  return cbor([label.domain, suite, id, name, a]);
}

/** Throws a TypeError on anything but a domain whose id fits its name and A. */
export function decodeDomain(bytes: Bytes): DomainParts {
  const [id, name, a] = fields(bytes, label.domain, 3, 'a domain');
  if (!isBytes(id, 16) || !isDomainName(name) || !isBytes(a, 576) || !equalPublic(id, domainId(name, a))) throw malformed('a domain');
  return { id, name, a };
}

/** Names are shown to people: 1 to 255 bytes of normalised text. */
export function isDomainName(name: unknown): name is string {
  return typeof name === 'string' && name !== '' && !/\p{Cs}/u.test(name) && name.normalize('NFC') === name && utf8(name).length <= 255;
}

export function encodeMaster({ id, alpha }: MasterParts): Bytes {
  return cbor([label.master, suite, id, alpha]);
}

/** Throws a TypeError on anything but a master. */
export function decodeMaster(bytes: Bytes): MasterParts {
  const [id, alpha] = fields(bytes, label.master, 2, 'a master');
  if (!isBytes(id, 16) || !isBytes(alpha, 32)) throw malformed('a master');
  return { id, alpha };
}

export function encodeKey({ id, formula, k, d }: Omit<KeyParts, 'rows'>): Bytes {
  return cbor([label.key, suite, id, print(formula), k, d]);
}

/** Throws a TypeError on anything but a key with as many elements as its formula asks for. */
export function decodeKey(bytes: Bytes): KeyParts {
  return keyParts(fields(bytes, label.key, 4, 'a key'), 'a key');
}

function keyParts([id, text, k, d]: readonly Cbor[], what: string): KeyParts {
  if (!isBytes(id, 16) || typeof text !== 'string' || !isBytesList(k, 96) || !isBytesList(d, 48)) throw malformed(what);
  const formula = parse(text);
  const rows = rowsOf(formula);
  if (print(formula) !== text || d.length !== rows.length || k.length !== occurrences(rows)) throw malformed(what);
  return { id, formula, rows, k, d };
}

export function encodeIssuers({ id, needed, a }: IssuersParts): Bytes {
  return cbor([label.issuers, suite, id, needed, a]);
}

/** Throws a TypeError on anything but a list of issuers of whom two or more are needed. */
export function decodeIssuers(bytes: Bytes): IssuersParts {
  const [id, needed, a] = fields(bytes, label.issuers, 3, 'issuers');
  if (!isBytes(id, 16) || !isBytesList(a, 576) || !isPlace(needed) || needed < 2 || needed > a.length || a.length > mostIssuers) {
    throw malformed('issuers');
  }
  return { id, needed, a };
}

export function encodeShare({ id, issuer, alpha }: ShareParts): Bytes {
  return cbor([label.share, suite, id, issuer, alpha]);
}

/** Throws a TypeError on anything but an issuer's share. */
export function decodeShare(bytes: Bytes): ShareParts {
  const [id, issuer, alpha] = fields(bytes, label.share, 3, 'a share');
  if (!isBytes(id, 16) || !isPlace(issuer) || !isBytes(alpha, 32)) throw malformed('a share');
  return { id, issuer, alpha };
}

export function encodeTransform({ id, issuer, formula, k, d }: Omit<TransformParts, 'rows'>): Bytes {
  return cbor([label.transform, suite, id, issuer, print(formula), k, d]);
}

/** Throws a TypeError on anything but a transformation key. */
export function decodeTransform(bytes: Bytes): TransformParts {
  const [id, issuer, ...rest] = fields(bytes, label.transform, 5, 'a transformation key');
  if (!isPlace(issuer)) throw malformed('a transformation key');
  return { ...keyParts([id!, ...rest], 'a transformation key'), issuer };
}

export function encodeFactor({ id, issuer, holder, z }: FactorParts): Bytes {
  return cbor([label.factor, suite, id, issuer, holder, z]);
}

/** Throws a TypeError on anything but a factor of this holder. */
export function decodeFactor(bytes: Bytes, expected: Holder): FactorParts {
  const [id, issuer, holder, z] = fields(bytes, label.factor, 4, 'a factor');
  if (!isBytes(id, 16) || !isPlace(issuer) || holder !== expected || !isBytes(z, 32)) throw malformed('a factor');
  return { id, issuer, holder: expected, z };
}

/** More issuers than any town has. */
const mostIssuers = 16;

const isPlace = (value: Cbor | undefined): value is number =>
  Number.isInteger(value) && (value as number) >= 1 && (value as number) <= mostIssuers;

export function encodeSealed({ suite: of, ids, attributes, c0, c, masks, dem }: SealedParts): Bytes {
  return cbor([label.sealed, of, ids, attributes, c0, c, masks, dem]);
}

/** Throws a TypeError on anything but a sealed text: shapes, orders and lengths; no point is looked at. */
export function decodeSealed(bytes: Bytes): SealedParts {
  const { suite: of, items } = fieldsOfAny(bytes, label.sealed, sealedSuites, 6, 'a sealed text');
  const [ids, attributes, c0, c, masks, dem] = items;
  if (!isBytesList(ids, 16) || ids.length === 0 || ids.length > sealedLimits.domains || !ascending(ids)) throw malformed('a sealed text');
  if (!isTextList(attributes) || attributes.length === 0 || attributes.length > sealedLimits.attributes) throw malformed('a sealed text');
  for (const attribute of attributes) checkAttribute(attribute);
  if (!ascending(attributes.map(utf8))) throw malformed('a sealed text');
  const sound =
    isBytes(c0, 96) &&
    isBytes(c, 48 * attributes.length) &&
    isBytes(masks, 32 * ids.length) &&
    dem instanceof Uint8Array &&
    dem.length >= 16;
  if (!sound) throw malformed('a sealed text');
  return { suite: of, ids, attributes, c0, c, masks, dem };
}

const isTextList = (value: Cbor | undefined): value is readonly string[] =>
  Array.isArray(value) && value.every((item) => typeof item === 'string');

/** Strictly ascending, so also without repetition. */
const ascending = (items: readonly Bytes[]): boolean => items.every((item, i) => i === 0 || compare(items[i - 1]!, item) < 0);

/** Throws a TypeError unless the formula is within the limits; texts are parsed. */
export function asFormula(formula: Formula | string): Formula {
  if (typeof formula === 'string') return parse(formula);
  checkFormula(formula);
  return formula;
}
