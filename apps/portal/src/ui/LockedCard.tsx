import { type ReactNode, useId } from 'react';
import { Icon } from './Icon.tsx';
import classes from './LockedCard.module.css';

/**
 * Something one may not see: the fact, what to do, and nothing about whether there is anything.
 */
export function LockedCard({
  title,
  text,
  acts,
  foot,
  level = 2,
}: {
  title: ReactNode;
  text: ReactNode;
  acts?: ReactNode;
  /** A last line, smaller: the way in an emergency. */
  foot?: ReactNode;
  level?: 2 | 3;
}) {
  const heading = useId();
  const Heading = `h${level}` as const;
  return (
    <section className={classes.locked} aria-labelledby={heading}>
      <Icon name="lock" size={22} />
      <div>
        <Heading id={heading}>{title}</Heading>
        <p className="soft">{text}</p>
        {acts && <div className={classes.acts}>{acts}</div>}
        {foot && <p className={classes.foot}>{foot}</p>}
      </div>
    </section>
  );
}
