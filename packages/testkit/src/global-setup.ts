import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startServers } from './start-servers.ts';

/**
 * Starts the shared servers when test files are run directly (`npx vitest run <file>`); `npm test` has started them already.
 * A package that does not depend on the testkit needs none.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env['GANTRY_TEST_DATABASE_URL'] !== undefined) return undefined;
  if (!(await usesServers(project.config.root))) return undefined;
  const servers = await startServers();
  process.env['GANTRY_TEST_DATABASE_URL'] = servers.databaseUrl;
  process.env['GANTRY_TEST_REDIS_URL'] = servers.redisUrl;
  return () => servers.stop();
}

async function usesServers(packageFolder: string): Promise<boolean> {
  return (await readFile(join(packageFolder, 'package.json'), 'utf8')).includes('@gantry/testkit');
}
