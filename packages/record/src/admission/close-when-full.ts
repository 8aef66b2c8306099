import type { Tx } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { IN_REDIS_LITERALS, UNFINISHED_LITERALS } from '../executions/status-literals.ts';

/** Closes the door once Redis holds more than `limit` unfinished executions. All there is to do while nobody waits there. */
export async function closeWhenFull(tx: Tx, limit: number): Promise<void> {
  await prepared`
    update admission set open = false where open and ${limit} < (
      select count(*) from executions where status in ${IN_REDIS_LITERALS} and status in ${UNFINISHED_LITERALS}
    )`.execute(tx);
}
