import { type FreshDatabase, freshDatabase } from '@gantry/testkit/fresh-database';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { Client } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { expectAllSucceeded, listAll, watchJournal } from './audit.ts';
import { leads, startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let database: FreshDatabase;
let gantry: TestSystem;
let journal: ReturnType<typeof watchJournal>;

beforeAll(async () => {
  [redis, database] = await Promise.all([freshRedis(), freshDatabase()]);
  gantry = await startTestSystem({
    ...{ redisUrl: redis.url, redisPrefix: redis.prefix, databaseUrl: database.url },
    ...{ workers: 1, schedulers: 2, restart: true },
  });
  journal = watchJournal(redis.url, redis.prefix);
});

afterAll(async () => {
  journal?.close();
  await gantry?.stop();
  await database?.drop();
  await redis?.cleanup();
});

async function connect(): Promise<Client> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** Lets executions of the assistant run, and answers once the leader's transaction that records them waits for `lock`. */
async function foldThatWaits(assistant: string, lock: Client, observer: Client) {
  await waitFor(async () => (await journal.length()) === 0);
  const worker = gantry.worker();
  worker.kill('SIGSTOP');
  const events = Array.from({ length: 30 }, (_, index) => ({
    ...gantry.event(assistant, String(index)),
    id: `${assistant}-${index}`,
  }));
  const answers = await gantry.contentsCreated(assistant, events);
  const { assistantId = '', id } = answers[0]?.executions[0] ?? {};
  const running = `assistantId eq '${assistantId}' and status eq RUNNING`;
  await waitFor(async () => (await listAll(gantry, running)).length === events.length);
  await lock.query('begin');
  await lock.query('select from executions where id = $1 for update', [id]);
  const leader = await gantry.leader();
  worker.kill('SIGCONT');
  await waitFor(async () => {
    const waiting = await observer.query(
      `select from pg_stat_activity where application_name = 'gantry-scheduler' and wait_event_type = 'Lock' and datname = current_database()`,
    );
    return waiting.rowCount;
  });
  const accepted = events.map((event, index) => ({ event, answer: answers[index] ?? expect.unreachable() }));
  return { assistantId: assistantId ?? '', leader, accepted };
}

async function anotherLeads({ name }: SystemProcess): Promise<SystemProcess> {
  const others = gantry.system.processes.filter((one) => one.name.startsWith('scheduler') && one.name !== name);
  return waitFor(async () => ((await leads(others[0] ?? expect.unreachable())) ? others[0] : undefined), {
    what: 'another scheduler to lead',
  });
}

const STEPS = [{ ref: 'gantry/noop' }, { ref: 'gantry/echo' }];

async function expectEachStepRanOnce(assistantId: string): Promise<void> {
  for (const { id } of await listAll(gantry, `assistantId eq '${assistantId}'`)) {
    const { pipeline } = await gantry.execution(id);
    expect(pipeline.steps).toMatchObject(STEPS.map(() => ({ attempt: 1, status: 'SUCCEEDED' })));
  }
}

test('the leader is killed in the middle of a transaction that records: another one records all of it once', async () => {
  await gantry.assistant('killed', STEPS);
  const [lock, observer] = await Promise.all([connect(), connect()]);
  const { assistantId, leader, accepted } = await foldThatWaits('killed', lock, observer);
  leader.kill('SIGKILL');
  // Its transaction is still there, waiting for the lock as before.
  await leader.exited;
  await gantry.leader();
  await lock.query('rollback');
  await expectAllSucceeded(gantry, assistantId, accepted);
  await expectEachStepRanOnce(assistantId);
  await journal.untilEmpty();
});

test('the leader is paused in the middle of a transaction that records: continued, it writes nothing late', async () => {
  await gantry.assistant('paused', STEPS);
  const [lock, observer] = await Promise.all([connect(), connect()]);
  const { assistantId, leader, accepted } = await foldThatWaits('paused', lock, observer);
  leader.kill('SIGSTOP');
  await lock.query('rollback');
  const successor = await anotherLeads(leader);
  await expectAllSucceeded(gantry, assistantId, accepted);
  const term = () => observer.query('select term from leader').then(({ rows }) => rows);
  const [before, executions] = [await term(), await listAll(gantry, `assistantId eq '${assistantId}'`)];
  leader.kill('SIGCONT');
  await waitFor(async () => !(await leads(leader)), { what: 'the leader of before to step down' });
  expect(await leads(successor)).toBe(true);
  expect(await term()).toEqual(before);
  expect(await listAll(gantry, `assistantId eq '${assistantId}'`)).toEqual(executions);
  await expectEachStepRanOnce(assistantId);
  await journal.untilEmpty();
});
