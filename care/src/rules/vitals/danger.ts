/**
 * Danger: a reading at which somebody is called, whatever is usual.
 *
 * @module
 */
import { shown, type VitalName, vitalFacts } from './vitals.ts';

/**
 * Which danger limit a reading has reached, if any. The limits are an adult's; for a child there are none here.
 *
 * @param values in the unit of `vitalFacts(vital)`
 * @example
 * ```ts
 * import { dangerOf } from '@carelet/care/rules/vitals/danger';
 * dangerOf('oxygen-saturation', [91], true); // 'low'
 * dangerOf('oxygen-saturation', [92], true); // null
 * ```
 */
export function dangerOf(vital: VitalName, values: readonly number[], adult: boolean): 'low' | 'high' | null {
  if (!adult) return null;
  for (const [i, { danger, plausible }] of vitalFacts(vital).measures.entries()) {
    const value = values[i];
    if (danger === undefined || value === undefined || value < plausible.low || value > plausible.high) continue;
    if (danger.low !== undefined && shown(vital, value) <= danger.low) return 'low';
    if (danger.high !== undefined && shown(vital, value) >= danger.high) return 'high';
  }
  return null;
}
