import {
  type ExecutionStatus,
  IN_REDIS_STATUSES,
  statusValue,
  statusValues,
  UNFINISHED_STATUSES,
} from '@gantry/domain/status';
import { type RawBuilder, sql } from 'kysely';

/*
 * Statuses written out, not as parameters: that is how Postgres recognizes the condition of a partial index.
 */

export function statusLiteral(status: ExecutionStatus): RawBuilder<number> {
  return sql.lit(statusValue(status));
}

/** For `status in ...`. */
export const UNFINISHED_LITERALS = literals(UNFINISHED_STATUSES);
export const IN_REDIS_LITERALS = literals(IN_REDIS_STATUSES);

function literals(statuses: readonly ExecutionStatus[]): RawBuilder<unknown> {
  return sql.raw(`(${statusValues(statuses).sort().join(', ')})`);
}
