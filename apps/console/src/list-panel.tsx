import { GantryError } from '@gantry/client/gantry-error';
import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import type { Listed } from './list.ts';
import { Problem } from './problem.tsx';
import { Loading, MaybeOld } from './read.tsx';

/** A column of a table, and what a row has in it. */
export interface Column<Row> {
  name: string;
  cell: (row: Row) => ReactNode;
  /** Such as `right`, `nowrap`, `clip`, `mono`; `hide-phone` where there is little room. */
  className?: string;
  /** Of a clipped cell: all of it. */
  title?: (row: Row) => string | undefined;
}

interface TableProps<Row> {
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  keyOf: (row: Row) => string | number;
}

/** Rows below the names of their columns. */
export function Table<Row>({ columns, rows, keyOf }: TableProps<Row>) {
  return (
    <div className="scroll-x">
      <table className="dense">
        <thead>
          <tr>
            {columns.map(({ name, className }) =>
              name === '' ? (
                <th key={name} className={className} aria-label="Actions" />
              ) : (
                <th key={name} className={className}>
                  {name}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={keyOf(row)}>
              {columns.map(({ name, cell, className, title }) => (
                <td key={name} className={className} title={title?.(row)}>
                  {cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface ListPanelProps<Row> extends Omit<TableProps<Row>, 'rows'> {
  label: string;
  /** Above the rows, where the page has other panels. */
  title?: string;
  list: Listed<Row>;
  /** What is said when there is no row. */
  empty: ReactNode;
}

/** A list of the api: its rows, or how to get the first one, or why it could not be read. */
export function ListPanel<Row>({ label, title, list, empty, columns, keyOf }: ListPanelProps<Row>) {
  const { rows, error, hasMore, isReadingMore } = list;
  // While Gantry is away what was read stays; what it refuses, such as a filter, is said.
  const isRefused = error instanceof GantryError && error.status === 400;
  return (
    <section className="panel" aria-label={label}>
      {title !== undefined && <h2>{title}</h2>}
      {rows === undefined && error === null && <Loading />}
      {error !== null && (rows === undefined || isRefused) && <Problem error={error} onRetry={list.readAgain} />}
      {rows !== undefined && !isRefused && <MaybeOld error={error} onRetry={list.readAgain} />}
      {rows?.length === 0 && empty}
      {rows !== undefined && rows.length > 0 && <Table columns={columns} rows={rows} keyOf={keyOf} />}
      {hasMore && (
        <div className="panel-body">
          <Button size="xs" variant="default" loading={isReadingMore} onClick={list.readMore}>
            More
          </Button>
        </div>
      )}
    </section>
  );
}
