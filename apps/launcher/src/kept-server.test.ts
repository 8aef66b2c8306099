import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { LocalServer } from '@gantry/local-servers/local-server';
import { startRedis } from '@gantry/local-servers/start-redis';
import { createLogger } from '@gantry/service/logger';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { startKeptServer } from './kept-server.ts';

const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');

async function isUp(url: string): Promise<boolean> {
  const client = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  client.on('error', () => undefined);
  return client
    .ping()
    .then(
      () => true,
      () => false,
    )
    .finally(() => client.disconnect());
}

test('a server that is killed is up again under its URL with its data, until it is stopped', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'gantry-kept-'));
  const started: LocalServer[] = [];
  const lines: string[] = [];
  const start = async (port?: number) => {
    const server = await startRedis({ dataDir, cacheDir: CACHE_DIR, fsync: 'always', ...(port && { port }) });
    started.push(server);
    return server;
  };
  const logger = createLogger({ name: 'test', level: 'info' }, { write: (line) => lines.push(line) });
  const kept = await startKeptServer({ name: 'redis', start, logger });
  try {
    const before = new Redis(kept.url);
    await before.set('kept', 'yes');
    before.disconnect();

    process.kill(started[0]?.pid ?? 0, 'SIGKILL');
    await waitFor(() => started.length === 2);
    expect(lines[0]).toMatch(/"server":"redis","msg":"ended by itself: starting it again in 0.5 s"/);
    const after = new Redis(kept.url);
    expect(await after.get('kept')).toBe('yes');
    after.disconnect();
  } finally {
    await kept.stop();
    await rm(dataDir, { recursive: true });
  }
  expect(await isUp(kept.url)).toBe(false);
});
