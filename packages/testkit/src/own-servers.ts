import { starterFor } from './server-place.ts';
import { useServers } from './servers.ts';
import type { TestServer } from './test-server.ts';

/** A Redis of one test alone, which may kill it, restart it or wipe it. Its append-only file is on. */
export async function ownRedis(): Promise<TestServer> {
  return (await starterFor(useServers().place)).startRedis(true);
}

/** A Postgres of one test alone, which may kill or restart it. It syncs every commit to disk. */
export async function ownPostgres(): Promise<TestServer> {
  return (await starterFor(useServers().place)).startPostgres(true);
}
