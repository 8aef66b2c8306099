import type { Page } from '@gantry/contracts/http/page';
import type { Command } from 'commander';
import type { ListOptions } from '../resources/collection.ts';
import { collect, wholeNumber } from './read-input.ts';
import { type Cell, textTable } from './text-table.ts';

/** The options of every command that lists. */
export type ListFlags = Pick<ListOptions, 'filter' | 'sort' | 'query' | 'page' | 'pageSize' | 'cursor'>;

export function addListOptions(command: Command): Command {
  return command
    .option('-f, --filter <filter>', 'such as "status eq \'FAILED\'"; of several, all must hold', collect)
    .option('-s, --sort <sort>', 'such as createdOn,desc; repeatable', collect)
    .option('-q, --query <text>', 'free text in names, descriptions and ids')
    .option('--page <number>', 'which page, counted from 1', wholeNumber)
    .option('-n, --page-size <number>', 'items a page', wholeNumber)
    .option('--cursor <cursor>', 'the nextCursor of a page that was read before');
}

/** A page as a table that says when it is empty, or does not show all there is. */
export function listText<Item>(
  { content, totalElements }: Pick<Page<Item>, 'content' | 'totalElements'>,
  heads: readonly string[],
  rowOf: (item: Item) => readonly Cell[],
): string {
  if (content.length === 0) return totalElements === 0 ? 'none' : `none on this page, of ${totalElements}`;
  const more = content.length < totalElements ? `\n\n${content.length} of ${totalElements}` : '';
  return textTable(heads, content.map(rowOf)) + more;
}
