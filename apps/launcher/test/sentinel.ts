import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { findRedis } from '@gantry/local-servers/find-redis';
import { freePort } from '@gantry/local-servers/free-port';
import type { LocalServer } from '@gantry/local-servers/local-server';
import { startServerProcess } from '@gantry/local-servers/server-process';
import { startRedis } from '@gantry/local-servers/start-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { Redis } from 'ioredis';

const CACHE_DIR = resolve(import.meta.dirname, '../../../.gantry/cache');
const MASTER = 'gantry';
/** Of the Redis servers, and of the Sentinel: special characters have to survive the address. */
const PASSWORD = 'of-redis-0123456789';
const SENTINEL_PASSWORD = 'of@the/sentinel:0123456789';

/**
 * Two Redis servers, one the replica of the other, and a Sentinel that makes the replica the master when it has to. Servers
 * and Sentinel ask for a password each.
 */
export interface WatchedRedis {
  /** Of the Sentinel. */
  readonly url: string;
  /** Kills the master as a crash would, and waits until the other one has its place. */
  killMaster(): Promise<void>;
  /** Stops the master's process as it is, and waits until the other one has its place. */
  freezeMaster(): Promise<void>;
  /** Continues what was frozen: it takes itself for the master until the Sentinel tells it otherwise. */
  thaw(): void;
  /** Makes the replica the master as an operator does, for maintenance. */
  switchMaster(): Promise<void>;
  /** Starts again what was killed, and waits until there is a replica in step with the master. */
  restore(): Promise<void>;
  stop(): Promise<void>;
}

export async function startWatchedRedis(): Promise<WatchedRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'gantry-test-sentinel-'));
  const start = async (name: string, port?: number) => {
    const dataDir = join(folder, name);
    await mkdir(dataDir, { recursive: true });
    await writeFile(join(dataDir, 'password'), PASSWORD, { mode: 0o600 });
    const server = await startRedis({ dataDir, cacheDir: CACHE_DIR, withPassword: true, ...(port && { port }) });
    await ask(server.port, (redis) => redis.config('SET', 'masterauth', PASSWORD));
    return server;
  };
  const servers = new Map<string, LocalServer>([
    ['one', await start('one')],
    ['two', await start('two')],
  ]);
  const [first, second] = [...servers.values()];
  if (!first || !second) throw new Error('there are two');
  await ask(second.port, (redis) => redis.replicaof('127.0.0.1', first.port));
  const { port: sentinelPort, ...sentinel } = await startSentinel(join(folder, 'sentinel'), first.port);

  const askSentinel = <T>(use: (redis: Redis) => Promise<T>) => ask(sentinelPort, use, SENTINEL_PASSWORD);
  const masterPort = async () => Number((await askSentinel(askMaster))?.[1]);
  const untilReplaced = (port: number) => waitFor(async () => (await masterPort()) !== port, { what: 'a new master' });
  const master = async () => {
    const port = await masterPort();
    const found = [...servers].find(([, server]) => server.port === port);
    if (found === undefined) throw new Error(`the master is at ${port}`);
    return found;
  };
  const untilReplicated = () =>
    waitFor(
      async () => {
        const replication = await ask(await masterPort(), (redis) => redis.info('replication'));
        const known = await askSentinel((redis) => redis.call('SENTINEL', 'REPLICAS', MASTER));
        return replication.includes('state=online') && JSON.stringify(known).includes('"master-link-status","ok"');
      },
      { what: 'a replica in step' },
    );
  const thaw = () => {
    for (const { pid } of servers.values()) process.kill(pid, 'SIGCONT');
  };
  await untilReplicated();

  return {
    url: `redis+sentinel://:${PASSWORD}@127.0.0.1:${sentinelPort}/${MASTER}?sentinelPassword=${encodeURIComponent(SENTINEL_PASSWORD)}`,
    async killMaster() {
      const [name, server] = await master();
      process.kill(server.pid, 'SIGKILL');
      await server.stop();
      servers.delete(name);
      await untilReplaced(server.port);
    },
    async freezeMaster() {
      const [, server] = await master();
      process.kill(server.pid, 'SIGSTOP');
      await untilReplaced(server.port);
    },
    thaw,
    async switchMaster() {
      const port = await masterPort();
      await askSentinel((redis) => redis.call('SENTINEL', 'FAILOVER', MASTER));
      await untilReplaced(port);
    },
    async restore() {
      for (const [name, { port }] of [['one', first] as const, ['two', second] as const]) {
        if (servers.has(name)) continue;
        servers.set(name, await start(name, port));
        const master = await masterPort();
        await ask(port, (redis) => redis.replicaof('127.0.0.1', master)); // sooner than the Sentinel does
      }
      await untilReplicated();
    },
    async stop() {
      await sentinel.stop();
      thaw();
      for (const server of servers.values()) await server.stop();
      await rm(folder, { recursive: true });
    },
  };
}

async function startSentinel(dataDir: string, masterPort: number) {
  const { command, env } = await findRedis(CACHE_DIR);
  const port = await freePort();
  await mkdir(dataDir);
  const config = join(dataDir, 'sentinel.conf');
  const settings = [
    `port ${port}`,
    'bind 127.0.0.1',
    `requirepass ${SENTINEL_PASSWORD}`,
    `sentinel monitor ${MASTER} 127.0.0.1 ${masterPort} 1`,
    `sentinel auth-pass ${MASTER} ${PASSWORD}`,
    `sentinel down-after-milliseconds ${MASTER} 1000`,
    `sentinel failover-timeout ${MASTER} 10000`,
  ];
  await writeFile(config, `${settings.join('\n')}\n`);
  const server = await startServerProcess({
    name: 'Sentinel',
    command,
    args: [config, '--sentinel'],
    env,
    dataDir,
    readyLine: '+monitor',
    stopSignal: 'SIGTERM',
  });
  return { ...server, port };
}

const askMaster = (redis: Redis) =>
  redis.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', MASTER) as Promise<[string, string] | null>;

async function ask<T>(port: number, use: (redis: Redis) => Promise<T>, password = PASSWORD): Promise<T> {
  const redis = new Redis({ port, password, enableReadyCheck: false, commandTimeout: 2_000, maxRetriesPerRequest: 1 });
  redis.on('error', () => undefined); // the command rejects with it
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}
