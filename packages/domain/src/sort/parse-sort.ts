import { excerpt } from '../filter/excerpt.ts';
import { SortError } from './sort-error.ts';

export interface SortKey {
  readonly field: string;
  readonly direction: 'asc' | 'desc';
}

export const SORT_KEYS_LIMIT = 8;

/** A name, and a direction after a comma or colon. */
const KEY = /^([^\s,:]+)(?:\s*[,:]\s*(asc|desc))?$/i;

/**
 * Reads the `sort=` parameters of a request: `field,asc|desc` or `field:desc`, repeated or joined by `;`, or a bare
 * `field`. Ascending unless it says otherwise; the first key is the most significant; blank ones are skipped.
 * @throws SortError naming what is not a key, not a field, or too much
 */
export function parseSort(params: readonly string[], fields: readonly string[]): SortKey[] {
  const keys = params.flatMap((param) => param.split(';')).filter((key) => key.trim() !== '');
  if (keys.length > SORT_KEYS_LIMIT) {
    throw new SortError('SORT_INVALID', `sort: at most ${SORT_KEYS_LIMIT} fields can be sorted by`);
  }
  return keys.map((key) => parseKey(key.trim(), fields));
}

function parseKey(key: string, fields: readonly string[]): SortKey {
  const [, field, direction = 'asc'] = KEY.exec(key) ?? [];
  if (field === undefined) {
    throw new SortError('SORT_INVALID', `sort: ${excerpt(key)} is not of the form field,asc or field,desc`);
  }
  if (!fields.includes(field)) {
    throw new SortError(
      'SORT_FIELD_UNKNOWN',
      `sort: unknown field ${excerpt(field)}, expected one of ${fields.join(', ')}`,
    );
  }
  return { field, direction: direction.toLowerCase() === 'desc' ? 'desc' : 'asc' };
}
