import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../..');
const VERSIONS = resolve(ROOT, '.gantry/versions');

const git = async (...args: readonly string[]) => (await run('git', args, { cwd: ROOT })).stdout.trim();

/** The newest tag of a released version. */
export async function newestRelease(): Promise<string> {
  const [newest] = (await git('tag', '--list', 'v*', '--sort=-version:refname')).split('\n');
  if (!newest) throw new Error('No version has been released yet: say which commit is the version before.');
  return newest;
}

/**
 * Another version's code with what it needs installed, beside this checkout and kept for the next time.
 * @param ref a tag, a branch or a commit
 * @returns the folder of its apps, and the commit it is of
 */
export async function versionBeside(ref: string): Promise<{ apps: string; commit: string }> {
  const commit = await git('rev-parse', '--verify', `${ref}^{commit}`);
  const folder = join(VERSIONS, commit);
  if (!existsSync(join(folder, 'node_modules/.package-lock.json'))) {
    await git('worktree', 'prune');
    if (!existsSync(folder)) await git('worktree', 'add', '--detach', folder, commit);
    await run('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], { cwd: folder });
  }
  return { apps: join(folder, 'apps'), commit };
}
