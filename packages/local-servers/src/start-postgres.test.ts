import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LocalServer } from './local-server.ts';
import { type PostgresOptions, startPostgres } from './start-postgres.ts';

const started: LocalServer[] = [];
let folder: string;

// One folder for all: the tests start, one after the other, on the data that the one before has left.
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'gantry-test-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

afterEach(async () => {
  await Promise.all(started.splice(0).map((server) => server.stop()));
});

async function start(options: Partial<PostgresOptions> = {}): Promise<LocalServer> {
  const server = await startPostgres({ dataDir: join(folder, 'data'), fsync: false, ...options });
  started.push(server);
  return server;
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}

test('data survives a stop and a start, on the port that was asked for; a second stop does nothing', async () => {
  const first = await start();
  await query(first.url, 'CREATE TABLE kept AS SELECT 42 AS id');
  await first.stop();
  await first.stop();
  const second = await start({ port: first.port });
  expect(second.url).toBe(first.url);
  expect(await query(second.url, 'SELECT id FROM kept')).toEqual([{ id: 42 }]);
});

test('a commit survives a kill -9 of the server, even while a statement of it still runs', async () => {
  const first = await start({ fsync: true });
  const client = new Client({ connectionString: first.url });
  client.on('error', () => undefined); // its server goes away
  await client.connect();
  await client.query('CREATE TABLE committed AS SELECT 42 AS id');
  const busy = client.query(BUSY_FOR_A_SECOND);
  await once(client, 'notice');
  process.kill(first.pid, 'SIGKILL');
  await first.stop();
  const second = await start();
  expect(await query(second.url, 'SELECT id FROM committed')).toEqual([{ id: 42 }]);
  await Promise.allSettled([busy]); // finished all the same, or was cut off
});

const BUSY_FOR_A_SECOND = `
  DO $$ DECLARE finish timestamptz := clock_timestamp() + interval '1 second';
  BEGIN RAISE NOTICE 'busy'; WHILE clock_timestamp() < finish LOOP END LOOP; END $$`;

test('a lock file left by a kill does not block the start, even if its pid belongs to another process by now', async () => {
  const first = await start();
  process.kill(first.pid, 'SIGKILL');
  await first.stop();
  const stranger = spawn('sleep', ['600'], { stdio: 'ignore' });
  await writeStaleLock(stranger.pid ?? 0);
  const second = await start();
  expect(await query(second.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
  await once(stranger, 'exit');
});

async function writeStaleLock(pid: number): Promise<void> {
  const lock = join(folder, 'data/cluster/postmaster.pid');
  await writeFile(lock, (await readFile(lock, 'utf8')).replace(/^\d+/, String(pid)));
  await writeFile(join(folder, 'data/server.json'), JSON.stringify({ pid, startedAt: 'before', ownerPid: 1 }));
}

test('it is synchronous and local by default, speaks UTC, and wants its password', async () => {
  const { url } = await start({ fsync: true });
  const settings = ['synchronous_commit', 'fsync', 'listen_addresses', 'TimeZone', 'server_encoding'];
  const rows = await query(
    url,
    `SELECT ${settings.map((name) => `current_setting('${name}') AS "${name}"`).join(', ')}`,
  );
  expect(rows).toEqual([
    {
      synchronous_commit: 'on',
      fsync: 'on',
      listen_addresses: '127.0.0.1',
      TimeZone: 'UTC',
      server_encoding: 'UTF8',
    },
  ]);
  const wrong = new URL(url);
  wrong.password = 'wrong';
  await expect(query(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

test('two servers on different folders run side by side; a folder in use is refused', async () => {
  const [one, two] = await Promise.all([start(), start({ dataDir: join(folder, 'other') })]);
  await query(one.url, 'CREATE TABLE here (id int)');
  expect(await query(two.url, "SELECT FROM pg_tables WHERE tablename = 'here'")).toEqual([]);
  await expect(start()).rejects.toThrow('is in use by process');
});
