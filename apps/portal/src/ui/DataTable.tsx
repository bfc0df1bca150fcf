/**
 * A table on a desk; on a phone each row becomes a card of two lines.
 *
 * A browser forgets that something is a table when CSS lays it out otherwise, so every role is said in so many words.
 *
 * @module
 */
import type { ReactNode } from 'react';
import classes from './DataTable.module.css';

export type Column<R> = {
  readonly key: string;
  /** Head of the column. */
  readonly name: ReactNode;
  readonly cell: (row: R) => ReactNode;
  /** `end` for numbers that are compared. */
  readonly align?: 'start' | 'end';
  /** The column that names its row; one of them. */
  readonly head?: boolean;
  /**
   * Where it stands in the card on a phone: `title` and `value` on the first line, `line` and `end` on the second;
   * `hide` leaves it out. Without it, `line`.
   */
  readonly phone?: 'title' | 'value' | 'line' | 'end' | 'hide';
  /** A word before the value on a phone, where the column's head is not seen. */
  readonly phoneName?: ReactNode;
  /** As in CSS: `8rem`, `30%`. */
  readonly width?: string;
};

export type RowGroup<R> = { readonly key: string; readonly title?: ReactNode; readonly rows: readonly R[] };

/**
 * Rows under named columns. Give `rows`, or `groups` with a heading each.
 *
 * @example
 * ```tsx
 * <DataTable caption={t('readings')} columns={columns} rows={rows} keyOf={(row) => row.item} />
 * ```
 */
export function DataTable<R>({
  caption,
  showCaption,
  columns,
  rows,
  groups,
  keyOf,
  isHere,
  empty,
}: {
  /** What the table holds; heard, and seen with `showCaption`. */
  caption: ReactNode;
  showCaption?: boolean;
  columns: readonly Column<R>[];
  rows?: readonly R[];
  groups?: readonly RowGroup<R>[];
  keyOf: (row: R) => string;
  /** The row one is at. */
  isHere?: (row: R) => boolean;
  /** Said when there is no row. */
  empty?: ReactNode;
}) {
  const shown = groups ?? [{ key: 'all', rows: rows ?? [] }];
  const none = shown.every((group) => group.rows.length === 0);
  return (
    <div className={classes.frame}>
      <table className={classes.table} {...role.table}>
        <caption className={showCaption ? classes.caption : classes.hidden}>{caption}</caption>
        <thead {...role.rowgroup}>
          <tr {...role.row}>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                {...role.columnheader}
                data-align={column.align}
                style={column.width === undefined ? undefined : { width: column.width }}
              >
                {column.name}
              </th>
            ))}
          </tr>
        </thead>
        {none ? (
          <tbody {...role.rowgroup}>
            <tr {...role.row}>
              <td {...role.cell} colSpan={columns.length} className={classes.empty}>
                {empty}
              </td>
            </tr>
          </tbody>
        ) : (
          shown.map((group) => (
            <tbody key={group.key} {...role.rowgroup}>
              {group.title !== undefined && (
                <tr {...role.row} className={classes.group}>
                  <th {...role.rowheader} scope="rowgroup" colSpan={columns.length}>
                    {group.title}
                  </th>
                </tr>
              )}
              {group.rows.map((row) => (
                <tr key={keyOf(row)} {...role.row} className={classes.row} aria-current={isHere?.(row) ? 'true' : undefined}>
                  {columns.map((column) => (
                    <Cell key={column.key} column={column} row={row} />
                  ))}
                </tr>
              ))}
            </tbody>
          ))
        )}
      </table>
    </div>
  );
}

function Cell<R>({ column, row }: { column: Column<R>; row: R }) {
  const inside = (
    <>
      {column.phoneName !== undefined && <span className={classes.phoneName}>{column.phoneName} </span>}
      {column.cell(row)}
    </>
  );
  const place = { className: classes.cell, 'data-align': column.align, 'data-phone': column.phone ?? (column.head ? 'title' : 'line') };
  return column.head ? (
    <th scope="row" {...role.rowheader} {...place}>
      {inside}
    </th>
  ) : (
    <td {...role.cell} {...place}>
      {inside}
    </td>
  );
}

const role = {
  table: { role: 'table' },
  rowgroup: { role: 'rowgroup' },
  row: { role: 'row' },
  columnheader: { role: 'columnheader' },
  rowheader: { role: 'rowheader' },
  cell: { role: 'cell' },
} as const;
