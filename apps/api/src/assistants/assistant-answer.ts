import type { Assistant } from '@gantry/contracts/http/assistant';
import type { Row } from '@gantry/record/tables';

export function assistantAnswer(row: Row<'assistants'>): Assistant {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    organizationId: row.organization_id,
    projectId: row.project_id,
    slug: row.slug,
    name: row.name,
    description: row.description,
    active: row.active,
    priorityHint: row.priority_hint,
    subscription: row.subscription,
    connections: row.connections,
    schedules: row.schedules,
    options: row.options,
    timeoutSeconds: row.timeout_seconds,
    maxConcurrentExecutions: row.max_concurrent_executions,
    deduplication: row.deduplication === 'off' ? 'off' : 'in-flight',
    loggingEnabled: row.logging_enabled,
    deleteLoggingOnSuccess: row.delete_logging_on_success,
  };
}
