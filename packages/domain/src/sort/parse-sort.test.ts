import { describe, expect, test } from 'vitest';
import { parseSort, SORT_KEYS_LIMIT } from './parse-sort.ts';
import { SortError } from './sort-error.ts';

const fields = ['createdOn', 'priority', 'id'];
const newest = { field: 'createdOn', direction: 'desc' };
const lowest = { field: 'priority', direction: 'asc' };

describe('sort', () => {
  test.each([
    [['createdOn,desc'], [newest]],
    [['createdOn:desc'], [newest]],
    [['createdOn , DESC'], [newest]],
    [['priority'], [lowest]],
    [
      ['priority,asc', 'createdOn,desc'],
      [lowest, newest],
    ],
    [['createdOn:desc;priority:asc'], [newest, lowest]],
    [
      ['createdOn,desc;priority', ''],
      [newest, lowest],
    ],
    [['createdOn:desc; priority;'], [newest, lowest]],
    [[], []],
    [[''], []],
  ])('%j', (params, keys) => {
    expect(parseSort(params, fields)).toEqual(keys);
  });

  test.each([
    ['colour,desc', 'SORT_FIELD_UNKNOWN', "sort: unknown field 'colour', expected one of createdOn, priority, id"],
    ['constructor', 'SORT_FIELD_UNKNOWN', "sort: unknown field 'constructor', expected one of createdOn, priority, id"],
    ['priority,up', 'SORT_INVALID', "sort: 'priority,up' is not of the form field,asc or field,desc"],
    ['priority desc', 'SORT_INVALID', "sort: 'priority desc' is not of the form field,asc or field,desc"],
    [',desc', 'SORT_INVALID', "sort: ',desc' is not of the form field,asc or field,desc"],
    [
      Array(SORT_KEYS_LIMIT + 1)
        .fill('id')
        .join(';'),
      'SORT_INVALID',
      'sort: at most 8 fields can be sorted by',
    ],
  ])('%s is refused', (param, code, message) => {
    const parse = () => parseSort([param], fields);
    expect(parse).toThrow(SortError);
    expect(parse).toThrow(expect.objectContaining({ code, message }));
  });

  test('as many keys as the limit are taken', () => {
    expect(parseSort(Array(SORT_KEYS_LIMIT).fill('id'), fields)).toHaveLength(SORT_KEYS_LIMIT);
  });
});
