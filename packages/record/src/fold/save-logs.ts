import { LOG_LEVELS } from '@gantry/domain/log-entry';
import { isFinished } from '@gantry/domain/status';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import type { Tx } from '../connection/database.ts';
import type { RefusedEvent } from './caused-events.ts';
import { type LogRow, logRows } from './log-rows.ts';
import type { FoldedExecution } from './save-states.ts';

/** Entries in one statement; a batch of facts may hold many more. */
const INSERT_CHUNK = 2_000;

/**
 * Adds what these facts tell to the logs of executions that keep one, each entry once, as it was said last. The log of one that has succeeded
 * is removed where that is asked for.
 */
export async function saveLogs(tx: Tx, folded: readonly FoldedExecution[]): Promise<void> {
  // Of those with the same id the last one: a statement cannot write a row twice.
  const byId = new Map<string, LogRow>();
  for (const { facts } of folded.filter(keepsLog)) {
    for (const row of facts.flatMap(logRows)) byId.set(`${row.execution_id} ${row.id}`, row);
  }
  const rows = [...byId.values()];
  for (let from = 0; from < rows.length; from += INSERT_CHUNK) {
    const chunk = rows.slice(from, from + INSERT_CHUNK);
    await sql`
      insert into execution_logs
      select * from jsonb_populate_recordset(null::execution_logs, ${JSON.stringify(chunk)}::jsonb)
      on conflict (execution_id, id) do update set
        level = excluded.level, logged_at = excluded.logged_at, entry = excluded.entry
      where execution_logs.logged_at <= excluded.logged_at and execution_logs.entry <> excluded.entry`.execute(tx);
  }
  const dropped = folded.filter(dropsLog).map(({ row }) => row.id);
  if (dropped.length > 0) await tx.deleteFrom('execution_logs').where('execution_id', 'in', dropped).execute();
}

/** Says in the logs of executions which of the events that they caused were not taken, each once however often it is folded. */
export async function logRefused(
  tx: Tx,
  folded: readonly FoldedExecution[],
  refused: readonly RefusedEvent[],
  now: Date,
): Promise<void> {
  if (refused.length === 0) return;
  const keeping = new Set(folded.filter(keepsLog).map(({ row }) => row.id));
  // A step that emits the same a hundred times is told once that nobody takes it.
  const entries = new Map<string, object>();
  for (const { executionId, step, eventType, code, message } of refused) {
    if (!keeping.has(executionId)) continue;
    const entry = `An event ${eventType} was not taken: ${code}: ${message}`;
    // Logs are read by id, and of the same millisecond only its sequence keeps the order in which they were emitted.
    const id = uuidv7({ msecs: now.getTime(), seq: entries.size });
    entries.set(`${executionId} ${step} ${entry}`, { execution_id: executionId, id, step, entry });
  }
  if (entries.size === 0) return;
  await sql`
    insert into execution_logs (execution_id, id, step, level, logged_at, entry)
    select execution_id, id, step, ${LOG_LEVELS.WARN}::smallint, ${now}, entry
    from jsonb_to_recordset(${JSON.stringify([...entries.values()])}::jsonb)
      as said(execution_id uuid, id uuid, step smallint, entry text)
    where not exists (
      select from execution_logs as known
      where known.execution_id = said.execution_id and known.step = said.step and known.entry = said.entry
    )`.execute(tx);
}

function keepsLog(execution: FoldedExecution): boolean {
  const { row, state } = execution;
  if (!row.logging_enabled || dropsLog(execution)) return false;
  // What comes late of one that was finished before may be of a log that was removed.
  return !(row.delete_logging_on_success && isFinished(state.status));
}

function dropsLog({ row, state, after }: FoldedExecution): boolean {
  return row.delete_logging_on_success && state.status !== 'SUCCEEDED' && after.status === 'SUCCEEDED';
}
