/**
 * The pages' names of vital signs, and the rules' own.
 *
 * @module
 */
import type { VitalName as RuleName } from '@carelet/care/rules/vitals/vitals';
import type { VitalName } from '../house/vitals.ts';

const rules: Readonly<Record<VitalName, RuleName>> = {
  'blood-pressure': 'blood-pressure',
  'heart-rate': 'heart-rate',
  oxygen: 'oxygen-saturation',
  'respiratory-rate': 'respiratory-rate',
  'body-temperature': 'body-temperature',
  glucose: 'glucose',
  'body-weight': 'weight',
  'body-height': 'height',
  'body-mass-index': 'bmi',
  steps: 'steps',
};

const pages = new Map(Object.entries(rules).map(([page, rule]) => [rule, page as VitalName]));

/** What the rules call a vital sign of the pages; undefined for a word that is none. */
export const ruleName = (vital: VitalName): RuleName | undefined => (Object.hasOwn(rules, vital) ? rules[vital] : undefined);

/** What the pages call a vital sign of the rules; null where there is no page for it. */
export const pageName = (vital: RuleName | undefined): VitalName | null => (vital && pages.get(vital)) ?? null;
