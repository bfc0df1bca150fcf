import { Hidden } from './kit.tsx';
import classes from './Skeleton.module.css';

/**
 * Rows that will be here in a moment. Nothing moves; `name` is heard: "Loading your records".
 */
export function SkeletonRows({ rows = 5, name }: { rows?: number; name: string }) {
  return (
    <div className={classes.rows} role="status">
      <Hidden>{name}</Hidden>
      {widths
        .slice(0, rows)
        .concat(widths.slice(0, Math.max(0, rows - widths.length)))
        .map((width, at) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows without content have nothing else to be told apart by
          <div key={at} className={classes.row} aria-hidden="true">
            <i className={classes.dot} />
            <i style={{ width: `${width}%` }} />
            <i style={{ width: `${width - 14}%` }} />
          </div>
        ))}
    </div>
  );
}

/** Cards that will be here in a moment. */
export function SkeletonCards({ cards = 3, name }: { cards?: number; name: string }) {
  return (
    <div className={classes.cards} role="status">
      <Hidden>{name}</Hidden>
      {Array.from({ length: cards }, (_, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: cards without content have nothing else to be told apart by
        <div key={at} className={classes.card} aria-hidden="true">
          <i style={{ width: '40%' }} />
          <i className={classes.large} style={{ width: '55%' }} />
          <i style={{ width: '70%' }} />
        </div>
      ))}
    </div>
  );
}

const widths = [64, 48, 72, 56, 68, 52, 60, 44];
