import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { assistantSchema } from '@gantry/contracts/http/assistant';
import { pageSchema } from '@gantry/contracts/http/page';
import { type FreshDatabase, freshDatabase } from '@gantry/testkit/fresh-database';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { ApiClient } from '../src/api-client.ts';

const MAIN = resolve(import.meta.dirname, '../src/main.ts');

let dataDir: string;
let database: FreshDatabase;
let redis: FreshRedis;
const launchers: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'gantry-start-'));
  database = await freshDatabase();
  redis = await freshRedis();
});

afterEach(async () => {
  for (const launcher of launchers.splice(0)) if (launcher.exitCode === null) launcher.kill('SIGKILL');
});

afterAll(async () => {
  await database.drop();
  await redis.cleanup();
  await rm(dataDir, { recursive: true });
});

/** Starts the launcher; its logs are JSON, so what it prints for people comes on stderr. */
function launch(args: readonly string[] = [], env: Record<string, string> = {}) {
  const launcher = spawn(process.execPath, [MAIN, '--json-logs', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      GANTRY_DATA_DIR: dataDir,
      DATABASE_URL: database.url,
      REDIS_URL: redis.url,
      REDIS_PREFIX: redis.prefix,
      PORT: '0',
      ...env,
    },
  });
  launchers.push(launcher);
  const exited = once(launcher, 'exit').then(([code]) => code);
  const log: { name: string; msg: string; pid?: number; err?: { message: string } }[] = [];
  createInterface(launcher.stdout).on('line', (line) => log.push(JSON.parse(line)));
  let text = '';
  launcher.stderr.on('data', (chunk) => {
    text += chunk;
  });
  return {
    launcher,
    exited,
    text: () => text,
    log,
    /** The processes that it started, that have logged and still run. */
    running: () => [...new Set(log.map(({ pid }) => pid))].filter((pid) => pid !== launcher.pid && isRunning(pid)),
    banner: async () => {
      const ended = exited.then(() => {
        throw new Error(`The launcher ended:\n${text}${log.map((line) => JSON.stringify(line)).join('\n')}`);
      });
      const printed = () => text.includes('Ctrl-C stops everything');
      await Promise.race([waitFor(printed, { what: 'the banner' }), ended]);
      const find = (pattern: RegExp) => pattern.exec(text)?.[1] ?? '';
      return { url: find(/API +(http:\S+)\/api\n/), key: find(/API key +(\S+)/) };
    },
  };
}

function isRunning(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0);
  } catch {
    return false;
  }
}

test('starts everything, says where it is, and stops it on SIGTERM; the next start finds the data and the key', async () => {
  const first = launch(['--workers', '2']);
  const { url, key } = await first.banner();
  const assistants = (apiUrl: string) => new ApiClient(apiUrl, key).get('/api/assistants', pageSchema(assistantSchema));
  const names = (await assistants(url)).content.map(({ name }) => name);
  expect(names.sort()).toEqual(['Invoice reader', 'Task echo']);
  await waitFor(() => first.running().length === 4, { what: 'api, scheduler and two workers' });

  const second = launch();
  expect(await second.exited).toBe(1);
  expect(second.text()).toContain(`already running on ${dataDir} (process ${first.launcher.pid}, its api is ${url})`);

  const { launcher, exited, running } = first;
  launcher.kill('SIGTERM');
  expect(await exited).toBe(0);
  expect(running()).toEqual([]);

  const again = launch();
  const next = await again.banner();
  expect(next.key).toBe(key);
  expect((await assistants(next.url)).totalElements).toBe(2);
  again.launcher.kill('SIGINT');
  expect(await again.exited).toBe(0);
});

test('a launcher that is killed leaves no process behind, and does not stand in the way of the next', async () => {
  const { launcher, banner, running } = launch();
  await banner();
  await waitFor(() => running().length === 3, { what: 'api, scheduler and worker' });
  launcher.kill('SIGKILL');
  await waitFor(() => running().length === 0, { what: 'its processes to end' });
});

test('takes another port when its own is taken, and says so', async () => {
  await using taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as { port: number };
  const { launcher, exited, banner, text } = launch([], { PORT: String(port) });
  const { url } = await banner();
  expect(text()).toContain(`Port ${port} is taken`);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  launcher.kill('SIGTERM');
  expect(await exited).toBe(0);
});

test('a setting that an app refuses ends the start with the one line that the app said', async () => {
  const { exited, text, running } = launch([], { WORKER_CONCURRENCY: 'many' });
  expect(await exited).toBe(78);
  expect(text()).toMatch(/^WORKER_CONCURRENCY is "many": expected an integer from 1 to 256\n$/m);
  expect(text()).not.toMatch(/^ +at /m);
  expect(running()).toEqual([]);
});
