import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { LocalServer } from './local-server.ts';
import { identifyProcess } from './process-identity.ts';
import { type RedisOptions, startRedis } from './start-redis.ts';

const cacheDir = resolve(import.meta.dirname, '../../../.gantry/cache');
const started: LocalServer[] = [];
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-test-'));
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
  await rm(folder, { recursive: true });
});

async function start(options: Partial<RedisOptions> = {}): Promise<LocalServer> {
  const server = await startRedis({ dataDir: join(folder, 'data'), cacheDir, ...options });
  started.push(server);
  return server;
}

async function redisDo<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url).on('error', () => undefined);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

test('data survives a stop and a start, on the port that was asked for; a second stop does nothing', async () => {
  const first = await start();
  await redisDo(first.url, (redis) => redis.set('kept', 'yes'));
  await first.stop();
  await first.stop();
  const second = await start({ port: first.port });
  expect(second.url).toBe(first.url);
  expect(await redisDo(second.url, (redis) => redis.get('kept'))).toBe('yes');
});

test('data survives a kill -9 of the server', async () => {
  const first = await start();
  await redisDo(first.url, (redis) => redis.set('kept', 'yes'));
  process.kill(first.pid, 'SIGKILL');
  await first.stop();
  const second = await start();
  expect(await redisDo(second.url, (redis) => redis.get('kept'))).toBe('yes');
});

test('it listens on loopback only, never evicts, and writes everything to its append-only file', async () => {
  const { url } = await start();
  const config = await redisDo(url, (redis) =>
    Promise.all(['bind', 'maxmemory-policy', 'appendonly'].map((name) => redis.config('GET', name))),
  );
  expect(config).toEqual([
    ['bind', '127.0.0.1'],
    ['maxmemory-policy', 'noeviction'],
    ['appendonly', 'yes'],
  ]);
});

test('nobody gets in without its password, which is the same after a start and no argument of the process', async () => {
  const { url, port, stop, pid } = await start({ withPassword: true });
  expect(await redisDo(url, (redis) => redis.ping())).toBe('PONG');
  await expect(redisDo(`redis://127.0.0.1:${port}`, (redis) => redis.ping())).rejects.toThrow('NOAUTH');
  const { password } = new URL(url);
  expect(await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).not.toContain(password);
  expect((await stat(join(folder, 'data/redis.conf'))).mode & 0o777).toBe(0o600);
  await stop();
  expect((await start({ withPassword: true, port })).url).toBe(url);
});

test('two servers on different folders have nothing in common', async () => {
  const [one, two] = await Promise.all([start({ dataDir: join(folder, '1') }), start({ dataDir: join(folder, '2') })]);
  await redisDo(one.url, (redis) => redis.set('kept', 'yes'));
  expect(await redisDo(two.url, (redis) => redis.get('kept'))).toBeNull();
});

test('a folder in use and a port in use are refused with the reason', async () => {
  const { port } = await start();
  await expect(start()).rejects.toThrow(`is in use by process ${process.pid}`);
  await expect(start({ dataDir: join(folder, 'other'), port })).rejects.toThrow(/Redis did not start.*in use/s);
});

test('it ends when the process that started it is killed, and the next start finds the data', async () => {
  const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, join(folder, 'data'), cacheDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface({ input: parent.stdout }), 'line');
  const first: LocalServer = JSON.parse(line);
  await redisDo(first.url, (redis) => redis.set('kept', 'yes'));
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  const second = await start();
  expect(await identifyProcess(first.pid)).toBeUndefined();
  expect(await redisDo(second.url, (redis) => redis.get('kept'))).toBe('yes');
});

const PARENT = `
  import { startRedis } from ${JSON.stringify(resolve(import.meta.dirname, 'start-redis.ts'))};
  const [, dataDir, cacheDir] = process.argv;
  console.log(JSON.stringify(await startRedis({ dataDir, cacheDir })));
`;
