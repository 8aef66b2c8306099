/**
 * npm run bench:burst: 200,000 events at once (or as many as are asked for), with mixed priorities. Prints how much memory
 * Redis took before, at most and afterwards, and how many executions were passed by one that should have come later.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSystem } from '@gantry/launcher/system';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { Redis } from 'ioredis';
import { GantryClient } from './gantry-client.ts';
import { measureBurst } from './measure-burst.ts';

const EVENTS = Number(process.argv[2] ?? 200_000);
const LIMIT = process.argv[3] ?? '10000';
const PREFIX = '{gantry}';

const directory = await mkdtemp(join(tmpdir(), 'gantry-burst-'));
const cacheDir = resolve(import.meta.dirname, '../../.gantry/cache');
const server = await startRedis({ dataDir: join(directory, 'redis'), cacheDir });
const postgres = await startPostgres({ dataDir: join(directory, 'postgres') });
const redis = new Redis(server.url);
try {
  const system = await startSystem({
    ...{ databaseUrl: postgres.url, redisUrl: server.url, redisPrefix: PREFIX, workers: 1 },
    env: { CONTENT_DIR: join(directory, 'content'), LOG_LEVEL: 'warn', ADMISSION_LIMIT: LIMIT },
    onLog: (name, line) => console.error(`${name} ${line}`),
  });
  try {
    const client = new GantryClient(system.apiUrl, system.apiKey);
    const result = await measureBurst({ client, redis, prefix: PREFIX, events: EVENTS });
    const mb = (bytes: number) => (bytes / 2 ** 20).toFixed(1);
    console.log(`${EVENTS} events in a burst, ADMISSION_LIMIT ${LIMIT}`);
    console.table({
      'events accepted /s': Math.round(result.acceptedPerSecond),
      'executions /s': Math.round(result.perSecond),
      'Redis MB before': mb(result.memory.before),
      'Redis MB at most': mb(result.memory.peak),
      'Redis MB afterwards': mb(result.memory.after),
      'jobs in Redis at most': result.jobsPeak,
      'facts in the journal at most': result.journalPeak,
      'inversions of priority': result.inversions.priority,
      'inversions of age': result.inversions.age,
    });
  } finally {
    await system.stop();
  }
} finally {
  redis.disconnect();
  await server.stop();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
