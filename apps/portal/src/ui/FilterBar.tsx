import { NativeSelect, SegmentedControl } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';

export type FilterOption<V extends string = string> = {
  readonly value: V;
  readonly label: string;
  /** How many there are, already formatted. */
  readonly count?: string;
};

/**
 * One choice out of a few: segments where there is room, a list to choose from on a phone.
 *
 * @example
 * ```tsx
 * <FilterBar name={t('span')} value={span} onChange={setSpan} options={[{ value: 'week', label: t('week') }]} />
 * ```
 */
export function FilterBar<V extends string>({
  name,
  options,
  value,
  onChange,
}: {
  /** What is chosen; heard, not seen. */
  name: string;
  options: readonly FilterOption<V>[];
  value: V;
  onChange: (value: V) => void;
}) {
  // Three short words fit a phone side by side; more do not.
  const wide = useMediaQuery(`(min-width: ${options.length > 5 ? 62 : 40}em)`, true, { getInitialValueInEffect: false });
  const spelled = options.map(({ value: of, label, count }) => ({ value: of, label: count === undefined ? label : `${label} ${count}` }));
  if (wide || options.length <= 3) {
    return <SegmentedControl aria-label={name} data={spelled} value={value} onChange={(chosen) => onChange(chosen as V)} />;
  }
  return <NativeSelect aria-label={name} data={spelled} value={value} onChange={(event) => onChange(event.currentTarget.value as V)} />;
}
