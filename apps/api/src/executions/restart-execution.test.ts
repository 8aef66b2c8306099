import type { BulkFailure, BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import { moduleException } from '@gantry/domain/exception-details';
import { admitExecutions } from '@gantry/record/admission/admit-executions';
import { transaction } from '@gantry/record/connection/transaction';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { finishedFact, fold, plannedFact, startedFact } from '../../test/fold.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let assistantId: string;
beforeAll(async () => {
  api = await startApi();
  projectId = (await makeProject(api.client)).id;
  assistantId = (await makeAssistant(api.client, projectId, { options: { pipeline: { steps: STEPS } } })).id;
});
afterAll(() => api.close());

const STEPS = [
  { ref: 'gantry/echo', name: 'read', options: { page: 1 } },
  { ref: 'gantry/noop', name: 'extract', options: { language: 'de' } },
  { ref: 'gantry/noop', name: 'send' },
];

const broken = { status: 'FAILED', error: moduleException('FLAKY', 'it broke') } as const;

/** One whose second step failed; the output of the first was kept outside of the record. */
async function makeFailed(): Promise<Execution> {
  const execution = await makeExecution(api.client, projectId);
  await fold(
    ...([api, plannedFact(execution), startedFact(execution)] as const),
    finishedFact(execution, 1, { outputRef: `ref-${execution.id}`, outputId: 'o1', nextStep: 1 }),
    finishedFact(execution, 2, { ...broken, step: 1 }),
  );
  return read(execution.id);
}

async function read(id: string): Promise<Execution> {
  return (await api.client.get<Execution>(`/api/executions/${id}`)).body;
}

const restart = (id: string, body: object = {}) => api.client.post<Execution>(`/api/executions/${id}/restart`, body);

async function discarded(): Promise<string[]> {
  return (await api.db.selectFrom('discarded_contents').select('ref').execute()).map(({ ref }) => ref);
}

/** The rest of a new execution, as its worker reports it. */
async function succeed(execution: Execution): Promise<void> {
  const planned = { ...plannedFact(execution), slices: [{ runtime: 'gantry/default', firstStep: 1, stepCount: 2 }] };
  await fold(
    ...([api, planned, { ...startedFact(execution), step: 1 }] as const),
    finishedFact(execution, 1, { step: 1, output: 'extracted', nextStep: 2 }),
    finishedFact(execution, 2, { step: 2 }),
  );
}

test('a failed execution goes on from its failed step, with other options, and is replaced by that', async () => {
  const failed = await makeFailed();
  const { status, body } = await restart(failed.id, {
    ...{ options: { 1: { language: 'en' } }, context: { checkedBy: 'Kim' } },
  });
  expect(status).toBe(201);
  expect(body).toMatchObject({
    ...{ status: 'PENDING', reprocessOf: failed.id, assistantId, context: { taskId: failed.context['taskId'] } },
    pipeline: {
      steps: [
        { name: 'read', status: 'SUCCEEDED', reusedFrom: failed.id, outputId: 'o1', start: null, options: { page: 1 } },
        { name: 'extract', status: 'PENDING', reusedFrom: null, options: { language: 'en' } },
        { name: 'send', status: 'PENDING', reusedFrom: null },
      ],
    },
  });
  expect(body.context['checkedBy']).toBe('Kim');
  expect((await read(failed.id)).status).toBe('PENDING_REPROCESSING');
  expect((await api.queues.get(EXECUTIONS_QUEUE).getJob(`${body.id}.1`))?.data).toMatchObject({
    executions: [{ epoch: 1, firstStep: 1, input: { outputRef: `ref-${failed.id}`, outputId: 'o1' } }],
  });

  await succeed(body);
  expect([(await read(failed.id)).status, (await read(body.id)).status]).toEqual(['REPROCESSED', 'SUCCEEDED']);
  expect((await read(body.id)).pipeline.steps[0]).toMatchObject({
    status: 'SUCCEEDED',
    outputId: 'o1',
    reusedFrom: failed.id,
  });

  // The first step's is whose it was; its content goes with the last that has it.
  const again = (await restart(body.id, { fromStep: 2 })).body;
  expect(again.pipeline.steps.map(({ reusedFrom }) => reusedFrom)).toEqual([failed.id, body.id, null]);
  await api.client.put(`/api/executions/${again.id}/cancel`);
  await fold(api, { kind: 'stopped', executionId: again.id, epoch: 0, at: Date.now() });
  for (const { id } of [failed, body]) await api.client.delete(`/api/executions/${id}`);
  expect(await discarded()).not.toContain(`ref-${failed.id}`);
  await api.client.delete(`/api/executions/${again.id}`);
  expect(await discarded()).toContain(`ref-${failed.id}`);
});

test('one that waits for admission goes on from its step once it is admitted', async () => {
  const failed = await makeFailed();
  await api.db.updateTable('admission').set({ open: false }).execute();
  const { body } = await restart(failed.id);
  expect(body.status).toBe('REQUESTED');
  const { after } = await transaction(api.db, (tx) =>
    admitExecutions(tx, { limit: 1_000, batch: 100, now: new Date(), unserved: [] }),
  );
  expect(after.enqueue).toMatchObject([{ executionId: body.id, epoch: 1, firstStep: 1, input: { outputId: 'o1' } }]);
  await api.db.updateTable('admission').set({ open: true }).execute();
});

test('with the pipeline that the assistant has now, the steps before must be what they were', async () => {
  const failed = await makeFailed();
  const save = (steps: object[]) =>
    api.client.put(`/api/assistants/${assistantId}`, { options: { pipeline: { steps } } });
  await save([STEPS[0] ?? {}, { ref: 'gantry/echo', name: 'mended' }]);
  expect((await restart(failed.id, { pipeline: 'current', fromStep: 1 })).body).toMatchObject({
    pipeline: {
      steps: [
        { name: 'read', status: 'SUCCEEDED' },
        { name: 'mended', status: 'PENDING' },
      ],
    },
  });

  const other = await makeFailed();
  await save([{ ...STEPS[0], options: { page: 2 } }, STEPS[1] ?? {}]);
  expect(await restart(other.id, { pipeline: 'current', fromStep: 1 })).toMatchObject(
    problemWith(409, 'PIPELINE_DIFFERS', { detail: expect.stringContaining('Step 0 has other options') }),
  );
  expect((await restart(other.id, { pipeline: 'current', fromStep: 0 })).body).toMatchObject({
    pipeline: { steps: [{ status: 'PENDING', options: { page: 2 } }, { status: 'PENDING' }] },
  });
  await save(STEPS);
});

test('what cannot be restarted is refused with its reason', async () => {
  const failed = await makeFailed();
  const unfinished = await makeExecution(api.client, projectId);
  expect(await restart(NO_ID)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  expect(await restart(unfinished.id)).toMatchObject(problemWith(409, 'EXECUTION_UNFINISHED'));
  expect(await restart(failed.id, { fromStep: 2 })).toMatchObject(problemWith(409, 'STEP_NOT_REUSABLE'));
  for (const [field, body] of Object.entries({
    fromStep: { fromStep: 3 },
    'options.0': { fromStep: 1, options: { 0: {} } },
    'options.one': { options: { one: {} } },
    pipeline: { pipeline: 'newest' },
  })) {
    expect(await restart(failed.id, body), field).toMatchObject(
      problemWith(400, 'BAD_REQUEST', { errors: { [field]: expect.any(String) } }),
    );
  }
  expect((await restart(failed.id)).status).toBe(201);
  expect(await restart(failed.id)).toMatchObject(problemWith(409, 'EXECUTION_BEING_REPLACED'));
  const stranger = await api.clientOf('strangers', 'executions:write');
  expect((await stranger.post(`/api/executions/${failed.id}/restart`, {})).status).toBe(404);
});

test('many are restarted by a filter, counted first, and those that could not be are listed with their reasons', async () => {
  const [first, second, third] = [await makeFailed(), await makeFailed(), await makeFailed()];
  await restart(third.id);
  const filter = `id in ('${first.id}', '${second.id}', '${third.id}')`;
  const bulk = (body: object) => api.client.post<BulkOperation>('/api/executions/restart', { filter, ...body });
  expect((await bulk({ dryRun: true })).body).toEqual({ dryRun: true, count: 2 });
  expect((await bulk({ options: { 1: { language: 'fr' } } })).body).toMatchObject({
    ...{ kind: 'RESTART', status: 'COMPLETED', total: 2, done: 2, failed: 0 },
  });
  const { content } = (
    await api.client.get<Page<Execution>>(
      `/api/executions?filter=${encodeURIComponent(`reprocessOf eq '${first.id}'`)}`,
    )
  ).body;
  expect(content[0]?.pipeline.steps[1]).toMatchObject({ status: 'PENDING', options: { language: 'fr' } });

  const [fourth, fifth] = [await makeFailed(), await makeFailed()];
  const failing = (
    await api.client.post<BulkOperation>('/api/executions/restart', {
      ...{ filter: `id in ('${fourth.id}', '${fifth.id}')`, fromStep: 2 },
    })
  ).body;
  expect(failing).toMatchObject({ status: 'COMPLETED', total: 2, done: 0, failed: 2 });
  const path = `/api/bulk-operations/${failing.id}/failures`;
  const failures = (await api.client.get<Page<BulkFailure>>(path)).body;
  expect(failures).toMatchObject({ totalElements: 2, numberOfElements: 2 });
  expect(failures.content[1]).toEqual({
    ...{ id: 2, executionId: fifth.id, assistantId: null, documentFamilyId: null },
    ...{ code: 'STEP_NOT_REUSABLE', message: expect.stringContaining('Step 1 is FAILED') },
  });
  const one = await api.client.get<Page<BulkFailure>>(`${path}?filter=${encodeURIComponent('id gt 1')}&pageSize=1`);
  expect(one.body.content.map(({ executionId }) => executionId)).toEqual([fifth.id]);
  expect(await api.client.put(`/api/bulk-operations/${failing.id}/abort`)).toMatchObject(
    problemWith(409, 'BULK_OPERATION_FINISHED'),
  );
});

test('a bulk operation that is aborted keeps what it has done and leaves the rest alone', async () => {
  const executions = [await makeFailed(), await makeFailed()];
  const { id } = await api.client.made<BulkOperation>(
    '/api/executions/restart',
    { filter: executions.map((execution) => `id eq '${execution.id}'`).join(' or ') },
    202,
  );
  // As it is while the leader is at it.
  await api.db.updateTable('bulk_operations').set({ finished_at: null, total: 5 }).where('id', '=', id).execute();
  expect(await api.client.put(`/api/bulk-operations/${id}/abort`)).toMatchObject({
    ...{ status: 200, body: { status: 'ABORTED', done: 2, total: 5, finishedOn: expect.any(String) } },
  });
});
