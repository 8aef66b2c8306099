import type { Webhook, WebhookDelivery } from '@gantry/contracts/http/webhook';
import type { Row } from '@gantry/record/schema/tables';

export function webhookAnswer(row: Row<'webhooks'>): Webhook {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    projectId: row.project_id,
    name: row.name,
    url: row.url,
    events: row.events,
    filter: row.filter,
    active: row.active,
    disabledReason: row.disabled_reason,
    failingSince: row.failing_since?.toISOString() ?? null,
    dropped: row.dropped,
  };
}

export function deliveryAnswer(row: Row<'webhook_deliveries'>): WebhookDelivery {
  return {
    id: row.id,
    event: row.event_type,
    status: statusOf(row),
    attempts: row.attempts,
    createdOn: row.created_at.toISOString(),
    lastAttemptOn: row.last_attempt_at?.toISOString() ?? null,
    deliveredOn: row.delivered_at?.toISOString() ?? null,
    dueOn: row.due_at?.toISOString() ?? null,
    statusCode: row.last_status,
    error: row.last_error,
    payload: row.payload,
  };
}

function statusOf({ delivered_at, due_at }: Row<'webhook_deliveries'>): WebhookDelivery['status'] {
  if (delivered_at !== null) return 'DELIVERED';
  return due_at === null ? 'FAILED' : 'PENDING';
}
