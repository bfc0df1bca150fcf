import type { Measured, VitalName } from '../../house/vitals.ts';
import { Pressure, Value } from '../../ui/kit.tsx';
import { useValues } from './values.ts';

/** A vital sign's value as the loudest thing on a card or page: 148/91 mmHg. */
export function VitalValue({
  latest,
  of,
  size = 'md',
}: {
  latest: Pick<Measured, 'values'>;
  of: { readonly vital: VitalName; readonly unit: string; readonly decimals: number };
  size?: 'sm' | 'md' | 'lg';
}) {
  const values = useValues();
  const [first, second] = latest.values.map((value) => values.shown(value, of.unit, of.decimals, of.vital));
  if (!first) return null;
  return (
    <Value size={size} unit={first.unit}>
      {second ? <Pressure top={first.value} bottom={second.value} /> : first.value}
    </Value>
  );
}
