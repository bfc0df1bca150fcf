import type { ReactNode } from 'react';
import classes from './SummaryList.module.css';

export type Fact = {
  readonly name: string;
  readonly value: ReactNode;
  /** At the line's end: a word on how it is known, or a link. */
  readonly aside?: ReactNode;
};

/** Facts by name, one a line: `Certificate · C 48 213 · on the licence board's list`. */
export function SummaryList({ facts }: { facts: readonly Fact[] }) {
  return (
    <dl className={classes.list}>
      {facts.map(({ name, value, aside }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a record may say the same thing twice
        <div key={at}>
          <dt>{name}</dt>
          <dd>{value}</dd>
          {aside && <dd className={classes.aside}>{aside}</dd>}
        </div>
      ))}
    </dl>
  );
}
