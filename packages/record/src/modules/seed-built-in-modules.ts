import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import { type Database, jsonb } from '../connection/database.ts';
import { newId } from '../schema/new-id.ts';

export interface BuiltInModule {
  orgSlug: string;
  slug: string;
  version: string;
  name: string;
  description: string | null;
  metadata: ModuleMetadata;
}

/** Brings the definitions of the modules that ship with Gantry up to this version; nothing changes when they are. */
export async function seedBuiltInModules(db: Database, modules: readonly BuiltInModule[]): Promise<void> {
  for (const module of modules) {
    await db
      .insertInto('modules')
      .values({
        id: newId(),
        organization_id: null,
        org_slug: module.orgSlug,
        slug: module.slug,
        version: module.version,
        name: module.name,
        description: module.description,
        module_type: 'model',
        metadata: jsonb(module.metadata),
      })
      .onConflict((conflict) =>
        conflict
          .columns(['organization_id', 'org_slug', 'slug'])
          .doUpdateSet({
            version: module.version,
            name: module.name,
            description: module.description,
            metadata: jsonb(module.metadata),
            reported_at: null,
            change_sequence: sql`modules.change_sequence + 1`,
            updated_at: sql`now()`,
          })
          .where(
            sql<boolean>`(modules.version, modules.name, modules.description, modules.metadata, modules.reported_at)
              is distinct from (excluded.version, excluded.name, excluded.description, excluded.metadata, null)`,
          ),
      )
      .execute();
  }
}
