import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startRedis } from '@gantry/local-servers/start-redis';
import { type FaultProxy, startFaultProxy } from '@gantry/testkit/fault-proxy';
import { Redis } from 'ioredis';

const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');

/** A Redis with an append-only file, and the network between it and whoever uses `url`; both can be broken. */
export interface BreakableRedis {
  /** By way of the network that can be broken. */
  readonly url: string;
  readonly network: FaultProxy;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  start(): Promise<void>;
  /** It keeps its connections and answers nothing, until it is thawed. */
  freeze(): void;
  thaw(): void;
  /** Copies what it has written to disk; it may run meanwhile. */
  saveData(): Promise<void>;
  /** Puts the copy in the place of its data; it must not run. */
  restoreData(): Promise<void>;
  /** Does something with it past the network. */
  command<T>(use: (redis: Redis) => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

export async function startBreakableRedis(): Promise<BreakableRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-redis-'));
  const [dataDir, savedDir] = [join(folder, 'data'), join(folder, 'saved')];
  let server = await startRedis({ dataDir, cacheDir: CACHE_DIR });
  const { port, url: directUrl } = server;
  const network = await startFaultProxy({ host: '127.0.0.1', port });
  let frozen = false;
  const thaw = () => {
    if (frozen) process.kill(server.pid, 'SIGCONT');
    frozen = false;
  };
  return {
    url: `redis://127.0.0.1:${network.port}`,
    network,
    async kill() {
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    async start() {
      server = await startRedis({ dataDir, cacheDir: CACHE_DIR, port });
    },
    freeze() {
      process.kill(server.pid, 'SIGSTOP');
      frozen = true;
    },
    thaw,
    async saveData() {
      await rm(savedDir, { recursive: true, force: true });
      await cp(dataDir, savedDir, { recursive: true });
    },
    async restoreData() {
      await rm(dataDir, { recursive: true });
      await cp(savedDir, dataDir, { recursive: true });
    },
    async command(use) {
      const redis = new Redis(directUrl);
      try {
        return await use(redis);
      } finally {
        redis.disconnect();
      }
    },
    async stop() {
      await network.stop();
      thaw();
      await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}
