import type { Module } from '@gantry/contracts/http/module';
import type { Row } from '@gantry/record/schema/tables';

export function moduleAnswer(row: Row<'modules'>): Module {
  return {
    id: row.id,
    changeSequence: row.change_sequence,
    createdOn: row.created_at.toISOString(),
    updatedOn: row.updated_at.toISOString(),
    ref: `module://${row.org_slug}/${row.slug}`,
    orgSlug: row.org_slug,
    slug: row.slug,
    version: row.version,
    name: row.name,
    description: row.description,
    moduleType: row.module_type,
    metadata: row.metadata,
    active: row.active,
    builtIn: row.organization_id === null,
  };
}
