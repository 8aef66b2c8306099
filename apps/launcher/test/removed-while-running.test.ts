import { assistantSchema } from '@gantry/contracts/http/assistant';
import { moduleSchema } from '@gantry/contracts/http/module';
import { type FreshRedis, freshRedis } from '@gantry/testkit/fresh-redis';
import { waitFor } from '@gantry/testkit/wait-for';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestSystem, type TestSystem } from './test-system.ts';

let redis: FreshRedis;
let gantry: TestSystem;

beforeAll(async () => {
  redis = await freshRedis();
  gantry = await startTestSystem({ redisUrl: redis.url, redisPrefix: redis.prefix, workers: 1 });
});

afterAll(async () => {
  await gantry?.stop();
  await redis?.cleanup();
});

const sleep = { ref: 'gantry/sleep', options: { ms: 1_500 } };

async function remove(path: string): Promise<void> {
  const { apiUrl, apiKey } = gantry.system;
  const response = await fetch(apiUrl + path, { method: 'DELETE', headers: { 'x-api-key': apiKey } });
  expect(response.ok).toBe(true);
}

/** Starts an execution of the assistant and waits until its first step runs. */
async function startOne(assistant: string, content: string): Promise<string> {
  const { executions } = await gantry.contentCreated(assistant, content);
  const id = executions[0]?.id ?? '';
  await waitFor(async () => (await gantry.execution(id)).pipeline.steps[0]?.status === 'RUNNING');
  return id;
}

test('executions of an assistant go on when it is deactivated and when it is deleted', async () => {
  const { id } = await gantry.assistant('going', [sleep, { ref: 'gantry/noop' }]);
  const running = await startOne('going', 'a');
  await gantry.api.put(`/api/assistants/${id}/deactivate`, assistantSchema);
  expect((await gantry.contentCreated('going', 'b')).executions).toEqual([]);
  await gantry.reaches(running, 'SUCCEEDED');

  await gantry.api.put(`/api/assistants/${id}/activate`, assistantSchema);
  const [orphan, cancelled] = [await startOne('going', 'c'), await startOne('going', 'd')];
  await remove(`/api/assistants/${id}`);
  await gantry.cancel(cancelled);
  expect(await gantry.reaches(orphan, 'SUCCEEDED')).toMatchObject({ assistantId: null });
  await gantry.reaches(cancelled, 'CANCELLED');
});

test('executions that were planned keep the module that is deleted, later ones fail and say so', async () => {
  const module = await gantry.api.post(
    '/api/modules',
    { ref: 'module://acme/approve', metadata: { kind: 'script', script: 'return 1;', moduleRuntimeRef: 'acme/other' } },
    moduleSchema,
  );
  await gantry.assistant('approving', [sleep, { ref: 'gantry/echo' }, { ref: module.ref }]);
  const running = await startOne('approving', 'a');
  await remove(`/api/modules/${module.id}`);
  const { executions } = await gantry.contentCreated('approving', 'b');
  const failed = await gantry.reaches(executions[0]?.id ?? '', 'FAILED');
  expect(failed.exceptionDetails).toMatchObject({ errorType: 'MODULE_NOT_FOUND' });
  const went = await waitFor(async () => {
    const now = await gantry.execution(running);
    return now.endDate ? now : undefined;
  });
  expect(went.pipeline.steps.map(({ status }) => status)).toEqual(['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']);
});
