/**
 * A domain's public key, decoded once: checking that A lies in GT and tabulating its powers cost more than a use.
 *
 * @module
 */
import { type Bytes, hex } from '../algebra/bytes.ts';
import type { Group, GT, Scalar } from '../algebra/group.ts';
import { sha256 } from '../algebra/hash.ts';
import { decodeDomain } from './encoding.ts';
import { remembered } from './remembered.ts';

/** pk_d: id, name, A, and k ↦ Aᵏ in constant shape. */
export type Domain = { readonly id: Bytes; readonly name: string; readonly a: GT; readonly power: (k: Scalar) => GT };

const domains = remembered<Domain>(16);

/** Reads a domain; the last few are kept. Throws a TypeError on malformed bytes or an A outside GT. */
export function readDomain(group: Group, bytes: Bytes): Domain {
  const { id, name, a: encoded } = decodeDomain(bytes);
  return domains(group, hex(sha256(bytes)), () => {
    const a = group.gt.decode(encoded);
    let table: ((k: Scalar) => GT) | undefined;
    const power = (k: Scalar): GT => {
      table ??= group.gt.fixed(a);
      return table(k);
    };
    return { id, name, a, power };
  });
}
