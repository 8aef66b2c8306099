import type { ExecutionStatus } from '@gantry/domain/status';

export interface IngestedExecution {
  id: string;
  assistantId: string | null;
  status: ExecutionStatus;
  priority: number;
  duplicateOf: string | null;
}

export type IngestResult =
  | { ok: true; eventId: string; duplicate: boolean; executions: IngestedExecution[] }
  | { ok: false; code: IngestErrorCode; field: string | null; message: string };

type IngestErrorCode =
  | 'PROJECT_NOT_FOUND'
  | 'PROJECT_REQUIRED'
  | 'PROJECT_MISMATCH'
  | 'CAUSE_TOO_DEEP'
  | 'SUBSCRIPTIONS_TOO_COSTLY';
