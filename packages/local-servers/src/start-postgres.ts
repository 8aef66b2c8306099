import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createCluster } from './create-cluster.ts';
import { startOnPort } from './free-port.ts';
import { keptPassword } from './kept-password.ts';
import type { LocalServer } from './local-server.ts';
import { postgresAccount } from './postgres-account.ts';
import { POSTGRES_ENV, postgresPrograms } from './postgres-programs.ts';
import { identifyProcess } from './process-identity.ts';
import { type ServerProcess, startServerProcess } from './server-process.ts';
import { endOrphan } from './server-record.ts';

const NAME = 'gantry';
/** Postgres' fast shutdown: it ends open connections instead of waiting for them. */
const STOP_SIGNAL = 'SIGINT';
const ORPHANED_BACKENDS_LIMIT_MS = 10_000;

export interface PostgresOptions {
  /** Gets the folder `cluster` with the data, and the file `password`. */
  dataDir: string;
  /** A free one by default. */
  port?: number;
  /** Off: fast, and the data may be lost if the machine goes down. For tests. */
  fsync?: boolean;
  /** Settings of Postgres besides, or instead of its own. */
  settings?: Readonly<Record<string, string>>;
  onLog?: (line: string) => void;
}

/**
 * Starts a PostgreSQL 18 server on `dataDir` (made at the first start), on loopback with a database `gantry` and a random
 * password, and waits until it is ready. It ends with this process; what is left of a server that was killed is cleared up.
 */
export async function startPostgres(options: PostgresOptions): Promise<LocalServer> {
  const dataDir = resolve(options.dataDir);
  const fsync = options.fsync ?? true;
  const cluster = join(dataDir, 'cluster');
  await mkdir(dataDir, { recursive: true });
  const lastPid = await endOrphan(dataDir, STOP_SIGNAL);
  const programs = postgresPrograms();
  const account = await postgresAccount([programs, dataDir]);
  const password = await keptPassword(join(dataDir, 'password'));
  if (!(await exists(cluster))) await createCluster({ programs, account, cluster, name: NAME, password, fsync });
  await removeStaleLock(cluster, lastPid);

  return startOnPort(options.port, async (port) => {
    const program = [...account.prefix, join(programs, 'postgres')];
    const [command = '', ...args] = [...program, '-D', cluster, ...serverArguments(port, fsync, options.settings)];
    const server = await retryWhileBackendsLinger(() =>
      startServerProcess({
        name: 'Postgres',
        command,
        args,
        env: POSTGRES_ENV,
        dataDir,
        readyLine: 'database system is ready to accept connections',
        stopSignal: STOP_SIGNAL,
        onLog: options.onLog,
      }),
    );
    return { ...server, port, url: `postgres://${NAME}:${password}@127.0.0.1:${port}/${NAME}` };
  });
}

function serverArguments(port: number, fsync: boolean, settings: PostgresOptions['settings'] = {}): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    shared_buffers: '256MB',
    max_wal_size: '2GB',
    checkpoint_timeout: '15min',
    wal_compression: 'on',
    random_page_cost: 1.1,
    jit: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', full_page_writes: 'off', synchronous_commit: 'off' }),
    ...settings,
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/**
 * Postgres clears up its lock file after a kill, unless the pid in it has been given to another process of this user
 * since; then it takes that one for a server and refuses to start. `lastPid` is known to be ended.
 */
async function removeStaleLock(cluster: string, lastPid: number | undefined): Promise<void> {
  const lock = join(cluster, 'postmaster.pid');
  const lines = await readFile(lock, 'utf8').catch(() => '');
  const pid = Number.parseInt(lines, 10);
  if (pid === lastPid && (await identifyProcess(pid)) !== undefined) await rm(lock);
}

/** After a kill -9 of the server its backends live on until they notice, and Postgres rightly waits for them to go. */
async function retryWhileBackendsLinger(start: () => Promise<ServerProcess>): Promise<ServerProcess> {
  const deadline = Date.now() + ORPHANED_BACKENDS_LIMIT_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const lingering = error instanceof Error && error.message.includes('pre-existing shared memory block');
      if (!lingering || Date.now() > deadline) throw error;
      await delay(100);
    }
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
