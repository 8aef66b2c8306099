import type { ServerPlace } from './server-place.ts';

/** The Redis and Postgres that all test files share, each file in a namespace of its own. */
export interface SharedServers {
  databaseUrl: string;
  redisUrl: string;
  place: ServerPlace;
}

/** Where the shared servers are. They are started once a run, by `npm test` or by vitest's global setup. */
export function useServers(): SharedServers {
  const { GANTRY_TEST_DATABASE_URL: databaseUrl, GANTRY_TEST_REDIS_URL: redisUrl } = process.env;
  if (databaseUrl === undefined || redisUrl === undefined) {
    throw new Error('No test servers: a package whose tests need them lists @gantry/testkit in its package.json');
  }
  return { databaseUrl, redisUrl, place: process.env['GANTRY_TEST_SERVERS'] === 'containers' ? 'containers' : 'local' };
}

/** What `useServers` reads, as environment variables for the processes that run tests. */
export function serversEnvironment({ databaseUrl, redisUrl, place }: SharedServers): Record<string, string> {
  return { GANTRY_TEST_DATABASE_URL: databaseUrl, GANTRY_TEST_REDIS_URL: redisUrl, GANTRY_TEST_SERVERS: place };
}
