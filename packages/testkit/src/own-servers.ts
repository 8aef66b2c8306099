import { join } from 'node:path';
import type { LocalServer } from '@gantry/local-servers/local-server';
import { startPostgres } from '@gantry/local-servers/start-postgres';
import { startRedis } from '@gantry/local-servers/start-redis';
import { CACHE_DIR, temporaryFolder } from './folders.ts';

/** A server of one test alone, which that test may stop, kill and wipe. */
export interface OwnServer {
  readonly url: string;
  /** Kills it as a power cut of its machine's process would: SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, whether it runs or not. */
  restart(): Promise<void>;
  /** Stops it for good and removes its data. */
  stop(): Promise<void>;
}

/** A Redis with its append-only file on. */
export async function ownRedis(): Promise<OwnServer> {
  return ownServer((dataDir, port) => startRedis({ dataDir, cacheDir: CACHE_DIR, ...port }));
}

/** A Postgres with fsync on. */
export async function ownPostgres(): Promise<OwnServer> {
  return ownServer((dataDir, port) => startPostgres({ dataDir, ...port }));
}

async function ownServer(
  start: (dataDir: string, port: { port?: number }) => Promise<LocalServer>,
): Promise<OwnServer> {
  const folder = await temporaryFolder();
  const dataDir = join(folder.path, 'data');
  let server = await start(dataDir, {});
  return {
    url: server.url,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    async restart() {
      await server.stop();
      server = await start(dataDir, { port: server.port });
    },
    async stop() {
      await server.stop();
      await folder.remove();
    },
  };
}
