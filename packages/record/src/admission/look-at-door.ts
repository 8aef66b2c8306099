import type { Database } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { statusLiteral } from '../executions/status-literals.ts';

export interface Door {
  open: boolean;
  /** Somebody waits in the record for a place in Redis. */
  waiting: boolean;
  /** Id of the newest execution; null as long as there is none. */
  newest: string | null;
}

/** The part of the outlook that is asked more often while executions come in. */
export async function lookAtDoor(db: Database): Promise<Door | undefined> {
  const { rows } = await prepared<Door>`
    select open, exists (select from executions where status = ${statusLiteral('REQUESTED')}) as waiting,
      (select id from executions order by id desc limit 1) as newest
    from admission`.execute(db);
  return rows[0];
}
