import { isDraft } from '@gantry/contracts/draft-version';
import type { Database } from '../connection/database.ts';
import { type FoundModule, type ModuleWanted, moduleAmong } from './find-modules.ts';
import { versionsOf } from './find-version.ts';

const NAMED = 5;

/**
 * Versions of a module that steps may name: those that were published last first, at most five; none of no module. None is
 * withdrawn, none a draft.
 * @param found by `findModules`, for a version that there is not
 */
export async function newestVersions(
  db: Database,
  found: ReadonlyMap<string, FoundModule>,
  wanted: ModuleWanted,
): Promise<string[]> {
  const now = moduleAmong(found, { ...wanted, version: null });
  if (now === undefined) return [];
  const published = await versionsOf(db, wanted)
    .clearSelect()
    .select('version')
    .where('withdrawn_at', 'is', null)
    .orderBy('published_at', 'desc')
    .limit(NAMED)
    .execute();
  const versions = published.map(({ version }) => version).filter((version) => !isDraft(version));
  return [...new Set([...versions, now.version])].slice(0, NAMED);
}
