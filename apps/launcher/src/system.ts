import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Environment, Exit } from './app-process.ts';
import { KeptProcess } from './kept-process.ts';
import { PortChooser } from './port-chooser.ts';
import { APPS, ROLES, type Role } from './roles.ts';
import { waitUntilReady } from './wait-until-ready.ts';

export interface SystemOptions {
  databaseUrl: string;
  redisUrl: string;
  redisPrefix?: string;
  workers: number;
  schedulers?: number;
  apis?: number;
  /** Settings of the apps (see README.md). The first process that reads PORT or HEALTH_PORT gets it, the others those after it, if they are free. */
  env?: Environment;
  /** Gets every line that the processes write. */
  onLog?: (process: string, line: string) => void;
  /** Start a process again when it ends by itself. */
  restart?: boolean;
  /** Folder of the apps: of another version of Gantry, if they are not to be this one's. */
  apps?: string;
}

export interface SystemProcess {
  /** `api`, `scheduler`, `worker-1`, ... */
  readonly name: string;
  /** Where it answers /health/ready and /metrics. */
  readonly url: string;
  readonly pid: number;
  readonly exited: Promise<Exit>;
  kill(signal: NodeJS.Signals): void;
}

/** A running Gantry: its apps as processes of this machine. */
export interface System {
  /** The first api. */
  readonly apiUrl: string;
  readonly apiUrls: readonly string[];
  readonly apiKey: string;
  readonly processes: readonly SystemProcess[];
  /** Starts one more worker and waits until it is ready. */
  addWorker(): Promise<SystemProcess>;
  /** Stops a process gracefully, starts the app of another version in its place, and waits until that is ready. */
  replace(name: string, apps: string): Promise<void>;
  /** Stops workers, then schedulers, then apis, each gracefully and by force after 30 s. */
  stop(): Promise<void>;
}

/**
 * Starts a whole system on a Postgres and a Redis and waits until every process is ready. Throws with the last lines of
 * the process that did not get there, after stopping the others.
 */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { databaseUrl, redisUrl, redisPrefix, onLog = () => undefined, restart = false } = options;
  const { apps: firstApps = APPS } = options;
  const apiKey = options.env?.['GANTRY_API_KEY'] || randomBytes(32).toString('base64url');
  const settings: Environment = {
    ...options.env,
    DATABASE_URL: databaseUrl,
    REDIS_URL: redisUrl,
    GANTRY_API_KEY: apiKey,
    GANTRY_WORKER_TOKEN: options.env?.['GANTRY_WORKER_TOKEN'] || randomBytes(32).toString('base64url'),
    ...(redisPrefix === undefined ? {} : { REDIS_PREFIX: redisPrefix }),
  };
  /** Without what is given in another way, or not at all, also as a file. */
  const environmentOf = (own: Environment, withheld: readonly string[]): Environment => {
    const env: Record<string, string | undefined> = { ...settings, ...own };
    for (const name of Object.keys(env)) if (env[name]) delete env[`${name}_FILE`];
    for (const name of withheld) for (const each of [name, `${name}_FILE`]) delete env[each];
    return env;
  };
  const ports = new PortChooser();
  const processes: Record<Role, KeptProcess[]> = { api: [], scheduler: [], worker: [] };

  async function add(role: Role, name: string): Promise<KeptProcess> {
    const { host, port: portName } = ROLES[role];
    const port = await ports.choose(settings[portName]);
    const url = `http://${reachable(settings[host])}:${port}`;
    const process = await start(role, { name, url, apps: firstApps });
    processes[role].push(process);
    return process;
  }

  function start(role: Role, { name, url, apps }: { name: string; url: string; apps: string }): Promise<KeptProcess> {
    const { entry, port: portName, withheld } = ROLES[role];
    const own = { [portName]: new URL(url).port, CALL_BACK_URL: settings['CALL_BACK_URL'] || processes.api[0]?.url };
    const env = environmentOf(own, withheld);
    return KeptProcess.start({ name, entry: resolve(apps, entry), env, url, onLog });
  }

  async function ready(process: KeptProcess): Promise<void> {
    await waitUntilReady(process);
    if (restart) process.keepRunning();
  }

  async function stop(): Promise<void> {
    for (const role of ['worker', 'scheduler', 'api'] as const) {
      await Promise.all(processes[role].map((process) => process.stop()));
    }
  }

  try {
    for (const name of names('scheduler', options.schedulers ?? 1)) await add('scheduler', name);
    for (const name of names('api', options.apis ?? 1)) await add('api', name);
    for (let worker = 1; worker <= options.workers; worker += 1) await add('worker', `worker-${worker}`);
    await Promise.all(Object.values(processes).flat().map(ready));
  } catch (error) {
    await stop();
    throw error;
  }

  const apiUrls = processes.api.map((process) => process.url);
  return {
    apiUrl: apiUrls[0] ?? '',
    apiUrls,
    apiKey,
    get processes() {
      return [...processes.api, ...processes.scheduler, ...processes.worker];
    },
    async addWorker() {
      const worker = await add('worker', `worker-${processes.worker.length + 1}`);
      await ready(worker);
      return worker;
    },
    async replace(name, apps) {
      for (const role of ['api', 'scheduler', 'worker'] as const) {
        const place = processes[role].findIndex((process) => process.name === name);
        const old = processes[role][place];
        if (old === undefined) continue;
        await old.stop();
        const process = await start(role, { name, url: old.url, apps });
        processes[role][place] = process;
        await ready(process);
        return;
      }
      throw new RangeError(`there is no process ${name}`);
    },
    stop,
  };
}

function names(role: Role, count: number): string[] {
  return count === 1 ? [role] : Array.from({ length: count }, (_, index) => `${role}-${index + 1}`);
}

/** Where a process that listens on `host` is reached from this machine. */
function reachable(host: string | undefined): string {
  if (host === undefined || host === '' || host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
