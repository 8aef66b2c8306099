import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** Shared with `npm start`: a Redis binary fetched once serves both. */
export const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');

/** A new folder below the system's temporary one, open to the user that Postgres runs as. */
export async function temporaryFolder(): Promise<{ path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'gantry-test-'));
  await chmod(path, 0o755);
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
