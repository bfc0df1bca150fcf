/**
 * A policy as it is signed and compiled.
 *
 * @module
 */
import type { Period, Sensitivity } from '@carelet/care/model';
import { dayOf, timeCover } from '@carelet/care/rules/records/calendar';
import type { Attribute } from '@carelet/care/rules/sharing/attributes';
import type { Labelling, Policy } from '@carelet/care/rules/sharing/policy';
import { type Bytes, hex, unhex } from '@carelet/crypto/algebra/bytes';
import { type Random, systemRandom } from '@carelet/crypto/algebra/random';
import { labelOf, sensitiveLabel } from '@carelet/crypto/cards/label';

/** A policy's canonical text: fixed order of fields, sorted lists. Both approvers sign these very characters. */
export function policyText({ parts, kinds, confidentiality, sensitivity, patients, unit, from, until }: Policy): string {
  const sorted = (words: readonly string[]) => [...new Set(words)].sort();
  return JSON.stringify({
    parts: sorted(parts),
    kinds: sorted(kinds),
    confidentiality: sorted(confidentiality),
    sensitivity: sorted(sensitivity),
    patients: patients === 'everyone' ? patients : sorted(patients),
    unit,
    from,
    until,
  });
}

/** How an organisation turns attributes into labels. */
export function labelling(orgKey: Bytes, random: Random = systemRandom): Labelling {
  return {
    label: ({ name, value }: Attribute) => labelOf(orgKey, name, value),
    sensitive: (pat: string, group: Sensitivity) => sensitiveLabel(orgKey, unhex(pat), group),
    blank: () => `l:${hex(random(16))}`,
  };
}

/** The oldest day a record is expected to name. */
const beginning = '1900-01-01';

/**
 * The periods a key for this policy names, if it is made now.
 *
 * @param now UTC milliseconds
 * @throws {CareletError} `invalid` for days that never were, or a window that ends before it begins
 */
export const timesOf = ({ from, until }: Policy, now: number): Period[] =>
  timeCover(from === 'beginning' ? beginning : from, until, dayOf(now));

/** When a key for this policy ends, UTC seconds: with its last day. */
export const lastSecond = ({ until }: Policy): number => Date.parse(`${until}T23:59:59Z`) / 1000;
