/**
 * A list of thousands that is quick from the first row on.
 *
 * All rows stand in the page, so that the browser's own search, a screen reader and the printer find them; but they come in
 * slices between which the page answers, and the browser lays out only what is near the window (`content-visibility`).
 *
 * @module
 */
import { type KeyboardEvent, memo, type ReactNode, startTransition, useEffect, useState } from 'react';
import classes from './LongList.module.css';
import { sliced } from './slices.ts';

export type ListGroup<T> = {
  readonly key: string;
  /** Its heading: a day, a month. */
  readonly title?: ReactNode;
  readonly items: readonly T[];
};

/** Rows that are drawn at once, and that come with each further slice. */
const slice = 120;

/**
 * Rows in groups. Arrow up and down, Home and End go from row to row, where rows hold a link or a button.
 *
 * @example
 * ```tsx
 * <LongList name={t('records')} groups={days} keyOf={(item) => item.id} row={(item) => <Row item={item} />} rowHeight={64} />
 * ```
 */
export function LongList<T>({
  name,
  groups,
  keyOf,
  row,
  rowHeight = 64,
  level = 2,
}: {
  /** What is listed; heard, not seen. */
  name: string;
  groups: readonly ListGroup<T>[];
  keyOf: (item: T) => string;
  /** What stands in a row; the row itself is an `li` without padding. */
  row: (item: T) => ReactNode;
  /** Pixels, about: rows out of sight are taken to be this high. */
  rowHeight?: number;
  /** Of the groups' headings. */
  level?: 2 | 3;
}) {
  const total = groups.reduce((sum, group) => sum + group.items.length, 0);
  const [drawn, setDrawn] = useState(slice);
  useEffect(() => {
    if (drawn >= total) return;
    const timer = setTimeout(() => startTransition(() => setDrawn((before) => before + slice * 2)));
    return () => clearTimeout(timer);
  }, [drawn, total]);
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of lists, no set of fields
    <div
      role="group"
      aria-label={name}
      aria-busy={drawn < total}
      className={classes.list}
      // Whoever comes back is led to where she was before all rows are there again.
      style={drawn < total ? { minBlockSize: total * rowHeight } : undefined}
      onKeyDown={walk}
    >
      {sliced(groups, drawn).map((group) => (
        <Group key={group.key} group={group} keyOf={keyOf} row={row} rowHeight={rowHeight} level={level} />
      ))}
    </div>
  );
}

type GroupProps<T> = {
  readonly group: ListGroup<T>;
  readonly keyOf: (item: T) => string;
  readonly row: (item: T) => ReactNode;
  readonly rowHeight: number;
  readonly level: 2 | 3;
};

/** A group that is drawn whole is not drawn again when the next slice comes. */
const Group = memo(function Group<T>({ group, keyOf, row, rowHeight, level }: GroupProps<T>) {
  const Heading = `h${level}` as const;
  return (
    <section className={classes.group}>
      {group.title !== undefined && <Heading className={classes.title}>{group.title}</Heading>}
      <ul className={classes.rows}>
        {group.items.map((item) => (
          <li key={keyOf(item)} className={classes.row} style={{ containIntrinsicBlockSize: `auto ${rowHeight}px` }}>
            {row(item)}
          </li>
        ))}
      </ul>
    </section>
  );
}) as <T>(props: GroupProps<T>) => ReactNode;

const steps: Readonly<Record<string, (at: number, last: number) => number>> = {
  ArrowDown: (at, last) => Math.min(last, at + 1),
  ArrowUp: (at) => Math.max(0, at - 1),
  Home: () => 0,
  End: (_, last) => last,
};

/** Moves the focus from row to row. */
function walk(event: KeyboardEvent<HTMLElement>): void {
  const step = steps[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const target = event.target as HTMLElement;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('li')].filter((one) => one.querySelector('a, button') !== null);
  const at = rows.findIndex((one) => one.contains(target));
  if (at < 0) return;
  event.preventDefault();
  rows[step(at, rows.length - 1)]!.querySelector<HTMLElement>('a, button')!.focus();
}
