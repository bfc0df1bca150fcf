import type { ReactNode } from 'react';
import { Icon, type IconName } from './Icon.tsx';
import classes from './states.module.css';

/**
 * Nothing is here yet: what it is for, in one sentence, and the one thing to do.
 *
 * `level` 1 when it is the whole page, 2 inside a page, 3 inside a section.
 */
export function EmptyState({
  icon,
  title,
  text,
  act,
  level = 2,
}: {
  icon: IconName;
  title: ReactNode;
  text: ReactNode;
  act?: ReactNode;
  level?: 1 | 2 | 3;
}) {
  const Heading = `h${level}` as const;
  return (
    <div className={classes.state} data-level={level}>
      <Icon name={icon} size={level === 1 ? 32 : 26} className={classes.icon} />
      <Heading>{title}</Heading>
      <p className={level === 1 ? 'lede' : 'soft'}>{text}</p>
      {act && <div className={classes.acts}>{act}</div>}
    </div>
  );
}
