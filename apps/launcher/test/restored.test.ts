import { freshDatabase } from '@gantry/testkit/fresh-database';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { Client } from 'pg';
import { afterAll, expect, test } from 'vitest';
import { expectAllSucceeded, listAll } from './audit.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

// A record is brought back as it was under load, on a Redis that holds nothing.
const EXECUTIONS = 100;

const cleanups: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function start(databaseUrl: string): Promise<TestSystem> {
  const redis: FreshRedis = await freshRedis();
  cleanups.push(() => redis.cleanup());
  const gantry = await startTestSystem({ databaseUrl, redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1 });
  cleanups.push(() => gantry.stop());
  return gantry;
}

/** A copy of a database as it is at one moment, as a dump that was restored is. Postgres copies one that nobody uses. */
async function copyAt(url: string): Promise<string> {
  const source = new URL(url).pathname.slice(1);
  const copy = `${source}_restored`;
  const other = new URL(url);
  other.pathname = 'postgres';
  const client = new Client({ connectionString: other.href });
  await client.connect();
  try {
    await client.query(`alter database ${source} with allow_connections false`);
    await client.query('select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [source]);
    await client.query(`create database ${copy} template ${source}`);
  } finally {
    await client.query(`alter database ${source} with allow_connections true`);
    await client.end();
  }
  other.pathname = copy;
  return other.href;
}

test('a record restored under load, Redis empty: everything unfinished goes on, nothing is doubled', async () => {
  const database = await freshDatabase();
  cleanups.push(() => database.drop());
  const gantry = await start(database.url);
  const { id } = await gantry.assistant('dumped', [
    { ref: 'gantry/sleep', options: { ms: 50 } },
    { ref: 'gantry/noop' },
  ]);
  const events = Array.from({ length: EXECUTIONS }, (_, index) => ({
    ...gantry.event('dumped', `d${index}`),
    id: `d${index}`,
  }));
  const answers = await gantry.contentsCreated('dumped', events);
  const finished = () => listAll(gantry, `assistantId eq '${id}' and status eq 'SUCCEEDED'`);
  await waitFor(async () => (await finished()).length > 10, { what: 'the first to finish' });
  const restored = await copyAt(database.url);
  cleanups.push(() => drop(restored));
  await gantry.system.stop();

  const again = await start(restored);
  const before = await listAll(again, `assistantId eq '${id}'`);
  expect(before).toHaveLength(EXECUTIONS);
  const over = before.filter(({ status }) => status === 'SUCCEEDED');
  expect(over.length).toBeGreaterThan(10);
  const accepted = answers.flatMap((answer, index) => {
    const event = events[index];
    return event === undefined ? [] : [{ event, answer }];
  });
  await expectAllSucceeded(again, id, accepted);
  const after = new Map((await listAll(again, `assistantId eq '${id}'`)).map((execution) => [execution.id, execution]));
  expect(over.map((execution) => after.get(execution.id))).toEqual(over);
});

async function drop(url: string): Promise<void> {
  const other = new URL(url);
  const name = other.pathname.slice(1);
  other.pathname = 'postgres';
  const client = new Client({ connectionString: other.href });
  await client.connect();
  await client.query(`drop database if exists ${name} with (force)`);
  await client.end();
}
