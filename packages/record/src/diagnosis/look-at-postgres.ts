import type { PostgresFindings } from '@gantry/domain/diagnosis';
import { statusValue } from '@gantry/domain/status';
import { sql } from 'kysely';
import { readBacklog } from '../backlog/read-backlog.ts';
import type { Database } from '../connection/database.ts';
import { UNFINISHED_LITERALS } from '../executions/status-literals.ts';
import { missingMigrations, unknownMigrations } from '../schema/migrate.ts';

const COUNTED = 10_000;

type Look = Pick<PostgresFindings, 'version' | 'led' | 'unplanned' | 'factsSetAside' | 'silent'> & { now: Date };

/** What the record tells of the state of the system; `now` is its clock. Counts of executions end at 10,000. */
export async function lookAtPostgres(db: Database): Promise<PostgresFindings & { now: Date }> {
  const [missing, unknown, backlog, look] = await Promise.all([
    missingMigrations(db),
    unknownMigrations(db),
    readBacklog(db),
    sql<Look>`
      select current_setting('server_version_num')::int as version, clock_timestamp() as now,
        exists (select from leader where expires_at > clock_timestamp()) as led,
        (select count(*) from (select from executions where status = ${statusValue('PENDING')}
          and status in ${UNFINISHED_LITERALS} and updated_at < now() - interval '5 minutes' limit ${COUNTED}) as late) as unplanned,
        (select count(*) from facts_set_aside) as "factsSetAside",
        (select count(*) from (select from executions where status = ${statusValue('RUNNING')}
          and status in ${UNFINISHED_LITERALS} and updated_at < now() - interval '1 hour' limit ${COUNTED}) as late) as silent`.execute(
      db,
    ),
  ]);
  const [found] = look.rows;
  if (found === undefined) throw new TypeError('a select without from has one row');
  return {
    ...found,
    missingMigrations: missing,
    unknownMigrations: unknown,
    scheduleLagMs: backlog.scheduleLagSeconds * 1_000,
    requested: backlog.requested,
  };
}
