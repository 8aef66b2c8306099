import type { SeenModules } from '@gantry/contracts/execution-job';
import { DEFAULT_RUNTIME } from '@gantry/contracts/module-definition';
import { type RawBuilder, sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { prepared } from '../connection/prepared.ts';
import { mayUse } from './reserved-names.ts';

export type FoundModule = SeenModules['found'][number][1];

export interface ModuleWanted {
  organizationId: string;
  orgSlug: string;
  slug: string;
  /** A published version, or what is the module now; null: what it is now. */
  version: string | null;
  /** It was frozen when it was not withdrawn yet. */
  frozen?: boolean;
}

export function moduleKey({ organizationId, orgSlug, slug }: Omit<ModuleWanted, 'version'>): string {
  return `${organizationId} ${orgSlug}/${slug}`;
}

function versionKey(wanted: ModuleWanted): string {
  return `${moduleKey(wanted)}:${wanted.version}`;
}

/** The definition that was wanted, among those that were found. */
export function moduleAmong(found: ReadonlyMap<string, FoundModule>, wanted: ModuleWanted): FoundModule | undefined {
  const published = wanted.version === null ? undefined : found.get(versionKey(wanted));
  if (published !== undefined) return published;
  const now = found.get(moduleKey(wanted));
  return wanted.version === null || wanted.version === now?.version ? now : undefined;
}

const ORGANIZATION = sql<string>`coalesce(organizations.slug, '')`;

/** It may have been saved before somebody reserved its name, or that of its runtime. */
function usable(table: 'modules' | 'published'): RawBuilder<boolean> {
  const name = sql<string>`${sql.ref(`${table}.org_slug`)} || '/' || ${sql.ref(`${table}.slug`)}`;
  const runtime = sql<string>`coalesce(${sql.ref(`${table}.metadata`)} ->> 'moduleRuntimeRef', ${sql.lit(DEFAULT_RUNTIME)})`;
  return sql`${mayUse(name, ORGANIZATION)} and ${mayUse(runtime, ORGANIZATION)}`;
}

/**
 * Finds module definitions: an organization's own, else the one that ships with Gantry, and published versions.
 * @returns what `moduleAmong` takes; one that does not exist, or is reserved for others, is not in it
 */
export async function findModules(db: Database, wanted: readonly ModuleWanted[]): Promise<Map<string, FoundModule>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await prepared<FoundModule & ModuleWanted>`
    select distinct on (wanted."organizationId", modules.org_slug, modules.slug)
      wanted."organizationId", modules.org_slug as "orgSlug", modules.slug, modules.version, modules.active, modules.metadata
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted("organizationId" uuid, "orgSlug" text, slug text)
    join modules on modules.org_slug = wanted."orgSlug" and modules.slug = wanted.slug
      and (modules.organization_id = wanted."organizationId" or modules.organization_id is null)
    left join organizations on organizations.id = wanted."organizationId"
    where modules.withdrawn_at is null and ${usable('modules')}
    order by wanted."organizationId", modules.org_slug, modules.slug, modules.organization_id nulls last`.execute(db);
  const found = new Map<string, FoundModule>(rows.map((row) => [moduleKey(row), row]));
  for (const row of await findVersions(db, wanted)) found.set(versionKey(row), row);
  return found;
}

/** Those that are withdrawn only where they were frozen. */
async function findVersions(
  db: Database,
  wanted: readonly ModuleWanted[],
): Promise<(FoundModule & { organizationId: string })[]> {
  const named = wanted.filter(({ version }) => version !== null);
  if (named.length === 0) return [];
  const { rows } = await sql<FoundModule & { organizationId: string }>`
    select distinct wanted."organizationId", published.org_slug as "orgSlug", published.slug, published.version,
      coalesce(modules.active or modules.withdrawn_at is not null, true) as active, published.metadata
    from jsonb_to_recordset(${JSON.stringify(named)}::jsonb)
      as wanted("organizationId" uuid, "orgSlug" text, slug text, version text, frozen boolean)
    join module_versions as published on published.organization_id = wanted."organizationId"
      and published.org_slug = wanted."orgSlug" and published.slug = wanted.slug and published.version = wanted.version
      and (wanted.frozen or published.withdrawn_at is null)
    left join modules on modules.organization_id = published.organization_id
      and modules.org_slug = published.org_slug and modules.slug = published.slug
    left join organizations on organizations.id = wanted."organizationId"
    where ${usable('published')}`.execute(db);
  return rows;
}
