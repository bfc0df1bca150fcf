import type { ReactNode } from 'react';
import { Link } from './Link.tsx';
import classes from './TrendCard.module.css';

/**
 * Anatomy, top to bottom: name and time; the number; its range word; the picture; the device and who can see it.
 * The whole card is one link, named by its title.
 */
export function TrendCard({
  href,
  title,
  when,
  value,
  word,
  picture,
  device,
  audience,
}: {
  href: string;
  title: ReactNode;
  when: ReactNode;
  /** A `Value`. */
  value: ReactNode;
  /** A `Word`, where there is something to compare with. */
  word?: ReactNode;
  /** A `Spark`, `SparkPressure`, `TimeInRange` or `TraceStrip`. */
  picture?: ReactNode;
  device?: ReactNode;
  /** An `Audience`. */
  audience?: ReactNode;
}) {
  return (
    <article className={classes.card}>
      <div className={classes.head}>
        <h3>
          <Link href={href} className={classes.link}>
            {title}
          </Link>
        </h3>
        <span className="meta">{when}</span>
      </div>
      <div className={classes.value}>{value}</div>
      <div className={classes.word}>{word}</div>
      <div className={classes.picture}>{picture}</div>
      <div className={classes.foot}>
        {device && <span className="meta">{device}</span>}
        {audience}
      </div>
    </article>
  );
}
