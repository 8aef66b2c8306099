import { tmpdir } from 'node:os';
import { readEnvironment } from '@gantry/service/environment';
import { createLogger } from '@gantry/service/logger';
import { startAndStop, waysToStartAndStop } from '@gantry/service/test/start-and-stop';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { afterAll, beforeAll, test } from 'vitest';
import { createWorker } from '../src/create-worker.ts';
import { workerEnvironment } from '../src/env.ts';

let redis: FreshRedis;
beforeAll(async () => {
  redis = await freshRedis();
});
afterAll(() => redis.cleanup());

// Whatever they leave open, the leak check of this file finds.
test.each(waysToStartAndStop)('a worker whose services are %s leaves nothing open', async (way) => {
  const environment = {
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    CONTENT_DIR: tmpdir(),
    WORKER_CONCURRENCY: '1',
  };
  const logger = createLogger({ name: 'worker', level: 'silent' });
  const services = await createWorker(readEnvironment(workerEnvironment, environment), environment, logger, () => {});
  await startAndStop(way, services);
});
