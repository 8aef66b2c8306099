import { isDraft } from '@gantry/contracts/draft-version';
import { sql } from 'kysely';
import type { Database } from '../connection/database.ts';
import { type FoundModule, type ModuleWanted, moduleAmong, moduleKey } from './find-modules.ts';

const NAMED = 5;

/**
 * Versions of modules that steps may name: those that were published last first, at most five; none of no module. None is
 * withdrawn, none a draft.
 * @param found by `findModules`, for versions that there are not
 * @returns what says them of each of those that were wanted
 */
export async function newestVersions(
  db: Database,
  found: ReadonlyMap<string, FoundModule>,
  wanted: readonly ModuleWanted[],
): Promise<(module: ModuleWanted) => readonly string[]> {
  const currentOf = (module: ModuleWanted) => moduleAmong(found, { ...module, version: null })?.version;
  const there = new Map(
    wanted.filter((module) => currentOf(module) !== undefined).map((each) => [moduleKey(each), each]),
  );
  const published = await publishedLast(db, [...there.values()]);
  return (module) => {
    const current = currentOf(module);
    if (current === undefined) return [];
    const versions = (published.get(moduleKey(module)) ?? []).map(({ version }) => version);
    return [...new Set([...versions.filter((version) => !isDraft(version)), current])].slice(0, NAMED);
  };
}

type Published = Omit<ModuleWanted, 'version'> & { version: string };

async function publishedLast(db: Database, wanted: readonly ModuleWanted[]): Promise<Map<string, Published[]>> {
  if (wanted.length === 0) return new Map();
  const { rows } = await sql<Published>`
    select wanted."organizationId", wanted."orgSlug", wanted.slug, published.version
    from jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) as wanted("organizationId" uuid, "orgSlug" text, slug text)
    cross join lateral (
      select version, published_at from module_versions
      where organization_id = wanted."organizationId" and org_slug = wanted."orgSlug" and slug = wanted.slug and withdrawn_at is null
      order by published_at desc limit ${NAMED}
    ) as published order by published.published_at desc`.execute(db);
  return Map.groupBy(rows, moduleKey);
}
