import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import { pageSchema } from '@gantry/contracts/http/page';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';

// One api, one scheduler and, to begin with, one worker that runs one slice at a time and hands back what it holds at once.
let redis: FreshRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  const env = { WORKER_CONCURRENCY: '1', WORKER_STOP_GRACE: '0' };
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1, env });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

const sleepStep = (ms: number) => ({ ref: 'module://gantry/sleep', options: { ms } });

const attemptsOf = ({ pipeline: { steps } }: Execution) => steps.map(({ status, attempt }) => [status, attempt]);

/** Starts an execution and waits until its step is RUNNING. */
async function runUntilStep(assistant: string, content: string, step: number): Promise<string> {
  const { executions } = await gantry.contentCreated(assistant, content);
  const id = executions[0]?.id ?? '';
  await waitFor(async () => (await gantry.execution(id)).pipeline.steps[step]?.status === 'RUNNING');
  return id;
}

test('what was queued behind a busy worker runs strictly by priority, then by age', async () => {
  await gantry.assistant('blocker', [sleepStep(60_000)]);
  const { id: assistantId } = await gantry.assistant('ordered', [sleepStep(2)]);
  const blocker = await runUntilStep('blocker', 'c', 0);

  const priorities = Array.from({ length: 200 }, (_, index) => [7, 0, 1000, 500, 500, 6][(index * 7) % 6] ?? 0);
  const answers = await gantry.contentsCreated(
    'ordered',
    priorities.map((priority) => ({ priority })),
  );
  const list = (status: Execution['status']) => {
    const query = new URLSearchParams({
      filter: `assistantId eq '${assistantId}' and status eq '${status}'`,
      pageSize: '1000',
    });
    return gantry.api.get(`/api/executions?${query}`, pageSchema(executionSchema));
  };
  // RUNNING: planned, so its slice waits in the queue.
  await waitFor(async () => (await list('RUNNING')).totalElements === 200, { what: '200 planned executions' });
  await gantry.cancel(blocker);
  await waitFor(async () => (await list('SUCCEEDED')).totalElements === 200, { what: '200 finished executions' });

  const { content } = await list('SUCCEEDED');
  const startOf = new Map(content.map(({ id, pipeline }) => [id, pipeline.steps[0]?.start ?? '']));
  const ids = answers.map(({ executions }) => executions[0]?.id ?? '');
  const ran = ids.toSorted((a, b) => (startOf.get(a) ?? '').localeCompare(startOf.get(b) ?? ''));
  const ranOf = ran.map((id) => ids.indexOf(id));
  const due = priorities
    .map((_, index) => index)
    .toSorted((a, b) => (priorities[b] ?? 0) - (priorities[a] ?? 0) || a - b);
  expect(ranOf).toEqual(due);
});

test('a cancel ends a running 60 s step and an execution that waits', async () => {
  await gantry.assistant('slow', [sleepStep(60_000), { ref: 'gantry/noop' }]);
  const running = await runUntilStep('slow', 'running', 0);
  const { executions } = await gantry.contentCreated('slow', 'waiting');
  const waiting = executions[0]?.id ?? '';

  expect(['CANCELLING', 'CANCELLED']).toContain((await gantry.cancel(waiting)).status);
  await gantry.reaches(waiting, 'CANCELLED');
  expect(['CANCELLING', 'CANCELLED']).toContain((await gantry.cancel(running)).status);
  const cancelled = await gantry.reaches(running, 'CANCELLED');
  expect(cancelled.pipeline.steps.map(({ status }) => status)).toEqual(['CANCELLED', 'CANCELLED']);
  await expect(gantry.cancel(running)).rejects.toMatchObject({ code: 'EXECUTION_FINISHED' });
});

test('another worker finishes the slice of one that was killed, from the step it had reached', async () => {
  await gantry.assistant('three steps', [{ ref: 'gantry/echo' }, sleepStep(2_000), { ref: 'gantry/echo' }]);
  const id = await runUntilStep('three steps', 'killed', 1);
  const victim = gantry.worker();
  victim.kill('SIGKILL');
  await victim.exited;
  await gantry.system.addWorker();
  const done = await gantry.reaches(id, 'SUCCEEDED');
  expect(attemptsOf(done)).toEqual([
    ['SUCCEEDED', 1],
    ['SUCCEEDED', 2],
    ['SUCCEEDED', 1],
  ]);
});

test('a worker that is asked to stop hands its slice back to the others', async () => {
  const id = await runUntilStep('three steps', 'handed back', 1);
  const leaver = gantry.worker();
  leaver.kill('SIGTERM');
  expect(await leaver.exited).toEqual({ code: 0, signal: null });
  await gantry.system.addWorker();
  const done = await gantry.reaches(id, 'SUCCEEDED');
  expect(attemptsOf(done)).toEqual([
    ['SUCCEEDED', 1],
    ['SUCCEEDED', 2],
    ['SUCCEEDED', 1],
  ]);
});
