import type { ExecutionStatus } from '@gantry/domain/status';
import type { FoldedExecution } from './save-states.ts';

/** An execution that a batch of facts finished. */
export interface EndedExecution {
  executionId: string;
  status: ExecutionStatus;
  assistantId: string | null;
  /** Null when no event caused it. */
  eventType: string | null;
  createdAtMs: number;
  /** Null when no step has started. */
  startedAtMs: number | null;
  finishedAtMs: number;
}

export function endedExecutions(ended: readonly FoldedExecution[], now: Date): EndedExecution[] {
  return ended.map(({ row, after }) => ({
    executionId: row.id,
    status: after.status,
    assistantId: row.assistant_id,
    eventType: row.event_type,
    createdAtMs: row.created_at.getTime(),
    startedAtMs: after.startedAt,
    finishedAtMs: after.finishedAt ?? now.getTime(),
  }));
}
