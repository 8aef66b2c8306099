import { type FaultProxy, startFaultProxy } from '@gantry/testkit/fault-proxy';
import { type FreshDatabase, freshDatabase } from '@gantry/testkit/fresh-database';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAllSucceeded, listAll, watchJournal } from './audit.ts';
import { startLoad } from './producers.ts';
import { leads, startTestSystem, type TestSystem } from './test-system.ts';

const JOURNAL_LIMIT = 1_000;

let redis: FreshRedis;
let database: FreshDatabase;
let network: FaultProxy;
let gantry: TestSystem;
let journal: ReturnType<typeof watchJournal>;

beforeAll(async () => {
  [redis, database] = await Promise.all([freshRedis(), freshDatabase()]);
  const url = new URL(database.url);
  network = await startFaultProxy({ host: url.hostname, port: Number(url.port) });
  url.host = `127.0.0.1:${network.port}`;
  gantry = await startTestSystem({
    ...{ redisUrl: redis.url, redisPrefix: redis.prefix, databaseUrl: url.href },
    // With more slots an entry of the journal has what several of them report.
    ...{ workers: 1, schedulers: 2, env: { JOURNAL_LIMIT: String(JOURNAL_LIMIT), WORKER_CONCURRENCY: '1' } },
  });
  journal = watchJournal(redis.url, redis.prefix);
});

afterAll(async () => {
  journal?.close();
  await gantry?.stop();
  await network?.stop();
  await database?.drop();
  await redis?.cleanup();
});

const schedulers = () => gantry.system.processes.filter(({ name }) => name.startsWith('scheduler'));

async function nobodyLeads(): Promise<boolean> {
  return !(await Promise.all(schedulers().map(leads))).includes(true);
}

test('Postgres is away: workers go on until the journal is full, and all of it is recorded afterwards', async () => {
  const { id } = await gantry.assistant('away', [{ ref: 'gantry/noop' }, { ref: 'gantry/echo' }]);
  const worker = gantry.worker();
  worker.kill('SIGSTOP'); // nothing runs until all is planned
  const events = Array.from({ length: 1_500 }, (_, index) => ({
    ...gantry.event('away', String(index)),
    id: `a${index}`,
  }));
  const halves = [events.slice(0, 1_000), events.slice(1_000)];
  const answers = (await Promise.all(halves.map((half) => gantry.contentsCreated('away', half)))).flat();
  const planned = `assistantId eq '${id}' and status eq RUNNING`;
  await waitFor(async () => (await listAll(gantry, planned)).length === events.length);

  network.refuse();
  worker.kill('SIGCONT');
  const load = startLoad(gantry, 'away', { producers: 1 });
  await waitFor(() => gantry.lines.some((line) => line.includes('the journal is too long')));
  await waitFor(() => load.refusals['DATABASE_UNAVAILABLE']);
  expect(await journal.length()).toBeGreaterThan(JOURNAL_LIMIT);
  await waitFor(nobodyLeads);

  network.heal();
  const accepted = await load.stop();
  await expectAllSucceeded(gantry, id, [
    ...events.map((event, index) => ({ event, answer: answers[index] ?? expect.unreachable() })),
    ...accepted,
  ]);
  await journal.untilEmpty();
  expect(gantry.ended).toEqual([]);
});

test('Postgres takes everything and answers nothing: the api refuses, the leader steps down, and then all goes on', async () => {
  const { id } = await gantry.assistant('silent', [{ ref: 'gantry/sleep', options: { ms: 50 } }]);
  const load = startLoad(gantry, 'silent');
  await waitFor(() => load.accepted.length >= 20);
  network.hang();
  await waitFor(() => load.refusals['DATABASE_UNAVAILABLE']);
  await waitFor(nobodyLeads);

  network.heal();
  const before = load.accepted.length;
  await waitFor(() => load.accepted.length >= before + 20);
  await expectAllSucceeded(gantry, id, await load.stop());
  expect(Object.keys(load.refusals)).toEqual(['DATABASE_UNAVAILABLE']);
  await journal.untilEmpty();
  expect(gantry.ended).toEqual([]);
});
