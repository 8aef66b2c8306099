import type { StatusMessage } from '@gantry/contracts/http/status-message';
import type { Row } from '@gantry/record/schema/tables';

export function statusMessageAnswer(row: Row<'status_messages'>): StatusMessage {
  return {
    id: row.id,
    executionId: row.execution_id,
    datetime: row.said_at.toISOString(),
    title: row.title,
    subtitle: row.subtitle,
    type: row.type,
  };
}
