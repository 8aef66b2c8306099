import { statusesFor } from '@gantry/domain/command';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { statusLiteral, UNFINISHED_LITERALS } from '../executions/status-literals.ts';
import { isTimedOut } from './expire-executions.ts';

export interface DeadlineLook {
  /** By the clock of the record. */
  now: Date;
  /** Some execution runs for longer than it may. */
  timedOut: boolean;
  /** When the oldest unfinished execution was created; null when there is none. */
  oldest: Date | null;
}

/** What tells at the price of one statement whether there may be anything to expire. */
export async function lookAtDeadlines(db: Database): Promise<DeadlineLook> {
  const oldest = [statusLiteral('RUNNING'), ...statusesFor('expire').map(statusLiteral)].map(
    (status) => sql`(
      select created_at from executions where status = ${status} and status in ${UNFINISHED_LITERALS} order by id limit 1
    )`,
  );
  const { rows } = await sql<DeadlineLook>`
    select clock_timestamp() as now, least(${sql.join(oldest)}) as oldest,
      exists (select from executions where ${isTimedOut(sql`clock_timestamp()`)}) as "timedOut"`.execute(db);
  const [look] = rows;
  if (look === undefined) throw new RangeError('a select without a table has one row');
  return look;
}
