/**
 * How the authority compiles a policy.
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
