import { useId } from 'react';
import classes from './Progress.module.css';

/**
 * How far long work has come, in units people know: "142 of 860 records are open".
 *
 * @param of `null` while nobody knows how many there are; then the bar says only that something goes on.
 */
export function Progress({ label, value, of }: { label: string; value: number; of: number | null }) {
  const id = useId();
  const share = of === null ? null : of === 0 ? 1 : Math.min(1, value / of);
  return (
    <div className={classes.progress}>
      <p id={id}>{label}</p>
      <div
        role="progressbar"
        aria-labelledby={id}
        aria-valuemin={0}
        aria-valuemax={of ?? undefined}
        aria-valuenow={of === null ? undefined : Math.min(value, of)}
        aria-valuetext={of === null ? undefined : label}
        className={classes.bar}
        data-unknown={share === null || undefined}
      >
        <span style={share === null ? undefined : { width: `${share * 100}%` }} />
      </div>
    </div>
  );
}
