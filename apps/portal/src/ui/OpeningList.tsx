import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import { Card, Hidden } from './kit.tsx';
import { Link } from './Link.tsx';
import classes from './OpeningList.module.css';

export type OpenRow = {
  readonly key: string;
  readonly icon: IconName;
  readonly title: ReactNode;
  readonly value?: ReactNode;
  readonly when?: ReactNode;
  readonly href?: string;
};

/**
 * Rows that open one after another: what is open can be used, what is locked looks locked and becomes the reading in the
 * same place and size, so that nothing jumps.
 *
 * @param locked rows still to come, at most eight of them are drawn
 * @param lockedName heard once for all of them: "718 records are still locked"
 */
export function OpeningList({ rows, locked, lockedName }: { rows: readonly OpenRow[]; locked: number; lockedName: string }) {
  return (
    <Card flush>
      <ul>
        {rows.map(({ key, icon, title, value, when, href }) => (
          <li key={key} className={classes.row}>
            <Icon name={icon} size={22} />
            <b>
              {href ? (
                <Link href={href} className={classes.link}>
                  {title}
                </Link>
              ) : (
                title
              )}
            </b>
            <span className={classes.value}>{value}</span>
            <span className={classes.when}>{when}</span>
          </li>
        ))}
        {widths.slice(0, Math.max(0, locked)).map((width, at) => (
          <li key={width} className={classes.row} data-locked>
            <Icon name="lock" size={22} />
            {at === 0 && <Hidden>{lockedName}</Hidden>}
            <i style={{ width: `${width}%` }} />
            <i className={classes.value} style={{ width: `${width - 12}%` }} />
            <i className={classes.when} />
          </li>
        ))}
      </ul>
    </Card>
  );
}

const widths = [64, 48, 72, 56, 68, 52, 60, 44];
