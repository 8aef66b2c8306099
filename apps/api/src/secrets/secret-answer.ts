import type { Secret } from '@gantry/contracts/http/secret';
import type { Row } from '@gantry/record/schema/tables';

export function secretAnswer(row: Row<'secrets'>): Secret {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    name: row.name,
    projectId: row.project_id,
  };
}
