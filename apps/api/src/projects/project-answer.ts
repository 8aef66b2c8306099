import type { Project } from '@gantry/contracts/http/project';
import type { Row } from '@gantry/record/schema/tables';

export function projectAnswer(row: Row<'projects'>): Project {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    organizationId: row.organization_id,
    name: row.name,
    slug: row.slug,
    description: row.description,
  };
}
