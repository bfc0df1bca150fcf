/**
 * What travels or rests of authorities that agree: deterministic CBOR arrays, read strictly.
 *
 * | thing | array behind its label and the suite |
 * |---|---|
 * | authority (public) | id 16, name, A 576, Y 96, proof 96 |
 * | master (secret) | id 16, α 32, y 32 |
 * | security domain (public) | name, authorities ascending by id |
 * | key (secret), transform | id 16, gid 16, formula as canonical text, K₁…K_τ 96 each, D₁…D_ℓ 48 each |
 * | sealed | attributes ascending, sets ascending by id, AEAD text |
 * | a set in it | id of the security domain 16, C₀ 96, C_J 96, C_x 48 each, c_J 32 |
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, compare, equalPublic, utf8 } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { fields, isBytes, isBytesList, malformed } from '../algebra/strict.ts';
import { type Attribute, checkAttribute } from '../kp-abe/attribute.ts';
import { isDomainName } from '../kp-abe/encoding.ts';
import { type Formula, parse, print } from '../kp-abe/formula.ts';
import { occurrences, type Row, rowsOf } from '../kp-abe/shares.ts';

/** FABEO with several authorities (kp-abe.md §6) on BLS12-381. */
export const suite = 1;

/** What one security domain and one sealed text may carry. */
export const limits = { authorities: 8, sets: 8, attributes: 256 } as const;

const label = {
  authority: 'carelet/v1/sharing/joint-authority',
  master: 'carelet/v1/sharing/joint-master',
  domain: 'carelet/v1/sharing/joint-domain',
  key: 'carelet/v1/sharing/joint-key',
  transform: 'carelet/v1/sharing/joint-transform',
  sealed: 'carelet/v1/sharing/joint-sealed',
} as const;

/** An authority's public key, its points as bytes. */
export type AuthorityParts = { readonly id: Bytes; readonly name: string; readonly a: Bytes; readonly y: Bytes; readonly proof: Bytes };
export type MasterParts = { readonly id: Bytes; readonly alpha: Bytes; readonly y: Bytes };
/** Authorities that must all agree, each as bytes. */
export type DomainParts = { readonly name: string; readonly authorities: readonly Bytes[] };
/** A key of one authority for one person. */
export type KeyParts = {
  readonly id: Bytes;
  readonly gid: Bytes;
  readonly formula: Formula;
  readonly rows: readonly Row[];
  readonly k: readonly Bytes[];
  readonly d: readonly Bytes[];
};
/** What a sealed text carries for one security domain; `c` is joined, in the order of the attributes. */
export type SetParts = { readonly id: Bytes; readonly c0: Bytes; readonly cj: Bytes; readonly c: Bytes; readonly mask: Bytes };
export type SealedParts = { readonly attributes: readonly Attribute[]; readonly sets: readonly SetParts[]; readonly dem: Bytes };

/** The first 16 bytes of a hash of name, A and Y. */
export const authorityId = ({ name, a, y }: Pick<AuthorityParts, 'name' | 'a' | 'y'>): Bytes =>
  hashOf('carelet/v1/sharing/joint-authority-id', suite, name, a, y).slice(0, 16);

/** The first 16 bytes of a hash of the name and the authorities' ids. */
export const securityDomainId = (name: string, authorities: readonly Bytes[]): Bytes =>
  hashOf('carelet/v1/sharing/joint-domain-id', suite, name, authorities).slice(0, 16);

export const encodeAuthority = ({ id, name, a, y, proof }: AuthorityParts): Bytes => cbor([label.authority, suite, id, name, a, y, proof]);

/** Throws a TypeError on anything but an authority whose id fits its name and keys. */
export function decodeAuthority(bytes: Bytes): AuthorityParts {
  const [id, name, a, y, proof] = fields(bytes, label.authority, suite, 5, 'an authority');
  if (!isBytes(id, 16) || !isDomainName(name) || !isBytes(a, 576) || !isBytes(y, 96) || !isBytes(proof, 96))
    throw malformed('an authority');
  if (!equalPublic(id, authorityId({ name, a, y }))) throw malformed('an authority');
  return { id, name, a, y, proof };
}

export const encodeMaster = ({ id, alpha, y }: MasterParts): Bytes => cbor([label.master, suite, id, alpha, y]);

/** Throws a TypeError on anything but a master. */
export function decodeMaster(bytes: Bytes): MasterParts {
  const [id, alpha, y] = fields(bytes, label.master, suite, 3, 'a master');
  if (!isBytes(id, 16) || !isBytes(alpha, 32) || !isBytes(y, 32)) throw malformed('a master');
  return { id, alpha, y };
}

export const encodeSecurityDomain = ({ name, authorities }: DomainParts): Bytes => cbor([label.domain, suite, name, authorities]);

/** Throws a TypeError on anything but a security domain: names, and authorities ascending. */
export function decodeSecurityDomain(bytes: Bytes): { readonly name: string; readonly authorities: readonly AuthorityParts[] } {
  const [name, encoded] = fields(bytes, label.domain, suite, 2, 'a security domain');
  if (!isDomainName(name) || !Array.isArray(encoded) || encoded.length === 0 || encoded.length > limits.authorities)
    throw malformed('a security domain');
  const authorities = encoded.map((one) => decodeAuthority(one as Bytes));
  if (!ascending(authorities.map(({ id }) => id))) throw malformed('a security domain');
  return { name, authorities };
}

type KeyKind = 'key' | 'transform';

export const encodeKey = (kind: KeyKind, { id, gid, formula, k, d }: Omit<KeyParts, 'rows'>): Bytes =>
  cbor([label[kind], suite, id, gid, print(formula), k, d]);

/** Throws a TypeError on anything but a key of that kind with as many elements as its formula asks for. */
export function decodeKey(kind: KeyKind, bytes: Bytes): KeyParts {
  const [id, gid, text, k, d] = fields(bytes, label[kind], suite, 5, 'a key');
  if (!isBytes(id, 16) || !isBytes(gid, 16) || typeof text !== 'string' || !isBytesList(k, 96) || !isBytesList(d, 48))
    throw malformed('a key');
  const formula = parse(text);
  const rows = rowsOf(formula);
  if (print(formula) !== text || d.length !== rows.length || k.length !== occurrences(rows)) throw malformed('a key');
  return { id, gid, formula, rows, k, d };
}

export const encodeSealed = ({ attributes, sets, dem }: SealedParts): Bytes =>
  cbor([label.sealed, suite, attributes, sets.map(({ id, c0, cj, c, mask }) => [id, c0, cj, c, mask]), dem]);

/** Throws a TypeError on anything but a sealed text: shapes, orders and lengths; no point is looked at. */
export function decodeSealed(bytes: Bytes): SealedParts {
  const [attributes, listed, dem] = fields(bytes, label.sealed, suite, 3, 'a sealed text');
  if (!Array.isArray(attributes) || attributes.length === 0 || attributes.length > limits.attributes) throw malformed('a sealed text');
  for (const attribute of attributes) checkAttribute(attribute);
  if (!ascending(attributes.map(utf8))) throw malformed('a sealed text');
  if (!Array.isArray(listed) || listed.length === 0 || listed.length > limits.sets) throw malformed('a sealed text');
  const sets = listed.map((set) => decodeSet(set, attributes.length));
  if (!ascending(sets.map(({ id }) => id)) || !(dem instanceof Uint8Array) || dem.length < 16) throw malformed('a sealed text');
  return { attributes, sets, dem };
}

function decodeSet(value: Cbor, attributes: number): SetParts {
  if (!Array.isArray(value) || value.length !== 5) throw malformed('a sealed text');
  const [id, c0, cj, c, mask] = value;
  const sound = isBytes(id, 16) && isBytes(c0, 96) && isBytes(cj, 96) && isBytes(c, 48 * attributes) && isBytes(mask, 32);
  if (!sound) throw malformed('a sealed text');
  return { id, c0, cj, c, mask };
}

/** Strictly ascending, so also without repetition. */
const ascending = (items: readonly Bytes[]): boolean => items.every((item, i) => i === 0 || compare(items[i - 1]!, item) < 0);
