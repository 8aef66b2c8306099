import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findRedis } from './find-redis.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-test-'));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

async function fakeServer(directory: string, name: string, exitCode = 0): Promise<string> {
  const path = join(directory, name);
  await mkdir(directory, { recursive: true });
  await writeFile(path, `#!/bin/sh\nexit ${exitCode}\n`);
  await chmod(path, 0o755);
  return path;
}

test('a server on PATH is taken before a cached one; Valkey will do, a binary that does not run will not', async () => {
  const path = join(folder, 'bin');
  vi.stubEnv('PATH', path);
  const cached = await fakeServer(join(folder, 'redis/usr/bin'), 'redis-server');
  await fakeServer(path, 'redis-server', 1);
  expect((await findRedis(folder)).command).toBe(cached);
  const valkey = await fakeServer(path, 'valkey-server');
  expect(await findRedis(folder)).toEqual({ command: valkey, env: {} });
});

test('a cached server gets the libraries that were unpacked with it', async () => {
  vi.stubEnv('PATH', folder);
  await mkdir(join(folder, 'redis/usr/lib/x86_64-linux-gnu'), { recursive: true });
  await fakeServer(join(folder, 'redis/usr/bin'), 'redis-server');
  expect(await findRedis(folder)).toMatchObject({
    env: { LD_LIBRARY_PATH: join(folder, 'redis/usr/lib/x86_64-linux-gnu') },
  });
});

test('where there is no Redis and no apt, the error says what to run', async () => {
  vi.stubEnv('PATH', folder);
  await expect(findRedis(folder)).rejects.toThrow(/apt-get install redis-server.*brew install redis.*REDIS_URL/);
});
