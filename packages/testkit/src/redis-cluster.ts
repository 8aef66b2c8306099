import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '@gantry/local-servers/free-port';
import type { LocalServer } from '@gantry/local-servers/local-server';
import { startRedis } from '@gantry/local-servers/start-redis';
import { Redis } from 'ioredis';
import { waitFor } from './wait-for.ts';

const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');
const MASTERS = [0, 1, 2];
const SLOTS = 16_384;

/** A Redis Cluster of three masters on loopback, without replicas. */
export interface RedisCluster {
  readonly url: string;
  /** Of each master by itself. */
  readonly nodeUrls: readonly string[];
  /** Kills a master as a crash would. The others go on. */
  kill(master: number): Promise<void>;
  /** Starts it again with what it had, and waits until all are one Cluster. */
  restart(master: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedisCluster(): Promise<RedisCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-cluster-'));
  const start = async (master: number, port?: number) =>
    startRedis({
      ...{ dataDir: join(folder, String(master)), cacheDir: CACHE_DIR, ...(port && { port }) },
      cluster: { busPort: await freePort() },
    });
  const servers: LocalServer[] = await Promise.all(MASTERS.map((master) => start(master)));
  await makeOne(servers);
  const nodeUrls = servers.map(({ url }) => url);
  return {
    url: `redis+cluster://${servers.map(({ port }) => `127.0.0.1:${port}`).join()}`,
    nodeUrls,
    async kill(master) {
      const server = servers[master];
      if (server === undefined) throw new RangeError(`there is no master ${master}`);
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
    },
    async restart(master) {
      servers[master] = await start(master, servers[master]?.port);
      await untilOne(servers);
    },
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Each gets a third of the slots, and is told of the others. */
async function makeOne(servers: readonly LocalServer[]): Promise<void> {
  const bound = (master: number) => Math.ceil((master * SLOTS) / servers.length);
  await Promise.all(
    servers.map(({ url }, master) =>
      ask(url, async (redis) => {
        await redis.cluster('ADDSLOTSRANGE', bound(master), bound(master + 1) - 1);
        await redis.cluster('SET-CONFIG-EPOCH', master + 1);
      }),
    ),
  );
  const [first, ...others] = servers;
  for (const { port, url } of others) {
    const [, busPort] = await ask(url, (redis) => redis.config('GET', 'cluster-port') as Promise<string[]>);
    await ask(first?.url ?? '', (redis) => redis.call('CLUSTER', 'MEET', '127.0.0.1', port, Number(busPort)));
  }
  await untilOne(servers);
}

async function untilOne(servers: readonly LocalServer[]): Promise<void> {
  const isOne = async ({ url }: LocalServer) => {
    const info = await ask(url, (redis) => redis.cluster('INFO'));
    return ['state:ok', `slots_ok:${SLOTS}`, `known_nodes:${servers.length}`].every((line) =>
      info.includes(`cluster_${line}\r`),
    );
  };
  await waitFor(async () => (await Promise.all(servers.map(isOne))).every(Boolean), { what: 'one Cluster' });
}

async function ask<T>(url: string, use: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
