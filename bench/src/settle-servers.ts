import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { Servers } from './stage.ts';

const POLL_MS = 100;
const TIMEOUT_MS = 60_000;
/** Of INFO: Redis is writing its file anew, or will. */
const REWRITING = /^aof_rewrite_(in_progress|scheduled):1/m;

/**
 * What was measured before has left rows to vacuum, pages to write and a file to write anew, which the servers would do while
 * the next one is measured: they do it now. Resolves when it is done, or after a minute.
 */
export async function settleServers({ redis: { url: redisUrl }, postgres: { url } }: Servers): Promise<void> {
  await using opened = new AsyncDisposableStack();
  const redis = new Redis(redisUrl);
  opened.defer(() => redis.disconnect());
  const postgres = new Client({ connectionString: url });
  await postgres.connect();
  opened.defer(() => postgres.end());
  await postgres.query('vacuum (analyze)');
  await postgres.query('checkpoint');
  const until = performance.now() + TIMEOUT_MS;
  while (REWRITING.test(await redis.info('persistence')) && performance.now() < until) await delay(POLL_MS);
}
