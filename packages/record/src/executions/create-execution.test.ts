import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { createExecution, type ExecutionRequest } from './create-execution.ts';
import { listExecutions } from './list-executions.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});
afterEach(() => sql`update admission set open = true`.execute(record.db));

async function create(request: Partial<ExecutionRequest>) {
  const { result, after } = await createExecution(record.db, {
    ...{ organizationId: place.organizationId, projectId: null, assistantId: null, pipeline: null, priority: null },
    ...{ context: {}, parameters: {}, description: null, traceparent: null, now: new Date() },
    ...request,
  });
  return { ...result, jobs: after.enqueue };
}

async function created(request: Partial<ExecutionRequest>) {
  const result = await create(request);
  if (result.outcome !== 'created') throw new Error(JSON.stringify(result));
  return { row: await record.execution(result.executionId), jobs: result.jobs };
}

test('an assistant is run because somebody asked for it', async () => {
  await place.ingest([place.event({ documentFamilyId: 'f', contentObjectId: 'c1' })]);
  const steps = [{ ref: 'gantry/echo' }];
  const assistant = await place.assistant({
    timeoutSeconds: 5,
    options: { complete_label: 'done', pipeline: { steps } },
  });
  const { row, jobs } = await created({
    assistantId: assistant.id,
    ...{ context: { documentFamilyId: 'f', order: 1 }, parameters: { p: 1 }, description: 'by hand' },
  });
  expect(row).toMatchObject({
    ...{ status: 0, priority: 7, project_id: place.projectId, assistant_id: assistant.id, description: 'by hand' },
    ...{ document_family_id: 'f', dedup_key: null, timeout_seconds: 5, complete_label: 'done', parameters: { p: 1 } },
    ...{ event_id: null, pipeline: { steps } },
    context: { eventType: 'ASSISTANT', documentFamilyId: 'f', order: 1, completeLabel: 'done', taxonomyRefs: [] },
  });
  expect(jobs).toMatchObject([
    { executionId: row.id, steps, documentFamily: { id: 'f' }, contentObject: { id: 'c1' }, epoch: 1 },
  ]);
});

test('a pipeline of its own is run without an assistant', async () => {
  const steps = [{ ref: 'gantry/sleep', options: { ms: 1 } }];
  const { row, jobs } = await created({ pipeline: { steps }, projectId: place.projectId });
  expect(row).toMatchObject({ status: 0, assistant_id: null, project_id: place.projectId, pipeline: { steps } });
  expect(jobs).toMatchObject([{ steps, documentFamily: null, contentObject: null }]);
});

test('the content object is the one asked for, also where the family does not have it', async () => {
  await place.ingest([
    place.event({ documentFamilyId: 'f', contentObjectId: 'c1' }),
    place.event({ documentFamilyId: 'f', contentObjectId: 'c2' }),
  ]);
  const objectOf = async (contentObjectId?: string) => {
    const context = { documentFamilyId: 'f', ...(contentObjectId ? { contentObjectId } : {}) };
    return (await created({ context })).jobs[0]?.contentObject?.id;
  };
  expect([await objectOf('c1'), await objectOf(), await objectOf('c9')]).toEqual(['c1', 'c2', undefined]);
});

test('its priority is the one asked for, else the assistant’s hint, else that of manual runs', async () => {
  const hinted = await place.assistant({ priorityHint: 0 });
  const priorities = [
    (await created({ assistantId: hinted.id, priority: 3 })).row.priority,
    (await created({ assistantId: hinted.id })).row.priority,
    (await created({ priority: 0 })).row.priority,
    (await created({})).row.priority,
  ];
  expect(priorities).toEqual([3, 0, 0, 7]);
});

test('it waits for admission as any other: at a closed door, or behind the limit of its assistant', async () => {
  const limited = await place.assistant({ maxConcurrentExecutions: 1 });
  expect(await created({ assistantId: limited.id })).toMatchObject({ row: { status: 4 }, jobs: [] });
  await sql`update admission set open = false`.execute(record.db);
  expect(await created({})).toMatchObject({ row: { status: 4 }, jobs: [] });
});

test('what is not there, or belongs to another organization, is not found', async () => {
  const other = await record.newPlace();
  for (const assistantId of [uuidv7(), (await other.assistant()).id]) {
    expect(await create({ assistantId })).toEqual({ outcome: 'not-found', what: 'assistant', jobs: [] });
  }
  for (const projectId of [uuidv7(), other.projectId]) {
    expect(await create({ projectId })).toEqual({ outcome: 'not-found', what: 'project', jobs: [] });
  }
  await other.ingest([other.event({ documentFamilyId: 'theirs' })]);
  expect((await created({ context: { documentFamilyId: 'theirs' } })).jobs).toMatchObject([{ documentFamily: null }]);
});

test('executions are found by a part of the id of their family, of an event or not, be it of few families or of many', async () => {
  await place.assistant({ subscription: 'true' });
  await place.ingest([place.event({ documentFamilyId: 'Letter-17' }), place.event({ documentFamilyId: 'invoice-17' })]);
  await created({ context: { documentFamilyId: 'letter-unheard-of' } });
  const found = async () => {
    const request = { page: 0, pageSize: 20, filter: undefined, sort: [], search: 'LETTER-', cursor: undefined };
    const { views, page } = await listExecutions(record.db, { organizationId: place.organizationId }, request);
    return [page.total, ...views.map(({ row }) => row.document_family_id).sort()];
  };
  expect(await found()).toEqual([2, 'Letter-17', 'letter-unheard-of']);
  await sql`insert into document_families (organization_id, id)
    select ${place.organizationId}, 'letter-of-none-' || n from generate_series(1, 2001) as n`.execute(record.db);
  expect(await found()).toEqual([2, 'Letter-17', 'letter-unheard-of']);
});
