import {
  type ExecutionStatus,
  FINISHED_STATUSES,
  statusFromValue,
  statusValue,
  statusValues,
} from '@gantry/domain/status';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from './changes.ts';
import type { Database, Tx } from './database.ts';
import { retryTransaction } from './retry-transaction.ts';
import { settleReplacements } from './settle-replacements.ts';

export type CancelResult =
  /** The brake is to be applied to these; a second cancel gives them again. */
  | { outcome: 'cancelling'; brake: { executionId: string; epoch: number }[] }
  | { outcome: 'finished'; status: ExecutionStatus }
  | { outcome: 'not-found' };

interface Member {
  id: string;
  status: number;
  epoch: number;
}

/** Cancels an execution and all its unfinished descendants: CANCELLING, or CANCELLED where nothing of it was admitted. */
export function cancelExecution(
  db: Database,
  { organizationId, executionId, now }: { organizationId: string; executionId: string; now: Date },
): Promise<CancelResult> {
  return retryTransaction(db, async (tx) => {
    const family = await lockFamily(tx, organizationId, executionId);
    const root = family.find(({ id }) => id === executionId);
    if (root === undefined) return { outcome: 'not-found' };
    const status = statusFromValue(root.status);
    if ((FINISHED_STATUSES as readonly ExecutionStatus[]).includes(status)) return { outcome: 'finished', status };

    const ids = family.map(({ id }) => id);
    const { rows: cancelling } = await sql<ChangedRow>`
      update executions set status = ${statusValue('CANCELLING')}, dedup_key = null, stop_reason = null, updated_at = ${now},
        change_sequence = change_sequence + 1
      where id = any(${ids}) and status = any(${statusValues(['PENDING', 'RUNNING'])})
      returning ${changedColumns()}`.execute(tx);
    const { rows: ended } = await sql<ChangedRow>`
      update executions set status = ${statusValue('CANCELLED')}, dedup_key = null, finished_at = ${now}, updated_at = ${now},
        change_sequence = change_sequence + 1
      where id = any(${ids}) and status = ${statusValue('REQUESTED')}
      returning ${changedColumns()}`.execute(tx);
    noteChanges(tx, 'status', [...cancelling, ...ended]);
    await settleReplacements(
      tx,
      ended.map(({ id }) => id),
      now,
    );

    const stopped = new Set(ended.map(({ id }) => id));
    const running = statusValues(['PENDING', 'RUNNING', 'CANCELLING']);
    return {
      outcome: 'cancelling',
      brake: family
        .filter((member) => running.includes(member.status) && !stopped.has(member.id))
        .map(({ id, epoch }) => ({ executionId: id, epoch })),
    };
  });
}

/** The execution and everything it caused, locked in sorted order. */
async function lockFamily(tx: Tx, organizationId: string, executionId: string): Promise<Member[]> {
  const { rows } = await sql<Member>`
    with recursive family(id) as (
      select id from executions where id = ${executionId} and organization_id = ${organizationId}
      union
      select child.id from executions as child join family on child.parent_execution_id = family.id
    )
    select id, status, epoch from executions where id in (select id from family) order by id for update`.execute(tx);
  return rows;
}
