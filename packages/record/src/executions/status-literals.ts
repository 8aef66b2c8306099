import { type ExecutionStatus, statusValue, statusValues, UNFINISHED_STATUSES } from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';

/*
 * Statuses written out, not as parameters: that is how Postgres recognizes the condition of a partial index.
 */

export function statusLiteral(status: ExecutionStatus): RawBuilder<number> {
  return sql.lit(statusValue(status));
}

/** For `status in ...`. */
export const UNFINISHED_LITERALS = sql.raw(`(${statusValues(UNFINISHED_STATUSES).sort().join(', ')})`);
