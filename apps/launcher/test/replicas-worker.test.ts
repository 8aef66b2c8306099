import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SystemProcess } from '../src/system.ts';
import { watchJournal } from './audit.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

const SLEEP = { ref: 'gantry/sleep', options: { ms: 3_000 } };

let redis: FreshRedis;
let gantry: TestSystem;
/** The only one that lives. */
let worker: SystemProcess;
let journal: ReturnType<typeof watchJournal>;

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1 });
  worker = gantry.worker();
  journal = watchJournal(redis.url, redis.prefix);
  await gantry.assistant('held', [{ ref: 'gantry/echo' }, SLEEP, { ref: 'gantry/echo' }]);
});

afterAll(async () => {
  journal?.close();
  await gantry?.stop();
  await redis?.cleanup();
});

/** Starts executions that the worker holds, and waits until their second step runs. */
async function startHeld(count: number): Promise<string[]> {
  const events = Array.from({ length: count }, () => ({}));
  const ids = (await gantry.contentsCreated('held', events)).flatMap(({ executions }) =>
    executions.map(({ id }) => id),
  );
  await waitFor(async () => {
    const found = await Promise.all(ids.map(gantry.execution));
    return found.every(({ pipeline }) => pipeline.steps[1]?.status === 'RUNNING');
  });
  return ids;
}

const ended = (ids: readonly string[]) => Promise.all(ids.map((id) => gantry.reaches(id, 'SUCCEEDED')));

async function settled(ids: readonly string[]) {
  await journal.untilEmpty();
  return Promise.all(ids.map(gantry.execution));
}

async function replaceWorker(): Promise<void> {
  worker.kill('SIGKILL');
  worker = await gantry.system.addWorker();
}

test('a worker that was paused longer than its leases changes nothing of what its successor has done, and works on', async () => {
  const ids = await startHeld(3);
  worker.kill('SIGSTOP');
  const successor = await gantry.system.addWorker();
  for (const { pipeline } of await ended(ids)) {
    expect(pipeline.steps.map(({ status, attempt }) => ({ status, attempt }))).toEqual([
      { status: 'SUCCEEDED', attempt: 1 },
      { status: 'SUCCEEDED', attempt: 2 },
      { status: 'SUCCEEDED', attempt: 1 },
    ]);
  }
  const before = await settled(ids);

  // Its sleeping steps are over at once, and it reports them.
  worker.kill('SIGCONT');
  successor.kill('SIGKILL');
  const later = await startHeld(3);
  for (const { pipeline } of await ended(later))
    expect(pipeline.steps.map(({ attempt }) => attempt)).toEqual([1, 1, 1]);
  expect(await settled(ids)).toEqual(before);
});

test('a worker that is killed right after its slices ended leaves nothing behind', async () => {
  const ids = await startHeld(3);
  await waitFor(
    async () => (await Promise.all(ids.map(gantry.execution))).some(({ status }) => status === 'SUCCEEDED'),
    {
      intervalMs: 1,
    },
  );
  await replaceWorker();
  await ended(ids);
  await journal.untilEmpty();
});

test('an execution outlives one lost worker after the other', async () => {
  const ids = await startHeld(1);
  for (let lost = 1; lost <= 3; lost += 1) {
    await replaceWorker();
    await waitFor(async () => (await gantry.execution(ids[0] ?? '')).pipeline.steps[1]?.attempt === lost + 1);
  }
  const [done] = await ended(ids);
  expect(done?.pipeline.steps.map(({ status, attempt }) => ({ status, attempt }))).toEqual([
    { status: 'SUCCEEDED', attempt: 1 },
    { status: 'SUCCEEDED', attempt: 4 },
    { status: 'SUCCEEDED', attempt: 1 },
  ]);
});
