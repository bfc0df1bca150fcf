/**
 * The four things that travel or rest: domain, master, key, sealed text. Deterministic CBOR arrays, read strictly.
 *
 * | thing | array behind its label and the suite |
 * |---|---|
 * | domain (public) | id 16, name, A 576 |
 * | master (secret) | id 16, α 32 |
 * | key (secret) | id 16, formula as canonical text, K₁…K_τ 96 each, D₁…D_ℓ 48 each |
 * | sealed | ids ascending, attributes ascending, C₀ 96, C_x 48 each, c_d 32 each, AEAD text |
 *
 * The label carries the version, the suite names the scheme: 1 is FABEO on BLS12-381. Here bytes only get a shape;
 * points are decoded where they are used.
 *
 * @module
 */
import { type Bytes, type Cbor, cbor, compare, equalPublic, uncbor, utf8 } from '../algebra/bytes.ts';
import { hashOf } from '../algebra/hash.ts';
import { type Attribute, checkAttribute } from './attribute.ts';
import { checkFormula, type Formula, parse, print } from './formula.ts';
import { occurrences, type Row, rowsOf } from './shares.ts';

/** FABEO (Riepel, Wee, CCS 2022, ePrint 2022/1415) on BLS12-381. */
export const suite = 1;

/** What one sealed text may carry. */
export const sealedLimits = { domains: 16, attributes: 256 } as const;

const label = {
  domain: 'carelet/v1/sharing/domain',
  master: 'carelet/v1/sharing/master',
  key: 'carelet/v1/sharing/key',
  sealed: 'carelet/v1/sharing/sealed',
} as const;

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
/** A sealed text. `c` and `masks` are joined, in the order of `attributes` and `ids`. */
export type SealedParts = {
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
  const [id, text, k, d] = fields(bytes, label.key, 4, 'a key');
  if (!isBytes(id, 16) || typeof text !== 'string' || !isBytesList(k, 96) || !isBytesList(d, 48)) throw malformed('a key');
  const formula = parse(text);
  const rows = rowsOf(formula);
  if (print(formula) !== text || d.length !== rows.length || k.length !== occurrences(rows)) throw malformed('a key');
  return { id, formula, rows, k, d };
}

export function encodeSealed({ ids, attributes, c0, c, masks, dem }: SealedParts): Bytes {
  return cbor([label.sealed, suite, ids, attributes, c0, c, masks, dem]);
}

/** Throws a TypeError on anything but a sealed text: shapes, orders and lengths; no point is looked at. */
export function decodeSealed(bytes: Bytes): SealedParts {
  const [ids, attributes, c0, c, masks, dem] = fields(bytes, label.sealed, 6, 'a sealed text');
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
  return { ids, attributes, c0, c, masks, dem };
}

/** The items behind label and suite of an array of known length. */
function fields(bytes: Bytes, expected: string, count: number, what: string): readonly Cbor[] {
  if (!(bytes instanceof Uint8Array)) throw malformed(what);
  let value: Cbor;
  try {
    value = uncbor(bytes);
  } catch {
    throw malformed(what);
  }
  if (!Array.isArray(value) || value.length !== count + 2 || value[0] !== expected) throw malformed(what);
  if (value[1] !== suite) throw new TypeError(`${what} of an unknown suite`);
  return value.slice(2);
}

const malformed = (what: string): TypeError => new TypeError(`not ${what}`);

const isBytes = (value: Cbor | undefined, length: number): value is Bytes => value instanceof Uint8Array && value.length === length;

const isBytesList = (value: Cbor | undefined, length: number): value is readonly Bytes[] =>
  Array.isArray(value) && value.every((item) => isBytes(item, length));

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
