import { type ReactNode, useId, useState } from 'react';
import classes from './ChartFigure.module.css';

/** The same as a table: what the button says before and after, and the table, made when it is asked for. */
export type ChartTable = { readonly show: string; readonly hide: string; readonly draw: () => ReactNode };

/** A line of a chart's key: a small picture and its words. */
export type KeyLine = { readonly shape: 'solid' | 'hollow' | 'band' | 'line' | 'event' | 'away'; readonly text: ReactNode };

/** Around every large chart: its key above, and below it the way to the same as a table. */
export function ChartFigure({
  name,
  title,
  lines = [],
  table,
  children,
}: {
  /** A sentence that tells what the chart shows. */
  name: string;
  /** A heading before the key. */
  title?: ReactNode;
  lines?: readonly KeyLine[];
  table?: ChartTable;
  children: ReactNode;
}) {
  const id = useId();
  const [open, setOpen] = useState(false);
  const toggle = table && (
    <button
      type="button"
      className={classes.toggle}
      aria-expanded={open}
      aria-controls={open ? id : undefined}
      onClick={() => setOpen((was) => !was)}
    >
      {open ? table.hide : table.show}
    </button>
  );
  return (
    <figure className={classes.figure} aria-label={name}>
      {lines.length > 0 && (
        <div className={classes.head}>
          {title}
          <ul className={classes.key}>
            {lines.map(({ shape, text }, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a key keep their places
              <li key={at}>
                <i data-shape={shape} aria-hidden="true" />
                <span>{text}</span>
              </li>
            ))}
          </ul>
          {toggle}
        </div>
      )}
      {children}
      {lines.length === 0 && toggle}
      {table && open && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
        <section id={id} className={classes.table} aria-label={name} tabIndex={0}>
          {table.draw()}
        </section>
      )}
    </figure>
  );
}
