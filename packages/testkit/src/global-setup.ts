import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { serversEnvironment } from './servers.ts';
import { startSharedServers } from './start-shared-servers.ts';

/**
 * Starts the shared servers when vitest is run by itself; `npm test` has started them already. A package that does not
 * depend on the testkit needs none and does not wait for them.
 */
export default async function setup(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env['GANTRY_TEST_DATABASE_URL'] !== undefined) return undefined;
  const manifest = await readFile(join(project.config.root, 'package.json'), 'utf8');
  if (!manifest.includes('@gantry/testkit') && !manifest.includes('"workspaces"')) return undefined;
  const servers = await startSharedServers();
  Object.assign(process.env, serversEnvironment(servers));
  return () => servers.stop();
}
