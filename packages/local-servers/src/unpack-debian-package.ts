import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const APT_LIMIT_MS = 180_000;

/**
 * Fetches a package of Debian (or Ubuntu), with what it depends on and this machine lacks, and unpacks it as `home`,
 * installing nothing and needing no root. `home` appears in one rename: several processes may do this at once.
 */
export async function unpackDebianPackage(name: string, home: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const work = await mkdtemp(`${home}-`);
  try {
    const archives = join(work, 'archives');
    await download(name, work, archives);
    const root = join(work, 'root');
    for (const archive of await readdir(archives)) {
      // The C library must stay the system's own: its loader runs no other version.
      if (archive.endsWith('.deb') && !archive.startsWith('libc6_'))
        await execute('dpkg', ['-x', join(archives, archive), root]);
    }
    await rename(root, home).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY') throw error; // another process was quicker
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** apt with lists, cache and state of its own under `work`: nothing of the system's is read but its sources and what is installed. */
async function download(name: string, work: string, archives: string): Promise<void> {
  const lists = join(work, 'lists');
  for (const folder of [lists, archives]) await mkdir(join(folder, 'partial'), { recursive: true });
  const options = [
    `Dir::State=${work}`,
    `Dir::State::Lists=${lists}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${work}`,
    `Dir::Cache::archives=${archives}`,
    'Debug::NoLocking=1',
    'APT::Sandbox::User=',
    'Acquire::Languages=none',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=20',
    'Acquire::https::Timeout=20',
  ].flatMap((option) => ['-o', option]);
  // A source that is out of reach makes `update` fail though Debian's own were read: what counts is the download.
  const updated = await execute('apt-get', [...options, '-qq', 'update'], { timeout: APT_LIMIT_MS }).catch(
    (error: Error) => error,
  );
  const install = ['-qq', '-y', '--no-install-recommends', '--download-only', 'install', name];
  await execute('apt-get', [...options, ...install], { timeout: APT_LIMIT_MS }).catch((error: Error) => {
    throw updated instanceof Error ? updated : error;
  });
}
