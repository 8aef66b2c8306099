import { DEFAULT_RUNTIME, type ModuleMetadata } from '@gantry/contracts/module-definition';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { mayUse } from './reserved-names.ts';

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

const ORGANIZATION = sql<string>`coalesce(organizations.slug, '')`;
/** It may have been saved before somebody reserved its name, or that of its runtime. */
const USABLE = sql`${mayUse(sql`modules.org_slug || '/' || modules.slug`, ORGANIZATION)}
  and ${mayUse(sql`coalesce(modules.metadata ->> 'moduleRuntimeRef', ${sql.lit(DEFAULT_RUNTIME)})`, ORGANIZATION)}`;

/**
 * Finds module definitions in one query: an organization's own, else the one that ships with Gantry.
 * @returns by `moduleKey` of what was wanted; one that does not exist, or is reserved for others, is not in it
 */
export async function findModules(db: Database, wanted: readonly ModuleWanted[]): Promise<Map<string, FoundModule>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<FoundModule & ModuleWanted>`
    select distinct on (wanted."organizationId", modules.org_slug, modules.slug)
      wanted."organizationId", modules.org_slug as "orgSlug", modules.slug, modules.version, modules.active, modules.metadata
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted("organizationId" uuid, "orgSlug" text, slug text)
    join modules on modules.org_slug = wanted."orgSlug" and modules.slug = wanted.slug
      and (modules.organization_id = wanted."organizationId" or modules.organization_id is null)
    left join organizations on organizations.id = wanted."organizationId"
    where ${USABLE}
    order by wanted."organizationId", modules.org_slug, modules.slug, modules.organization_id nulls last`.execute(db);
  return new Map(rows.map((row) => [moduleKey(row), row]));
}
