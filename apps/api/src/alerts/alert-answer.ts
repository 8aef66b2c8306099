import type { Alert } from '@gantry/contracts/http/alert';
import type { Row } from '@gantry/record/schema/tables';

export function alertAnswer(row: Row<'alerts'>): Alert {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    projectId: row.project_id,
    assistantId: row.assistant_id,
    name: row.name,
    condition: row.condition,
    active: row.active,
    mutedUntil: row.muted_until?.toISOString() ?? null,
    firing: row.firing_since !== null,
    firingSince: row.firing_since?.toISOString() ?? null,
    message: row.message,
    checkedOn: row.checked_at?.toISOString() ?? null,
  };
}
