import type { ChangeOutcome } from '@gantry/record/changes/change-outcome';
import { ApiError, notFound } from './api-error.ts';

/**
 * The row after a change.
 * @throws ApiError NOT_FOUND, STALE_CHANGE_SEQUENCE or SLUG_TAKEN
 */
export function changed<Row>(outcome: ChangeOutcome<Row> | { outcome: 'slug-taken' }, what: string, id: string): Row {
  switch (outcome.outcome) {
    case 'changed':
      return outcome.row;
    case 'not-found':
      throw notFound(what, id);
    case 'stale':
      throw new ApiError('STALE_CHANGE_SEQUENCE', `The ${what} ${id} was changed in the meantime.`);
    case 'slug-taken':
      throw slugTaken(what);
  }
}

export function slugTaken(what: string): ApiError {
  return new ApiError('SLUG_TAKEN', `There is another ${what} of that slug.`, { errors: { slug: 'is taken' } });
}
