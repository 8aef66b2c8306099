import { execFile } from 'node:child_process';
import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpackDebianRedis } from './unpack-debian-redis.ts';

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
  const installed = await findInstalled();
  if (installed !== undefined) return installed;
  const home = resolve(cacheDir, 'redis');
  const cached = await findUnpacked(home);
  if (cached !== undefined) return cached;
  onLog?.('no Redis on this machine: fetching the Debian package (once)');
  await unpackDebianRedis(home).catch((error: Error) => {
    throw new Error(`No Redis on this machine, and none could be fetched: ${error.message.trim()}. ${HOW_TO_INSTALL}`);
  });
  const unpacked = await findUnpacked(home);
  if (unpacked === undefined) throw new Error(`The Redis in ${home} does not run: delete it. ${HOW_TO_INSTALL}`);
  return unpacked;
}

async function findInstalled(): Promise<RedisBinary | undefined> {
  for (const name of NAMES) {
    const path = await execute('/bin/sh', ['-c', `command -v ${name}`]).catch(() => undefined);
    if (path === undefined) continue;
    const binary = { command: path.stdout.trim(), env: {} };
    if (await runs(binary)) return binary;
  }
  return undefined;
}

async function findUnpacked(home: string): Promise<RedisBinary | undefined> {
  const libraries = await Array.fromAsync(glob(join(home, '{usr/,}lib/*-linux-gnu*')));
  const env = { LD_LIBRARY_PATH: libraries.join(':') };
  for (const name of NAMES) {
    const binary = { command: join(home, 'usr/bin', name), env };
    if (await runs(binary)) return binary;
  }
  return undefined;
}

async function runs({ command, env }: RedisBinary): Promise<boolean> {
  return execute(command, ['--version'], { env }).then(
    () => true,
    () => false,
  );
}
