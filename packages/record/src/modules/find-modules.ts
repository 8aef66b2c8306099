import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';

export interface FoundModule {
  orgSlug: string;
  slug: string;
  version: string;
  active: boolean;
  metadata: ModuleMetadata;
}

export interface ModuleWanted {
  organizationId: string;
  orgSlug: string;
  slug: string;
}

export function moduleKey({ organizationId, orgSlug, slug }: ModuleWanted): string {
  return `${organizationId} ${orgSlug}/${slug}`;
}

/**
 * Finds module definitions in one query: an organization's own, else the one that ships with Gantry.
 * @returns by `moduleKey` of what was wanted; a module that does not exist is not in it
 */
export async function findModules(db: Database, wanted: readonly ModuleWanted[]): Promise<Map<string, FoundModule>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<FoundModule & ModuleWanted>`
    select distinct on (wanted."organizationId", modules.org_slug, modules.slug)
      wanted."organizationId", modules.org_slug as "orgSlug", modules.slug, modules.version, modules.active, modules.metadata
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted("organizationId" uuid, "orgSlug" text, slug text)
    join modules on modules.org_slug = wanted."orgSlug" and modules.slug = wanted.slug
      and (modules.organization_id = wanted."organizationId" or modules.organization_id is null)
    order by wanted."organizationId", modules.org_slug, modules.slug, modules.organization_id nulls last`.execute(db);
  return new Map(rows.map((row) => [moduleKey(row), row]));
}
