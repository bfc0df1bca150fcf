/**
 * How an issuer compiles a policy: to the same formula as the others, or their shares would make no key.
 *
 * @module
 */
import type { Sensitivity } from '@carelet/care/model';
import type { Attribute } from '@carelet/care/rules/sharing/attributes';
import { compile, type Labelling, type Policy, policyText } from '@carelet/care/rules/sharing/policy';
import { timesOf } from '@carelet/care/rules/sharing/window';
import { type Bytes, cbor, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { hmac } from '@carelet/crypto/algebra/hash';
import { labelOf, sensitiveLabel } from '@carelet/crypto/cards/label';

/**
 * A policy in labels.
 *
 * @param issued UTC seconds: the day from which its periods are counted
 * @param doctor so that no two doctors' padding is alike
 */
export const formulaOf = (policy: Policy, issued: number, orgKey: Bytes, doctor: Bytes): string =>
  compile(policy, timesOf(policy, issued * 1000), labelling(orgKey, cbor([doctor, policyText(policy), issued])));

/** How an organisation turns attributes into labels. Padding is drawn from its label key: nobody else tells it from labels. */
function labelling(orgKey: Bytes, occasion: Bytes): Labelling {
  let drawn = 0;
  return {
    label: ({ name, value }: Attribute) => labelOf(orgKey, name, value),
    sensitive: (pat: string, group: Sensitivity) => sensitiveLabel(orgKey, unhex(pat), group),
    blank: () => `l:${hex(hmac(orgKey, cbor(['carelet/v1/sharing/padding', occasion, drawn++])).subarray(0, 16))}`,
  };
}
