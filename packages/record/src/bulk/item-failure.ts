import type { Row } from '../schema/tables.ts';

/** Why an item could not be done. */
export interface ItemFailure {
  item: Row<'bulk_items'>;
  code: string;
  message: string;
}

/** What it is about is not there any more. */
export function isGone(item: Row<'bulk_items'>): ItemFailure {
  return { item, code: 'NOT_FOUND', message: 'It was removed in the meantime.' };
}
