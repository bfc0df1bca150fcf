/**
 * Attributes: `name:value` in NFC, without whitespace, parentheses or commas, at most 255 bytes.
 *
 * Within an organisation they are pseudonyms `l:<base64url>` (keys.md §6); the scheme does not care. An attribute
 * becomes a point H(x) of G1 under a tag of our own; its bytes are hashed as a CBOR text, so behind their length.
 *
 * @module
 */
import { cbor, compare, utf8 } from '../algebra/bytes.ts';
import type { G1, Group, Scalar } from '../algebra/group.ts';
import { remembered } from '../algebra/remembered.ts';

/** An attribute in the one form that is hashed. */
export type Attribute = string;

/** RFC 9380 separation tag of H: attribute → G1. */
export const attributeTag = 'CARELET-KPABE-V1-ATTR_BLS12381G1_XMD:SHA-256_SSWU_RO_';

const longest = 255;
const form = /^[^\s\p{Cc}\p{Cs}(),:]+:[^\s\p{Cc}\p{Cs}(),]+$/u;

/** Throws a TypeError unless the text is an attribute. */
export function checkAttribute(text: string): asserts text is Attribute {
  if (typeof text !== 'string' || !form.test(text))
    throw new TypeError('an attribute is name:value without whitespace, parentheses or commas');
  if (text.normalize('NFC') !== text) throw new TypeError('an attribute is normalised Unicode (NFC)');
  if (utf8(text).length > longest) throw new TypeError('an attribute has at most 255 bytes');
}

/** Attributes sorted by their bytes; throws a TypeError on a malformed one or one given twice. */
export function sortedAttributes(attributes: readonly Attribute[]): Attribute[] {
  const sorted = attributes.map((text) => {
    checkAttribute(text);
    return { text, bytes: utf8(text) };
  });
  sorted.sort((a, b) => compare(a.bytes, b.bytes));
  if (sorted.some(({ text }, i) => i > 0 && text === sorted[i - 1]!.text)) throw new TypeError('an attribute is given twice');
  return sorted.map(({ text }) => text);
}

type Base = { readonly point: G1; readonly times: (k: Scalar) => G1 };
const bases = remembered<Base>(1024);

/** The last thousand points and tables are kept (some 10 KiB each): an organisation uses few labels, many times. */
function baseOf(group: Group, attribute: Attribute): Base {
  return bases(group, attribute, () => {
    const point = group.hashToG1(cbor(attribute), attributeTag);
    let table: ((k: Scalar) => G1) | undefined;
    const times = (k: Scalar): G1 => {
      table ??= group.g1.fixed(point);
      return table(k);
    };
    return { point, times };
  });
}

/** H(x). */
export const attributePoint = (group: Group, attribute: Attribute): G1 => baseOf(group, attribute).point;

/** H(x)ᵏ for a secret k. */
export const attributePower = (group: Group, attribute: Attribute, k: Scalar): G1 => baseOf(group, attribute).times(k);
