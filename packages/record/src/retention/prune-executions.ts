import { FINISHED_STATUSES, statusValues } from '@gantry/domain/status';
import { sql } from 'kysely';
import { type ChangedRow, changedColumns, noteChanges } from '../changes/changes.ts';
import type { Tx } from '../connection/database.ts';
import { idFloor } from './id-floor.ts';

export interface Pruning {
  /** What finished before it goes. */
  before: Date;
  /** At most so many are looked at in one transaction. */
  batch: number;
}

/** What is being replaced stays until it is known how that went. */
export const PRUNABLE = statusValues(FINISHED_STATUSES.filter((status) => status !== 'PENDING_REPROCESSING'));

/**
 * Removes executions that finished long ago, with all that belongs to them, from the oldest on.
 * @param afterId where the batch before ended
 * @returns how many went, and where this batch ended: undefined when it has reached those that are too young
 */
export async function pruneExecutions(
  tx: Tx,
  { before, batch, afterId }: Pruning & { afterId: string },
): Promise<{ pruned: number; reached: string | undefined }> {
  const { rows: looked } = await sql<{ id: string; status: number; finished_at: Date | null }>`
    select id, status, finished_at from executions where id > ${afterId} and id < ${idFloor(before)}
    order by id limit ${batch}`.execute(tx);
  const old = looked.filter(
    ({ status, finished_at }) => finished_at !== null && finished_at < before && PRUNABLE.includes(status),
  );
  const { rows: pruned } = await sql<ChangedRow>`
    delete from executions where id in (
      select id from executions where id = any(${old.map(({ id }) => id)}) and status = any(${PRUNABLE})
      order by id for update skip locked
    ) returning ${changedColumns()}`.execute(tx);
  noteChanges(tx, 'deleted', pruned);
  return { pruned: pruned.length, reached: looked.length < batch ? undefined : looked.at(-1)?.id };
}
