import type { Store } from '@gantry/contracts/http/store';
import type { Row } from '@gantry/record/schema/tables';

export function storeAnswer(row: Row<'stores'>): Store {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    orgSlug: row.org_slug,
    slug: row.slug,
    version: row.version,
    storeRef: `${row.org_slug}/${row.slug}:${row.version}`,
    name: row.name,
    projectId: row.project_id,
  };
}
