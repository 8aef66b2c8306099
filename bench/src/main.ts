/**
 * npm run bench: no-op executions of 1, 2 and 4 steps through HTTP, beside raw BullMQ flows of the same shape, on real
 * Redis (AOF) and Postgres (fsync) of its own, all on this machine. Ratios of one run; the absolute numbers are the machine's.
 * npm run bench -- --check: what an execution costs the servers, in numbers that do not depend on the machine, and whether
 * that is within the budgets of budgets.ts.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startSystem } from '@gantry/launcher/system';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { check } from './check.ts';
import { GantryClient } from './gantry-client.ts';
import { measureBullmq } from './measure-bullmq.ts';
import { measureGantry } from './measure-gantry.ts';

if (process.argv.includes('--check')) process.exit((await check()) ? 0 : 1);

const SHAPES = [1, 2, 4];
const EXECUTIONS = Number(process.argv[2] ?? 5_000);
const CONCURRENCY = 8;

const directory = await mkdtemp(join(tmpdir(), 'gantry-bench-'));
const cacheDir = resolve(import.meta.dirname, '../../.gantry/cache');
const redis = await startRedis({ dataDir: join(directory, 'redis'), cacheDir });
const postgres = await startPostgres({ dataDir: join(directory, 'postgres') });
try {
  const system = await startSystem({
    databaseUrl: postgres.url,
    redisUrl: redis.url,
    workers: 1,
    env: { CONTENT_DIR: join(directory, 'content'), LOG_LEVEL: 'warn', WORKER_CONCURRENCY: String(CONCURRENCY) },
    onLog: (name, line) => console.error(`${name} ${line}`),
  });
  const results = [];
  try {
    const client = new GantryClient(system.apiUrl, system.apiKey);
    for (const steps of SHAPES) results.push(await measureGantry(client, steps, EXECUTIONS));
  } finally {
    await system.stop();
  }
  const rows = [];
  for (const result of results) {
    const raw = await measureBullmq(redis.url, result.steps, EXECUTIONS, CONCURRENCY);
    rows.push({
      steps: result.steps,
      'gantry /s': Math.round(result.perSecond),
      'one event a request /s': Math.round(result.singlePerSecond),
      'raw BullMQ flows /s': Math.round(raw),
      'gantry : BullMQ': (result.perSecond / raw).toFixed(2),
      'to first step p50 ms': result.latencyP50,
      'p99 ms': result.latencyP99,
    });
  }
  console.log(
    `${EXECUTIONS} executions each, ${availableParallelism()} cores, one worker at concurrency ${CONCURRENCY}`,
  );
  console.table(rows);
} finally {
  await redis.stop();
  await postgres.stop();
  await rm(directory, { recursive: true, force: true });
}
