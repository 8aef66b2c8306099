import type { ExceptionDetails } from '@gantry/domain/exception-details';
import type { SliceState } from '@gantry/domain/execution-state';
import type { Json, JsonObject } from '@gantry/domain/json';
import type { Pipeline } from '@gantry/domain/pipeline';
import type { StatusMessageType } from '@gantry/domain/status-message';
import type { StepAttempt } from '@gantry/domain/step-attempt';
import type { Generated } from 'kysely';
import type { Jsonb, Mutable } from './columns.ts';

/** An execution, and what is written down of it while it runs. */
export interface ExecutionTables {
  executions: Mutable & {
    id: string;
    organization_id: string;
    project_id: string | null;
    assistant_id: string | null;
    document_family_id: string | null;
    event_id: string | null;
    parent_execution_id: string | null;
    reprocess_of: string | null;
    duplicate_of: string | null;
    status: number;
    previous_status: number | null;
    stop_reason: 'TIMEOUT' | null;
    priority: number;
    dedup_key: string | null;
    releases_key_when_running: Generated<boolean>;
    replaces: string | null;
    held_by: string | null;
    queue_batch: string | null;
    traceparent: string | null;
    cause_depth: Generated<number>;
    description: string | null;
    context: Jsonb<JsonObject>;
    parameters: Jsonb<JsonObject>;
    custom_options: Jsonb<JsonObject>;
    targets: string | null;
    session: string | null;
    pipeline: Jsonb<Pipeline & { id: string }>;
    complete_label: string | null;
    timeout_seconds: number | null;
    epoch: Generated<number>;
    slices: Jsonb<SliceState[]>;
    status_details: Jsonb<JsonObject | null>;
    exception_details: Jsonb<ExceptionDetails | null>;
    logging_enabled: Generated<boolean>;
    delete_logging_on_success: Generated<boolean>;
    started_at: Date | null;
    finished_at: Date | null;
    processing_time_ms: number | null;
    /** Of the assistant's pipeline. */
    revision: number | null;
    /** Not 0: the steps before it are those of another execution. */
    from_step: number | null;
    failed_step: number | null;
    /** The database gives it to those that are FAILED. */
    failure_group: string | null;
    module_versions: Jsonb<(string | null)[] | null>;
  };
  execution_steps: {
    execution_id: string;
    ordinal: number;
    ref: string;
    name: string | null;
    status: number;
    attempt: number;
    started_at: Date | null;
    finished_at: Date | null;
    progress: number | null;
    progress_max: number | null;
    output: Jsonb<Json>;
    output_ref: string | null;
    output_id: string | null;
    exception_details: Jsonb<ExceptionDetails | null>;
    attempt_started_at: Date | null;
    worker_id: string | null;
    /** Null: none. */
    earlier_attempts: Jsonb<readonly StepAttempt[] | null>;
    /** The execution that ran it. */
    reused_from: string | null;
  };
  execution_logs: {
    execution_id: string;
    id: string;
    step: number;
    level: number;
    logged_at: Date;
    entry: string;
  };
  status_messages: {
    execution_id: string;
    id: string;
    said_at: Date;
    type: StatusMessageType;
    title: string;
    subtitle: string | null;
  };
}
