/** The Redis and Postgres that all test files share, each in a namespace of its own. */
export interface TestServers {
  databaseUrl: string;
  redisUrl: string;
}

/** Where the shared servers are. They are started once a run: by `npm test`, or by vitest's global setup. */
export function useServers(): TestServers {
  const databaseUrl = process.env['GANTRY_TEST_DATABASE_URL'];
  const redisUrl = process.env['GANTRY_TEST_REDIS_URL'];
  if (databaseUrl === undefined || redisUrl === undefined) {
    throw new Error('No test servers: a package whose tests use them must list @gantry/testkit in its package.json');
  }
  return { databaseUrl, redisUrl };
}
