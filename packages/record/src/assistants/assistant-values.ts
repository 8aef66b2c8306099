import type { AssistantFields } from '@gantry/contracts/http/assistant';
import { jsonb } from '../connection/database.ts';

/** The columns that the fields of a request are written to; a field left out leaves its column as it is. Schedules have a table of their own. */
export function assistantValues(fields: AssistantFields) {
  return {
    name: fields.name,
    slug: fields.slug,
    description: fields.description,
    active: fields.active,
    priority_hint: fields.priorityHint,
    subscription: fields.subscription === undefined ? undefined : fields.subscription?.trim() || null,
    connections: fields.connections && jsonb(fields.connections),
    options: fields.options && jsonb(fields.options),
    timeout_seconds: fields.timeoutSeconds,
    max_concurrent_executions: fields.maxConcurrentExecutions,
    deduplication: fields.deduplication,
    logging_enabled: fields.loggingEnabled,
    delete_logging_on_success: fields.deleteLoggingOnSuccess,
  };
}
