import type { Assistant } from '@gantry/contracts/http/assistant';
import type { BulkOperation } from '@gantry/contracts/http/bulk-operation';
import type { Execution } from '@gantry/contracts/http/execution';
import type { Page } from '@gantry/contracts/http/page';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import { type ExecutionStatus, statusValue } from '@gantry/domain/status';
import { advanceBulkOperation, findOpenOperations } from '@gantry/record/bulk/advance-bulk-operation';
import { jsonb } from '@gantry/record/connection/database';
import { transaction } from '@gantry/record/connection/transaction';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { problemWith } from '../../test/api-client.ts';
import { makeAssistant, makeExecution, makeProject, NO_ID } from '../../test/sample.ts';
import { type RunningApi, startApi } from '../../test/start-api.ts';

let api: RunningApi;
let projectId: string;
let assistant: Assistant;

beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());
beforeEach(async () => {
  projectId = (await makeProject(api.client)).id;
  assistant = await makeAssistant(api.client, projectId);
});

const make = (event: object = {}) => makeExecution(api.client, projectId, event);

/** One about that document family. */
const about = (documentFamilyId: string) => make({ eventType: 'DATA_OBJECT_UPDATED', documentFamilyId });

const mine = () => `projectId eq '${projectId}'`;

const ask = (verb: 'cancel' | 'reprocess' | 'delete', body: object) =>
  api.client.post<BulkOperation>(`/api/executions/${verb}`, body);

async function read(id: string): Promise<Execution> {
  return (await api.client.get<Execution>(`/api/executions/${id}`)).body;
}

async function statusesOf(executions: readonly Execution[]): Promise<ExecutionStatus[]> {
  return Promise.all(executions.map(async ({ id }) => (await read(id)).status));
}

/** As if it had ended so. */
async function end(status: ExecutionStatus, ...executions: Execution[]): Promise<void> {
  await api.db
    .updateTable('executions')
    .set({ status: statusValue(status), finished_at: new Date(), dedup_key: null })
    .where(
      'id',
      'in',
      executions.map(({ id }) => id),
    )
    .execute();
}

async function list(filter: string): Promise<Execution[]> {
  const query = new URLSearchParams({ filter: `${mine()} and (${filter})`, pageSize: '1000' });
  return (await api.client.get<Page<Execution>>(`/api/executions?${query}`)).body.content;
}

/** What the leading scheduler does, batch by batch. */
async function runToTheEnd({ id }: BulkOperation, batch: number): Promise<BulkOperation> {
  const step = () => transaction(api.db, (tx) => advanceBulkOperation(tx, { operationId: id, batch, now: new Date() }));
  while ((await step()).result);
  return (await api.client.get<BulkOperation>(`/api/bulk-operations/${id}`)).body;
}

/** Executions of the project, far more than the api does by itself, as if they had been created by events. */
async function makeMany(count: number, status: ExecutionStatus): Promise<void> {
  const { id } = await make();
  const row = await api.db.selectFrom('executions').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const { organization_id, assistant_id, priority } = row;
  const same = { organization_id, assistant_id, priority, project_id: projectId, status: statusValue(status) };
  const rows = Array.from({ length: count }, (_, index) => ({
    ...{ ...same, id: crypto.randomUUID(), document_family_id: `many-${index}` },
    ...{ pipeline: jsonb(row.pipeline), context: jsonb(row.context) },
  }));
  await api.db.insertInto('executions').values(rows).execute();
  await api.db.deleteFrom('executions').where('id', '=', id).execute();
}

describe('cancel', () => {
  test('what matches is cancelled with what it caused, and nothing else', async () => {
    const [first, second, other] = [await make({ priority: 9 }), await make({ priority: 9 }), await make()];
    const { body: child } = await api.client.post<Execution>(`/api/assistants/${assistant.id}/events`, {
      ...{ eventType: 'ASSISTANT', parentExecutionId: first.id },
    });
    const done = await make({ priority: 9 });
    await end('SUCCEEDED', done);

    const filter = `${mine()} and priority eq 9`;
    const { status, body } = await ask('cancel', { filter });
    expect([status, body]).toMatchObject([
      202,
      { kind: 'CANCEL', status: 'COMPLETED', filter: [filter], total: 2, done: 2, failed: 0 },
    ]);
    expect(await statusesOf([first, second, child, other, done])).toEqual([
      ...['CANCELLING', 'CANCELLING', 'CANCELLING', 'PENDING', 'SUCCEEDED'],
    ]);
    // The brake is on: what waits does so no longer.
    const queue = api.queues.get(EXECUTIONS_QUEUE);
    expect(await Promise.all([first, child, other].map(({ id }) => queue.getJob(`${id}.1`)))).toMatchObject([
      undefined,
      undefined,
      { data: { executions: [{ executionId: other.id }] } },
    ]);
  });

  test('a dry run counts and changes nothing', async () => {
    const executions = [await make(), await make(), await make()];
    const { status, body } = await ask('cancel', { filter: [mine(), 'status in (PENDING)'], dryRun: true });
    expect([status, body]).toEqual([200, { dryRun: true, count: 3 }]);
    expect(await statusesOf(executions)).toEqual(['PENDING', 'PENDING', 'PENDING']);
    expect((await ask('cancel', { filter: mine() })).body.total).toBe(3);
    expect((await ask('cancel', { filter: mine(), dryRun: true })).body).toEqual({ dryRun: true, count: 0 });
  });

  test('what does not fit into the first batch is left to the scheduler, which ends it in several goes', async () => {
    await makeMany(250, 'REQUESTED');
    const { body } = await ask('cancel', { filter: mine() });
    expect(body).toMatchObject({ status: 'RUNNING', total: 250, done: 100, finishedOn: null });
    const late = await make();
    await end('FAILED', ...(await list('status eq REQUESTED')).slice(0, 10));
    expect(await runToTheEnd(body, 40)).toMatchObject({
      ...{ status: 'COMPLETED', total: 250, done: 240, failed: 10, finishedOn: expect.any(String) },
    });
    expect((await read(late.id)).status).toBe('PENDING');
    expect(await list('status eq CANCELLED')).toHaveLength(240);
    expect(await api.db.selectFrom('bulk_items').selectAll().execute()).toEqual([]);
  });

  test('several that work on one operation, and a crash, do nothing twice and leave nothing out', async () => {
    await makeMany(200, 'SUCCEEDED');
    const { body } = await ask('reprocess', { filter: mine() });
    const advance = () =>
      transaction(api.db, (tx) => advanceBulkOperation(tx, { operationId: body.id, batch: 7, now: new Date() }));
    const crash = transaction(api.db, async (tx) => {
      await advanceBulkOperation(tx, { operationId: body.id, batch: 7, now: new Date() });
      throw new Error('crash');
    });
    await Promise.allSettled([crash, ...Array.from({ length: 6 }, advance)]);
    await Promise.all(Array.from({ length: 40 }, advance));
    expect(await runToTheEnd(body, 7)).toMatchObject({ total: 200, done: 200, failed: 0 });
    expect(await list('reprocessOf is not null')).toHaveLength(200);
  });
});

describe('reprocess', () => {
  test('each assistant’s last execution of a document family is replaced once', async () => {
    const [old, last] = [await about('twice'), await about('twice')];
    const single = await about('once');
    await end('FAILED', old, last, single);
    const skipped = await about('skipped');
    await end('SKIPPED', skipped);
    const running = await about('running');

    const filter = mine();
    expect((await ask('reprocess', { filter, dryRun: true })).body).toEqual({ dryRun: true, count: 2 });
    const { status, body } = await ask('reprocess', { filter });
    expect([status, body]).toMatchObject([202, { kind: 'REPROCESS', status: 'COMPLETED', total: 2, done: 2 }]);
    expect(await statusesOf([old, last, single, skipped, running])).toEqual([
      ...['FAILED', 'PENDING_REPROCESSING', 'PENDING_REPROCESSING', 'SKIPPED', 'PENDING'],
    ]);
    const replacements = await list('reprocessOf is not null');
    expect(replacements.map(({ reprocessOf }) => reprocessOf).sort()).toEqual([last.id, single.id].sort());
    expect(replacements).toMatchObject([
      { status: 'PENDING', priority: 7 },
      { status: 'PENDING', priority: 7 },
    ]);
    const queue = api.queues.get(EXECUTIONS_QUEUE);
    expect(await queue.getJob(`${replacements[0]?.id}.1`)).toBeDefined();
    expect((await ask('reprocess', { filter })).body).toMatchObject({ total: 1, done: 1 });
    expect(await list('reprocessOf is not null')).toHaveLength(2);
  });

  test('what is about no document family, and what has no assistant any more, runs again from its context', async () => {
    const task = await make({ taskId: 't-1', data: { urgent: true } });
    const gone = await makeAssistant(api.client, projectId, { name: 'Gone' });
    const { body: orphan } = await api.client.put<Execution>(`/api/assistants/${gone.id}/schedule`);
    await api.client.delete(`/api/assistants/${gone.id}`);
    const { body: adHoc } = await api.client.post<Execution>('/api/executions', {
      ...{ projectId, description: 'by hand', parameters: { a: 1 }, context: { b: 2 } },
      pipeline: { steps: [{ ref: 'gantry/echo', options: { c: 3 } }] },
    });
    await end('FAILED', task, orphan, adHoc);
    await api.client.put(`/api/assistants/${assistant.id}`, {
      options: { pipeline: { steps: [{ ref: 'acme/new' }] } },
    });

    expect((await ask('reprocess', { filter: `${mine()} and status eq FAILED` })).body).toMatchObject({ done: 3 });
    const replacementOf = async ({ id }: Execution) => (await list(`reprocessOf eq '${id}'`))[0];
    expect(await replacementOf(task)).toMatchObject({
      ...{ status: 'PENDING', assistantId: assistant.id, context: { taskId: 't-1', urgent: true } },
      pipeline: { steps: [{ ref: 'acme/new' }] },
    });
    expect(await replacementOf(orphan)).toMatchObject({
      ...{ assistantId: null, context: { eventType: 'SCHEDULED' } },
      pipeline: { steps: [{ ref: 'module://gantry/noop', name: 'nothing' }] },
    });
    expect(await replacementOf(adHoc)).toMatchObject({
      ...{ assistantId: null, description: 'by hand', parameters: { a: 1 }, context: { b: 2 } },
      pipeline: { steps: [{ ref: 'gantry/echo', options: { c: 3 } }] },
    });
    expect(await statusesOf([task, orphan, adHoc])).toEqual(Array(3).fill('PENDING_REPROCESSING'));
  });

  test('an execution that was removed in the meantime is counted as failed', async () => {
    await makeMany(110, 'SUCCEEDED');
    await api.db
      .updateTable('executions')
      .set({ document_family_id: null })
      .where('project_id', '=', projectId)
      .execute();
    const { body } = await ask('reprocess', { filter: mine() });
    const left = (await list('status eq SUCCEEDED')).slice(0, 4);
    for (const { id } of left) await api.client.delete(`/api/executions/${id}`);
    expect(await runToTheEnd(body, 100)).toMatchObject({ total: 110, done: 106, failed: 4, status: 'COMPLETED' });
  });
});

describe('delete', () => {
  test('what matches and is finished is gone, of the rest nothing, and the audit log has who asked', async () => {
    const [done, failed, waiting, other] = [await make(), await make(), await make(), await make()];
    await end('SUCCEEDED', done, other);
    await end('FAILED', failed);
    const filter = `${mine()} and id in (${[done, failed, waiting].map(({ id }) => `'${id}'`).join(',')})`;
    expect((await ask('delete', { filter, dryRun: true })).body).toEqual({ dryRun: true, count: 2 });
    const { status, body } = await ask('delete', { filter });
    expect([status, body]).toMatchObject([202, { kind: 'DELETE', status: 'COMPLETED', total: 2, done: 2, failed: 0 }]);
    expect((await list('id is not null')).map(({ id }) => id).sort()).toEqual([waiting.id, other.id].sort());
    const { body: audit } = await api.client.get<Page<object>>(`/api/audit?filter=resourceId eq '${body.id}'`);
    expect(audit.content).toMatchObject([{ action: 'start', details: { kind: 'DELETE', filter: [filter], total: 2 } }]);
  });

  test('one that runs again by then stays and is told, one that is gone by then is gone', async () => {
    await makeMany(104, 'SUCCEEDED');
    const { body } = await ask('delete', { filter: mine() });
    const [again, gone] = await list('status eq SUCCEEDED');
    if (again === undefined || gone === undefined) throw new Error('the first batch is 100');
    await end('RUNNING', again);
    await api.client.delete(`/api/executions/${gone.id}`);
    expect(await runToTheEnd(body, 100)).toMatchObject({ total: 104, done: 103, failed: 1, status: 'COMPLETED' });
    const { body: failures } = await api.client.get<Page<object>>(`/api/bulk-operations/${body.id}/failures`);
    expect(failures.content).toMatchObject([{ executionId: again.id, code: 'EXECUTION_UNFINISHED' }]);
  });
});

describe('asking', () => {
  test.each([{}, { filter: '' }, { filter: '  ' }, { filter: [] }, { filter: ['', ' '] }, { filter: null }])(
    'without a filter is refused: %j',
    async (body) => {
      const refused = problemWith(400, 'BULK_FILTER_REQUIRED', { errors: { filter: expect.any(String) } });
      expect(await ask('cancel', body)).toMatchObject(refused);
      expect(await ask('reprocess', { ...body, dryRun: true })).toMatchObject(refused);
    },
  );

  test('with a filter that cannot be read is refused', async () => {
    expect(await ask('cancel', { filter: 'nonsense eq 1' })).toMatchObject(problemWith(400, 'FILTER_FIELD_UNKNOWN'));
    expect(await ask('cancel', { filter: "status eq 'RUNNING" })).toMatchObject(problemWith(400, 'FILTER_INVALID'));
    expect(await ask('reprocess', { filter: 7 })).toMatchObject(problemWith(400, 'BAD_REQUEST'));
    expect(await ask('cancel', { filter: mine(), dryRun: 'yes' })).toMatchObject(problemWith(400, 'BAD_REQUEST'));
  });

  test('for what matches nothing gives an operation that is complete', async () => {
    expect((await ask('cancel', { filter: `id eq '${NO_ID}'` })).body).toMatchObject({
      ...{ status: 'COMPLETED', total: 0, done: 0, failed: 0, finishedOn: expect.any(String) },
    });
  });

  test('for too many operations at a time is refused', async () => {
    const client = await api.clientOf('busy', 'admin');
    const project = await makeProject(client);
    await makeAssistant(client, project.id);
    const { organizationId } = project;
    const open = Array.from({ length: 20 }, () => ({
      ...{ id: crypto.randomUUID(), organization_id: organizationId, kind: 'CANCEL' as const, filter: [], total: 1 },
    }));
    await api.db.insertInto('bulk_operations').values(open).execute();
    const refused = await client.post('/api/executions/cancel', { filter: `id eq '${NO_ID}'` });
    expect(refused).toMatchObject(problemWith(429, 'TOO_MANY_BULK_OPERATIONS'));
    expect(refused.headers.get('retry-after')).toBe('10');
    expect(await ask('cancel', { filter: `id eq '${NO_ID}'` })).toMatchObject({ status: 202 });
    await api.db.deleteFrom('bulk_operations').where('organization_id', '=', organizationId).execute();
  });
});

test('operations take turns', async () => {
  await makeMany(101, 'REQUESTED');
  const { body: first } = await ask('cancel', { filter: mine() });
  projectId = (await makeProject(api.client)).id;
  await makeAssistant(api.client, projectId);
  await makeMany(101, 'REQUESTED');
  const { body: second } = await ask('cancel', { filter: mine() });
  expect(await findOpenOperations(api.db, 10)).toEqual([first.id, second.id]);
  expect(await findOpenOperations(api.db, 1)).toEqual([first.id]);
  await runToTheEnd(first, 100);
  await runToTheEnd(second, 100);
  expect(await findOpenOperations(api.db, 10)).toEqual([]);
});

test('another organization’s executions are not matched, and its operations are not seen', async () => {
  const execution = await make();
  const stranger = await api.clientOf('stranger', 'admin');
  for (const verb of ['cancel', 'reprocess']) {
    const path = `/api/executions/${verb}`;
    const filter = `id eq '${execution.id}' or projectId eq '${projectId}' or id is not null`;
    expect(await stranger.post(path, { filter, dryRun: true })).toMatchObject({ body: { count: 0 } });
    expect(await stranger.post(path, { filter })).toMatchObject({ status: 202, body: { total: 0 } });
  }
  expect((await read(execution.id)).status).toBe('PENDING');

  const { body } = await ask('cancel', { filter: mine() });
  expect(await stranger.get(`/api/bulk-operations/${body.id}`)).toMatchObject(problemWith(404, 'NOT_FOUND'));
  const { body: seen } = await stranger.get<Page<BulkOperation>>('/api/bulk-operations');
  expect(seen).toMatchObject({ totalElements: 2, content: [{ kind: 'REPROCESS' }, { kind: 'CANCEL' }] });
  const { body: own } = await api.client.get<Page<BulkOperation>>('/api/bulk-operations?pageSize=1&filter=total eq 1');
  expect(own.content).toEqual([body]);

  const reader = await api.clientOf('stranger', 'executions:read');
  expect(await reader.post('/api/executions/cancel', { filter: 'id is not null' })).toMatchObject(
    problemWith(403, 'FORBIDDEN'),
  );
});
