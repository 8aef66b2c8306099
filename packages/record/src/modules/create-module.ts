import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import { type Actor, audit } from '../audit/audit.ts';
import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';
import type { Row } from '../schema/tables.ts';
import { findModule } from './find-module.ts';
import { reservedName } from './reserved-names.ts';

export interface NewModule {
  organizationId: string;
  orgSlug: string;
  slug: string;
  version: string;
  name: string;
  description: string | null;
  moduleType: string;
  metadata: ModuleMetadata;
  active: boolean;
}

/**
 * A name that ships with Gantry cannot be taken, so that `gantry/...` means the same in every organization. One that is
 * withdrawn can.
 */
export function createModule(
  db: Database,
  module: NewModule,
  actor?: Actor,
): Promise<
  | { outcome: 'created'; row: Row<'modules'> }
  | { outcome: 'slug-taken' | 'built-in' }
  | { outcome: 'reserved'; name: string }
> {
  return db.transaction().execute(async (tx) => {
    const standing = await findModule(tx, module);
    if (standing?.organization_id === null && standing.reported_at === null) return { outcome: 'built-in' };
    const names = [`${module.orgSlug}/${module.slug}`, module.metadata.moduleRuntimeRef];
    const name = await reservedName(tx, module.organizationId, names);
    if (name !== undefined) return { outcome: 'reserved', name };
    const said = {
      version: module.version,
      name: module.name,
      description: module.description,
      module_type: module.moduleType,
      metadata: jsonb(module.metadata),
      active: module.active,
    };
    const row = await tx
      .insertInto('modules')
      .values({
        ...said,
        id: newId(),
        organization_id: module.organizationId,
        org_slug: module.orgSlug,
        slug: module.slug,
      })
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'org_slug', 'slug'])
          .doUpdateSet({
            ...said,
            withdrawn_at: null,
            change_sequence: sql`modules.change_sequence + 1`,
            updated_at: sql`now()`,
          })
          .where('modules.withdrawn_at', 'is not', null),
      )
      .returningAll()
      .executeTakeFirst();
    if (row === undefined) return { outcome: 'slug-taken' };
    await audit(tx, actor, {
      action: 'create',
      resource: 'module',
      id: row.id,
      details: { orgSlug: row.org_slug, slug: row.slug },
    });
    return { outcome: 'created', row };
  });
}
