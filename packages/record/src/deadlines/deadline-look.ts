import { statusesFor } from '@gantry/domain/command';
import { sql } from 'kysely';
import { statusLiteral, UNFINISHED_LITERALS } from '../executions/status-literals.ts';
import { isTimedOut } from './expire-executions.ts';

/** What tells whether there may be anything to expire. */
export interface DeadlineLook {
  /** By the clock of the record. */
  now: Date;
  /** Some execution runs for longer than it may. */
  timedOut: boolean;
  /** When the oldest unfinished execution was created; null when there is none. */
  oldest: Date | null;
}

const oldestOfEach = [statusLiteral('RUNNING'), ...statusesFor('expire').map(statusLiteral)].map(
  (status) => sql`(
    select created_at from executions where status = ${status} and status in ${UNFINISHED_LITERALS} order by id limit 1
  )`,
);

export const oldestUnfinished = sql<Date | null>`least(${sql.join(oldestOfEach)})`;

export const someTimedOut = sql<boolean>`exists (select from executions where ${isTimedOut(sql`clock_timestamp()`)})`;
