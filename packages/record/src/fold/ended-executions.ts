import type { ExecutionStatus } from '@gantry/domain/status';
import { sql } from 'kysely';
import type { Tx } from '../connection/database.ts';
import type { FoldedExecution } from './save-states.ts';

/** An execution that a batch of facts finished. */
export interface EndedExecution {
  executionId: string;
  status: ExecutionStatus;
  assistantId: string | null;
  /** Null when no event caused it, or that is forgotten already. */
  eventType: string | null;
  createdAtMs: number;
  /** Null when no step has started. */
  startedAtMs: number | null;
  finishedAtMs: number;
}

export async function endedExecutions(tx: Tx, ended: readonly FoldedExecution[], now: Date): Promise<EndedExecution[]> {
  const types = await eventTypes(tx, ended);
  return ended.map(({ row, after }) => ({
    executionId: row.id,
    status: after.status,
    assistantId: row.assistant_id,
    eventType: types.get(row.event_id ?? '') ?? null,
    createdAtMs: row.created_at.getTime(),
    startedAtMs: after.startedAt,
    finishedAtMs: after.finishedAt ?? now.getTime(),
  }));
}

async function eventTypes(tx: Tx, ended: readonly FoldedExecution[]): Promise<Map<string, string>> {
  const ids = ended.flatMap(({ row }) => row.event_id ?? []);
  if (ids.length === 0) return new Map();
  const { rows } = await sql<{ id: string; event_type: string }>`
    select id, event_type from events where id = any(${ids})`.execute(tx);
  return new Map(rows.map(({ id, event_type }) => [id, event_type]));
}
