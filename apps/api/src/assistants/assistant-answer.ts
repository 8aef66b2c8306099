import type { Assistant } from '@gantry/contracts/http/assistant';
import type { AssistantView } from '@gantry/record/assistants/assistant-view';

export function assistantAnswer(row: AssistantView): Assistant {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    organizationId: row.organization_id,
    projectId: row.project_id,
    project: row.project,
    slug: row.slug,
    name: row.name,
    description: row.description,
    active: row.active,
    priorityHint: row.priority_hint,
    subscription: row.subscription,
    connections: row.connections,
    schedules: row.schedules.map((schedule) => ({
      id: schedule.id,
      type: schedule.type,
      cronExpression: schedule.cron_expression,
      timeZone: schedule.time_zone,
      catchUp: schedule.catch_up,
      overlap: schedule.overlap,
      lastEvent: schedule.last_at?.toISOString() ?? null,
      nextEvent: schedule.next_at?.toISOString() ?? null,
    })),
    options: row.options,
    timeoutSeconds: row.timeout_seconds,
    maxConcurrentExecutions: row.max_concurrent_executions,
    deduplication: row.deduplication === 'off' ? 'off' : 'in-flight',
    loggingEnabled: row.logging_enabled,
    deleteLoggingOnSuccess: row.delete_logging_on_success,
    revision: row.revision,
  };
}
