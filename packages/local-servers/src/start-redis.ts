import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findRedis } from './find-redis.ts';
import { startOnPort } from './free-port.ts';
import { keptPassword } from './kept-password.ts';
import type { LocalServer } from './local-server.ts';
import { startServerProcess } from './server-process.ts';
import { endOrphan } from './server-record.ts';

const STOP_SIGNAL = 'SIGTERM';

export interface RedisOptions {
  dataDir: string;
  /** Where a Redis binary is kept when the machine has none. */
  cacheDir: string;
  /** A free one by default. */
  port?: number;
  /** Ask for a random password, which is kept in `dataDir`: other users of this machine reach the port too. Off by default. */
  withPassword?: boolean;
  /** Keep every write in an append-only file in `dataDir`. On by default. */
  appendOnly?: boolean;
  /** When the append-only file is forced to disk: every second by default, so a power loss may take the last second. */
  fsync?: 'always' | 'everysec' | 'no';
  /** Logical databases, 16 by default. */
  databases?: number;
  /** As a node of a Redis Cluster, with a port for what the nodes tell each other. It has no slots yet. */
  cluster?: { busPort: number };
  onLog?: (line: string) => void;
}

/** Starts a Redis server on `dataDir`, on loopback, and waits until it is ready. It ends with this process. */
export async function startRedis(options: RedisOptions): Promise<LocalServer> {
  const dataDir = resolve(options.dataDir);
  const { command, env } = await findRedis(options.cacheDir, options.onLog);
  await mkdir(dataDir, { recursive: true });
  await endOrphan(dataDir, STOP_SIGNAL);
  const password = options.withPassword === true ? await keptPassword(join(dataDir, 'password')) : undefined;
  // Not an argument: everybody sees those.
  const secrets = join(dataDir, 'redis.conf');
  await rm(secrets, { force: true });
  await writeFile(secrets, password === undefined ? '' : `requirepass ${password}\n`, { mode: 0o600 });
  return startOnPort(options.port, async (port) => {
    const server = await startServerProcess({
      name: 'Redis',
      command,
      args: [secrets, ...settings(options, dataDir, port)],
      env,
      dataDir,
      readyLine: 'Ready to accept connections',
      stopSignal: STOP_SIGNAL,
      onLog: options.onLog,
    });
    const account = password === undefined ? '' : `:${password}@`;
    return { ...server, port, url: `redis://${account}127.0.0.1:${port}` };
  });
}

function settings(options: RedisOptions, dataDir: string, port: number): string[] {
  const values = {
    bind: '127.0.0.1',
    port,
    dir: dataDir,
    databases: options.databases ?? 16,
    appendonly: options.appendOnly === false ? 'no' : 'yes',
    appendfsync: options.fsync ?? 'everysec',
    save: '',
    ...(options.cluster && clusterSettings(options.cluster.busPort)),
    // A queue must refuse what it cannot hold; evicting jobs would lose them.
    'maxmemory-policy': 'noeviction',
  };
  return Object.entries(values).flatMap(([name, value]) => [`--${name}`, String(value)]);
}

/** A node that is gone is noticed soon, and the others go on without it. */
function clusterSettings(busPort: number) {
  return {
    'cluster-enabled': 'yes',
    'cluster-port': busPort,
    'cluster-node-timeout': 2_000,
    'cluster-require-full-coverage': 'no',
  };
}
