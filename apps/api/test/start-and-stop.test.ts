import { tmpdir } from 'node:os';
import { readEnvironment } from '@gantry/service/environment';
import { createLogger } from '@gantry/service/logger';
import { startAndStop, waysToStartAndStop } from '@gantry/service/test/start-and-stop';
import { type FreshDatabase, freshDatabase } from '@gantry/testkit/fresh-database';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { afterAll, beforeAll, test } from 'vitest';
import { createApi } from '../src/create-api.ts';
import { apiEnvironment } from '../src/env.ts';

let database: FreshDatabase;
let redis: FreshRedis;
beforeAll(async () => {
  [database, redis] = await Promise.all([freshDatabase(), freshRedis()]);
});
afterAll(() => Promise.all([database.drop(), redis.cleanup()]));

// Whatever they leave open, the leak check of this file finds.
test.each(waysToStartAndStop)('an api whose services are %s leaves nothing open', async (way) => {
  const settings = readEnvironment(apiEnvironment, {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    REDIS_PREFIX: redis.prefix,
    CONTENT_DIR: tmpdir(),
    GANTRY_API_KEY: 'started-and-stopped',
    PORT: '0',
  });
  const logger = createLogger({ name: 'api', level: 'silent' });
  await startAndStop(way, createApi(settings, logger).services);
});
