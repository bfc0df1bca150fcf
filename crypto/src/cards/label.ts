/**
 * Labels: attributes as the cloud may see them (keys.md §6).
 *
 * `label' = HMAC(k_org, cbor([name, value]))`, one key per organisation, known to its writers and the issuers
 * and never to the cloud. A sensitive group is bound to the patient as well, so that rare labels do not gather.
 *
 * @module
 */
import { type Bytes, cbor, hex } from '../algebra/bytes.ts';
import { hmac } from '../algebra/hash.ts';

/** The label of an attribute, as one attribute text of `kp-abe/formula`. */
export function labelOf(orgKey: Bytes, name: string, value: string | Bytes): string {
  return `l:${hex(hmac(orgKey, cbor([name, value])).subarray(0, 16))}`;
}

/** The label of a sensitive group of one patient: `HMAC(k_org, cbor(["sens", pat, value]))`. */
export function sensitiveLabel(orgKey: Bytes, pat: Bytes, value: string): string {
  return `l:${hex(hmac(orgKey, cbor(['sens', pat, value])).subarray(0, 16))}`;
}
