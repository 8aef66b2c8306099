import type { Module } from '@gantry/contracts/http/module';
import type { Row } from '@gantry/record/schema/tables';
import { countWorkers, type liveWorkers } from './module-workers.ts';

export function moduleAnswer(row: Row<'modules'>, workers: Awaited<ReturnType<typeof liveWorkers>>): Module {
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
    withdrawnOn: row.withdrawn_at?.toISOString() ?? null,
    builtIn: sourceOf(row) === 'built-in',
    source: sourceOf(row),
    workers: workers && countWorkers(workers, { name: `${row.org_slug}/${row.slug}`, metadata: row.metadata }),
  };
}

function sourceOf(row: Row<'modules'>): Module['source'] {
  if (row.organization_id !== null) return 'organization';
  return row.reported_at === null ? 'built-in' : 'worker';
}
