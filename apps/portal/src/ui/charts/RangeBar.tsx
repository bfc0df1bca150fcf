import { Mark } from '../Mark.tsx';
import classes from './RangeBar.module.css';
import { rangePlace } from './range.ts';

const shapes = { below: 'below', within: 'usual', above: 'above' } as const;

/**
 * A result against what is usual: the band is the usual stretch, the mark stands where the value lies and tells by its shape
 * whether it is below ▼, within ● or above ▲. Nothing is drawn when nothing is known to be usual.
 */
export function RangeBar({
  value,
  low,
  high,
  lowText,
  highText,
  name,
}: {
  value: number;
  /** `null` where the range is open. */
  low: number | null;
  high: number | null;
  /** The ends, formatted. */
  lowText?: string;
  highText?: string;
  /** "5.9 mmol/L, above 5.0". */
  name: string;
}) {
  const place = rangePlace(value, low, high);
  if (!place) return null;
  const at = (share: number) => `${share * 100}%`;
  return (
    <div role="img" aria-label={name} className={classes.range}>
      <span className={classes.bar}>
        <span className={classes.band} style={{ left: at(place.from), right: at(1 - place.to) }} />
        <span className={classes.mark} style={{ left: at(place.value) }}>
          <Mark kind={shapes[place.standing]} size={14} />
        </span>
      </span>
      <span className={classes.ends} aria-hidden="true">
        {low !== null && lowText && <span style={{ left: at(place.from) }}>{lowText}</span>}
        {high !== null && highText && <span style={{ left: at(place.to) }}>{highText}</span>}
      </span>
    </div>
  );
}
