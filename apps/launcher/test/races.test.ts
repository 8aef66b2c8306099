import { setTimeout as delay } from 'node:timers/promises';
import { type EventAnswer, eventAnswerSchema } from '@gantry/contracts/http/event';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { ApiClient } from '../src/api-client.ts';
import { listAll, watchJournal } from './audit.ts';
import { startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let gantry: TestSystem;
let apis: ApiClient[];

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({
    ...{ redisUrl: redis.url, redisPrefix: redis.prefix },
    ...{ apis: 2, schedulers: 1, workers: 2, env: { RATE_LIMIT: '0' } },
  });
  apis = gantry.system.apiUrls.map((url) => new ApiClient(url, gantry.system.apiKey));
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

/** Either api, in turn. */
const apiOf = (index: number) => apis[index % apis.length] ?? gantry.api;

test('of 1,000 events with one deduplication key that are sent at once to two apis one runs', async () => {
  const { id } = await gantry.assistant('deduplicated', [{ ref: 'gantry/noop' }]);
  const workers = gantry.system.processes.filter(({ name }) => name.startsWith('worker'));
  for (const worker of workers) worker.kill('SIGSTOP'); // the one stays unfinished while the others come
  const answers = await Promise.all(
    Array.from({ length: 1_000 }, (_, index) => {
      const event = { ...gantry.event('deduplicated', String(index)), deduplicationKey: 'the same' };
      return apiOf(index).post('/api/events', event, eventAnswerSchema);
    }),
  );
  for (const worker of workers) worker.kill('SIGCONT');

  const executions = answers.flatMap((answer) => answer.executions);
  expect(executions).toHaveLength(1_000);
  const owners = executions.filter(({ status }) => status !== 'SKIPPED');
  expect(owners).toMatchObject([{ status: 'PENDING' }]);
  const [owner] = owners;
  const skipped = executions.filter((execution) => execution !== owner);
  expect(skipped.filter(({ duplicateOf }) => duplicateOf !== owner?.id)).toEqual([]);
  await gantry.reaches(owner?.id ?? '', 'SUCCEEDED');
  const listed = await listAll(gantry, `assistantId eq '${id}'`);
  expect(listed.filter(({ status }) => status === 'SKIPPED')).toHaveLength(999);
});

/** Numbers from 0 up to 1 that are the same for the same seed. */
function* randomNumbers(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    yield state / 4_294_967_296;
  }
}

test('cancels, ends, retries and reprocessing in every order leave each execution as its answers said', async () => {
  const flaky = {
    ref: 'gantry/fail',
    options: { failTimes: 1 },
    executionPolicy: { maxAttempts: 2, backoffStrategy: 'fixed', backoffBaseSeconds: 0 },
  };
  const { id } = await gantry.assistant('raced', [
    { ref: 'gantry/sleep', options: { ms: 400 } }, // longer than a command takes to be answered
    flaky,
    { ref: 'gantry/noop' },
  ]);
  const seed = Date.now() % 1_000_000;
  const random = randomNumbers(seed);
  const next = (limit: number) => Math.floor(random.next().value * limit);
  const cancelled: string[] = [];
  const refused: string[] = [];

  async function cancel(executionId: string, index: number): Promise<void> {
    try {
      await apiOf(index).put(`/api/executions/${executionId}/cancel`, executionSchema);
      cancelled.push(executionId);
    } catch (error) {
      expect(String(error)).toContain('409');
      refused.push(executionId);
    }
  }
  async function reprocess(family: string, index: number): Promise<Execution[]> {
    const path = `/api/document-families/${family}/reprocess?assistantId=${id}`;
    return apiOf(index).put(path, z.array(executionSchema));
  }
  async function document(index: number, pauses: number[], orders: number[]): Promise<void> {
    const event = gantry.event('raced', String(index));
    const { executions }: EventAnswer = await apiOf(index).post('/api/events', event, eventAnswerSchema);
    const first = executions[0]?.id ?? '';
    const { documentFamilyId } = await gantry.execution(first);
    await Promise.all(
      pauses.map(async (pauseMs, command) => {
        await delay(pauseMs);
        if (orders[command] === 0) return cancel(first, index + command);
        const again = await reprocess(documentFamilyId ?? '', index + command);
        if (orders[command] === 2) await Promise.all(again.map((one) => cancel(one.id, index)));
      }),
    );
  }
  const draw = (limit: number) => Array.from({ length: 4 }, () => next(limit));
  await Promise.all(Array.from({ length: 50 }, (_, index) => document(index, draw(2_500), draw(3))));

  const of = `assistantId eq '${id}'`;
  const open = `${of} and status in (REQUESTED, PENDING, RUNNING, CANCELLING, PENDING_REPROCESSING)`;
  await waitFor(async () => (await listAll(gantry, open)).length === 0, {
    what: `all to end (seed ${seed})`,
    intervalMs: 250,
  });
  const executions = new Map((await listAll(gantry, of)).map((execution) => [execution.id, execution]));
  const statusOf = (executionId: string) => executions.get(executionId)?.status;
  const after = (ids: string[]) => [...new Set(ids.map(statusOf))].sort();
  // Whatever is reprocessed with success ends as REPROCESSED.
  expect(after(cancelled), `seed ${seed}`).toEqual(['CANCELLED', 'REPROCESSED']);
  for (const executionId of refused) {
    if (!cancelled.includes(executionId)) expect(statusOf(executionId), `seed ${seed}`).not.toBe('CANCELLED');
  }
  for (const execution of executions.values()) {
    const { status, pipeline } = await gantry.execution(execution.id);
    const told = pipeline.steps.map((step) => step.status);
    if (status === 'SUCCEEDED') expect(told, `seed ${seed}`).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
    if (status === 'CANCELLED') expect(told, `seed ${seed}`).not.toContain('RUNNING');
  }
  // One that is REPROCESSED may have been cancelled before, and then it has replaced nothing.
  const replaced = [...executions.values()].flatMap(({ reprocessOf, status }) =>
    reprocessOf && status === 'SUCCEEDED' ? [reprocessOf] : [],
  );
  expect(after(replaced), `seed ${seed}`).toEqual(['REPROCESSED']);
  expect(new Set(replaced).size, `seed ${seed}: replaced twice`).toBe(replaced.length);
  const journal = watchJournal(redis.url, redis.prefix);
  await journal.untilEmpty();
  journal.close();
});
