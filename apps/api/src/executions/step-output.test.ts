import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { Execution } from '@gantry/contracts/http/execution';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;

beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  const pipeline = { steps: [{ ref: 'module://gantry/echo' }, { ref: 'module://gantry/echo' }] };
  await makeAssistant(api.client, projectId, { options: { pipeline } });
});
afterAll(() => api.close());

test('an output can be read whole, wherever it is kept', async () => {
  const execution = await makeExecution(api.client, projectId);
  const read = (step: number | string, client = api.client) =>
    client.get(`/api/executions/${execution.id}/steps/${step}/output`);
  expect(await read(0)).toMatchObject(
    problemWith(404, 'OUTPUT_NOT_FOUND', { detail: 'The step 0 is PENDING and has no output.' }),
  );

  const large = { pages: Array.from({ length: 20_000 }, (_, page) => `page ${page}`) };
  const content = createFolderContentStore(api.contentDir).forOrganization(execution.organizationId);
  const { ref } = await content.write(Buffer.from(JSON.stringify(large)), { contentType: 'application/json' });
  await fold(
    api,
    ...[plannedFact(execution), startedFact(execution)],
    finishedFact(execution, 1, { outputRef: ref, outputId: 'o1', nextStep: 1 }),
    { ...finishedFact(execution, 2, { output: null, outputId: 'o2' }), step: 1 },
  );
  expect(await read(0)).toMatchObject({ status: 200, body: large });
  // A step may well give null.
  expect(await read(1)).toMatchObject({ status: 200, body: null });
  const { body } = await api.client.get<Execution>(`/api/executions/${execution.id}?include=outputs`);
  // Among the others a large one is missing, and never taken for the null of the second step.
  expect(body.pipeline.steps.map((step) => ['output' in step, step.outputId])).toEqual([
    [false, 'o1'],
    [true, 'o2'],
  ]);
  for (const step of [2, '00000', '-1', 'x']) expect(await read(step)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect((await read(0, await api.clientOf('stranger', 'admin'))).status).toBe(404);

  await content.delete(ref);
  expect(await read(0)).toMatchObject(problemWith(404, 'CONTENT_NOT_FOUND'));
});
