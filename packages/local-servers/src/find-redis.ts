import { execFile } from 'node:child_process';
import { glob, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const NAMES = ['redis-server', 'valkey-server'];
const HOW_TO_INSTALL =
  'Install Redis (Debian, Ubuntu: "apt-get install redis-server"; macOS: "brew install redis") or point REDIS_URL at a running one.';

/** How to run a Redis server: the binary and the environment it needs. */
export interface RedisBinary {
  command: string;
  env: Record<string, string>;
}

/**
 * A Redis (or Valkey) server binary: the one on PATH, else the copy in `cacheDir`, else Debian's package, downloaded with
 * apt and unpacked into `cacheDir` without installing it (no root needed). Throws an error that says how to install Redis.
 */
export async function findRedis(cacheDir: string, onLog?: (line: string) => void): Promise<RedisBinary> {
  for (const command of NAMES) {
    if (await runs({ command, env: {} })) return { command, env: {} };
  }
  const home = resolve(cacheDir, 'redis');
  const cached = await findUnpacked(home);
  if (cached !== undefined) return cached;
  onLog?.('no Redis on this machine: fetching the Debian package (once)');
  await unpackDebianPackage(home);
  const unpacked = await findUnpacked(home);
  if (unpacked === undefined) throw new Error(`The unpacked Redis in ${home} does not run. ${HOW_TO_INSTALL}`);
  return unpacked;
}

async function findUnpacked(home: string): Promise<RedisBinary | undefined> {
  const libraries = await Array.fromAsync(glob(join(home, 'usr/lib/*-linux-gnu*')));
  const env = { LD_LIBRARY_PATH: libraries.join(':') };
  for (const name of NAMES) {
    const binary = { command: join(home, 'usr/bin', name), env };
    if (await runs(binary)) return binary;
  }
  return undefined;
}

async function runs({ command, env }: RedisBinary): Promise<boolean> {
  return execute(command, ['--version'], { env: { ...process.env, ...env } }).then(
    () => true,
    () => false,
  );
}

/** Fills `home` in one rename, so that several processes may do this at once and none sees half of it. */
async function unpackDebianPackage(home: string): Promise<void> {
  await mkdir(dirname(home), { recursive: true });
  const work = await mkdtemp(`${home}-`);
  try {
    const archives = join(work, 'archives');
    await download(work, archives);
    const root = join(work, 'root');
    for (const name of await readdir(archives)) {
      // The C library must stay the system's own: its loader runs no other version.
      if (name.endsWith('.deb') && !name.startsWith('libc6_'))
        await execute('dpkg', ['-x', join(archives, name), root]);
    }
    await rename(root, home).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim() : String(error);
    throw new Error(`No Redis server found, and Debian's package could not be fetched (${reason}). ${HOW_TO_INSTALL}`);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** apt with lists, cache and state of its own under `work`: nothing of the system's is read but its sources and what is installed. */
async function download(work: string, archives: string): Promise<void> {
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
  const updated = await execute('apt-get', [...options, '-qq', 'update']).catch((error: Error) => error);
  const install = ['-qq', '-y', '--no-install-recommends', '--download-only', 'install', 'redis-server'];
  await execute('apt-get', [...options, ...install]).catch((error: Error) => {
    throw updated instanceof Error ? updated : error;
  });
}
