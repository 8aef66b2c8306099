import { type ListQuery, type Page, pageOf } from '@gantry/contracts/http/page';
import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { parseSort } from '@gantry/domain/sort/parse-sort';
import { type FieldTable, sortableFields } from '@gantry/record/filter/field-table';
import type { PageInfo, PageRequest } from '@gantry/record/paging/select-page';

/**
 * What a list is asked for, its filter and sort read against the list's own fields.
 * @throws FilterError, SortError
 */
export function listRequest(query: ListQuery, fields: FieldTable): PageRequest {
  // One client encodes it twice.
  const search = query.query.trim().replace(/^%2A$/i, '*');
  return {
    page: query.page - 1,
    pageSize: query.pageSize,
    filter: parseFilter(query.filter, fields),
    sort: parseSort(query.sort, sortableFields(fields)),
    search: search === '' || search === '*' ? undefined : search,
    cursor: query.cursor === '' ? undefined : query.cursor,
    countTo: query.countTo,
  };
}

export function pageAnswer<Item>(items: Item[], page: PageInfo, query: ListQuery): Page<Item> {
  return pageOf(items, page, { pageSize: query.pageSize, sorted: query.sort.length > 0 });
}

/** For lists that are bare arrays: everything, as far as one page goes. */
export const WHOLE_LIST: PageRequest = {
  page: 0,
  pageSize: 1_000,
  filter: undefined,
  sort: [],
  search: undefined,
  cursor: undefined,
};
