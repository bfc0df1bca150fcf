import type { VitalName } from '../../house/vitals.ts';

/**
 * The smallest height of a chart's axis, in the unit a vital sign is kept in: a steady value is to look steady.
 */
export const leastOf: Readonly<Record<VitalName, number>> = {
  'blood-pressure': 40,
  'heart-rate': 20,
  oxygen: 6,
  'respiratory-rate': 8,
  'body-temperature': 1.5,
  glucose: 4,
  'body-weight': 3,
  'body-height': 10,
  'body-mass-index': 3,
  steps: 4000,
};
