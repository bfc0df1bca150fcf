/**
 * How many emergencies a device may call: three at once, and three more every minute. What is more is sent as monitoring and told
 * to whoever looks after the devices; it is never dropped.
 *
 * @module
 */

export type Bucket = {
  /** How many it may call now; fractions fill up. */
  readonly left: number;
  /** Milliseconds, when that was so. */
  readonly at: number;
};

export const emergenciesAMinute = 3;

export const fullBucket = (now: number): Bucket => ({ left: emergenciesAMinute, at: now });

/**
 * One more emergency.
 *
 * @param now milliseconds; a clock that was put back fills nothing and empties nothing
 *
 * @example
 * ```ts
 * import { callEmergency, fullBucket } from '@carelet/care/rules/relay/bucket';
 * callEmergency(fullBucket(0), 0); // { bucket: { left: 2, at: 0 }, granted: true }
 * ```
 */
export function callEmergency({ left, at }: Bucket, now: number): { readonly bucket: Bucket; readonly granted: boolean } {
  const filled = Math.min(emergenciesAMinute, left + (Math.max(0, now - at) * emergenciesAMinute) / 60_000);
  const granted = filled >= 1;
  return { bucket: { left: granted ? filled - 1 : filled, at: now }, granted };
}
