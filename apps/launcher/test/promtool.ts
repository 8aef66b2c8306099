import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '@gantry/local-servers/find-program';

const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');

/**
 * Runs the program with which Prometheus checks metrics, rules and configurations. Fetched from Debian where it is missing.
 * @throws Error with what it has to say against them
 */
export async function promtool(args: readonly string[], input = ''): Promise<void> {
  const { command, env } = await findProgram(
    {
      title: 'promtool',
      names: ['promtool'],
      probe: '--version',
      debianPackage: 'prometheus',
      howToInstall: 'Install it: "apt-get install prometheus"',
    },
    CACHE_DIR,
  );
  const running = promisify(execFile)(command, args, { env });
  running.child.stdin?.end(input);
  await running;
}
