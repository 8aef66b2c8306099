import type { JsonObject } from '@gantry/domain/json';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

const pending = (fields: Parameters<Place['execution']>[1] = {}) => place.execution('PENDING', fields);

/** The executions that others caused, oldest first. */
function childrenOf(parentId: string) {
  return record.db
    .selectFrom('executions')
    .selectAll()
    .where('parent_execution_id', '=', parentId)
    .orderBy('id')
    .execute();
}

async function logOf(executionId: string): Promise<string[]> {
  const rows = await record.db
    .selectFrom('execution_logs')
    .select('entry')
    .where('execution_id', '=', executionId)
    .orderBy('id')
    .execute();
  return rows.map(({ entry }) => entry);
}

function eventsOf(executionId: string) {
  return record.db
    .selectFrom('events')
    .selectAll()
    .where('organization_id', '=', place.organizationId)
    .where('external_id', 'like', `${executionId}:%`)
    .orderBy('external_id')
    .execute();
}

describe('the complete label', () => {
  const labelsOf = async (id: string) => {
    const query = record.db.selectFrom('document_families').select(['labels', 'change_sequence']);
    return query.where('organization_id', '=', place.organizationId).where('id', '=', id).executeTakeFirstOrThrow();
  };
  const labelling = () => pending({ document_family_id: 'f', complete_label: 'done' });
  beforeEach(async () => {
    await place.ingest([place.event({ documentFamilyId: 'f', storeId: 'acme/inbox' })]);
  });

  test('is put on the family by a success, once, and whoever waits for that hears of it', async () => {
    const id = await labelling();
    const next = await place.assistant({ subscription: 'DOCUMENT_FAMILY_UPDATED' });
    const connected = await place.assistant({ connections: [{ sourceType: 'STORE', sourceRef: 'acme/inbox' }] });
    const before = await labelsOf('f');
    const { enqueue: jobs } = await record.fold(factsOf(id).success());
    expect(await labelsOf('f')).toEqual({ labels: ['done'], change_sequence: before.change_sequence + 1 });
    expect(await eventsOf(id)).toMatchObject([{ event_type: 'DOCUMENT_FAMILY_UPDATED', cause_depth: 1 }]);
    const children = await childrenOf(id);
    expect(children).toMatchObject(
      [next, connected].map((assistant) => ({
        ...{ assistant_id: assistant.id, document_family_id: 'f', cause_depth: 1, status: 0 },
        context: { eventType: 'DOCUMENT_FAMILY_UPDATED', addedLabel: 'done' },
      })),
    );
    expect(jobs.map(({ executionId }) => executionId)).toEqual(children.map((child) => child.id));
    expect(jobs[0]?.documentFamily?.labels).toEqual(['done']);

    await record.fold(factsOf(id).success());
    expect([await labelsOf('f'), await childrenOf(id)]).toEqual([
      { labels: ['done'], change_sequence: before.change_sequence + 1 },
      children,
    ]);
  });

  test('that is there already is no event', async () => {
    const [first, second, third] = [await labelling(), await labelling(), await labelling()];
    await record.fold([...factsOf(first).success(), ...factsOf(second).success()]);
    await record.fold(factsOf(third).success());
    expect((await labelsOf('f')).labels).toEqual(['done']);
    const events = [await eventsOf(first), await eventsOf(second), await eventsOf(third)];
    expect(events.flat()).toHaveLength(1);
  });

  test('is not put on by a failure or a cancelled one', async () => {
    const failed = await labelling();
    const cancelled = await place.execution('CANCELLING', { document_family_id: 'f', complete_label: 'done' });
    await record.fold([...factsOf(failed).failure(), factsOf(cancelled).finished(0)]);
    expect([await record.status(failed), await record.status(cancelled)]).toEqual(['FAILED', 'CANCELLED']);
    expect((await labelsOf('f')).labels).toEqual([]);
  });

  test('of an execution without a family means nothing', async () => {
    const id = await pending({ complete_label: 'done' });
    await record.fold(factsOf(id).success());
    expect(await record.status(id)).toBe('SUCCEEDED');
    expect(await eventsOf(id)).toEqual([]);
  });
});

describe('events that a step emits', () => {
  const emitting = (id: string, ...emitted: JsonObject[]) => factsOf(id).success({ emitted });
  const order = (more: JsonObject = {}) => ({ eventType: 'ORDER_SHIPPED', ...more });

  test('are ingested once, however often they are folded, and their executions are its children', async () => {
    const assistant = await place.assistant({ subscription: 'ORDER_SHIPPED' });
    const id = await pending({ cause_depth: 2 });
    const facts = emitting(id, order({ data: { n: 1 }, priority: 99 }), order({ data: { n: 2 }, taskId: 't' }));
    const { enqueue: jobs } = await record.fold(facts);
    const children = await childrenOf(id);
    expect(children).toMatchObject([
      { assistant_id: assistant.id, cause_depth: 3, priority: 99, context: { n: 1 }, project_id: place.projectId },
      { assistant_id: assistant.id, cause_depth: 3, priority: 4, context: { n: 2, taskId: 't' } },
    ]);
    expect(jobs.map(({ executionId }) => executionId)).toEqual(children.map((child) => child.id));
    expect((await eventsOf(id)).map((event) => event.external_id)).toEqual([`${id}:0:0`, `${id}:0:1`]);

    expect(await record.fold(facts)).toMatchObject({ enqueue: [] });
    expect(await childrenOf(id)).toEqual(children);
  });

  test('speak of the document family of the execution where their type needs one and they name none', async () => {
    await place.assistant();
    await place.ingest([place.event({ documentFamilyId: 'f', eventType: 'ORDER_SHIPPED' })]);
    const id = await pending({ document_family_id: 'f' });
    const updated = { eventType: 'DOCUMENT_FAMILY_UPDATED' };
    await record.fold(emitting(id, updated, { ...updated, documentFamilyId: 'g' }, order()));
    expect((await childrenOf(id)).map((child) => child.document_family_id)).toEqual(['f', 'g', null]);
  });

  test('that cannot be read are left out and told of in the log, the others are ingested', async () => {
    await place.assistant();
    const id = await pending();
    await record.fold(emitting(id, { eventType: 'not a type' }, order(), { eventType: 'TASK_CREATED' }));
    expect((await eventsOf(id)).map((event) => event.external_id)).toEqual([`${id}:0:1`]);
    expect(await logOf(id)).toEqual([
      'An event not a type was not taken: EVENT_INVALID: eventType: expected UPPER_SNAKE_CASE',
      'An event TASK_CREATED was not taken: EVENT_INVALID: taskId: TASK_CREATED needs taskId',
    ]);
    expect(await record.status(id)).toBe('SUCCEEDED');
  });

  test.each(['RUNNING', 'CANCELLING'] as const)('by one that is %s have children of that fate', async (status) => {
    await place.assistant();
    const id = await place.execution(status);
    const { enqueue: jobs } = await record.fold([factsOf(id).finished(0, { emitted: [order()] })]);
    const [child] = await childrenOf(id);
    expect([child?.status, jobs.length]).toEqual(status === 'CANCELLING' ? [7, 0] : [0, 1]);
  });

  test('at the end of a chain of 16 causes are cut off', async () => {
    await place.assistant();
    const [last, deep] = [await pending({ cause_depth: 15 }), await pending({ cause_depth: 16 })];
    const facts = [...emitting(last, order()), ...emitting(deep, order())];
    const { refused } = await record.fold(facts);
    await record.fold(facts);
    expect(refused).toMatchObject([{ executionId: deep, code: 'CAUSE_TOO_DEEP' }]);
    expect(await logOf(deep)).toEqual([expect.stringContaining('was not taken: CAUSE_TOO_DEEP')]);
    expect(await logOf(last)).toEqual([]);
    expect(await childrenOf(last)).toMatchObject([{ cause_depth: 16 }]);
    expect([await childrenOf(deep), await eventsOf(deep)]).toEqual([[], []]);
    expect([await record.status(last), await record.status(deep)]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });

  test('by one without a project have nobody who could hear them', async () => {
    const id = await pending({ project_id: null });
    const { refused } = await record.fold(emitting(id, order(), order()));
    expect(refused).toMatchObject([{ code: 'PROJECT_REQUIRED' }, { code: 'PROJECT_REQUIRED' }]);
    expect([await record.status(id), await eventsOf(id)]).toEqual(['SUCCEEDED', []]);
    expect(await logOf(id)).toEqual([expect.stringContaining('was not taken: PROJECT_REQUIRED')]);
  });

  test('are duplicates of each other as any events are', async () => {
    await place.assistant();
    const id = await pending();
    const own = order({ deduplicationKey: 'k' });
    await record.fold(emitting(id, own, own));
    const [first, second] = await childrenOf(id);
    expect([first?.status, second?.status, second?.duplicate_of]).toEqual([0, 5, first?.id]);
  });
});

test('an event that hears of its own assistant’s success ends by itself: the label is there the second time', async () => {
  const assistant = await place.assistant({ options: { complete_label: 'done' } });
  const { after } = await place.ingested([place.event({ documentFamilyId: 'f' })]);
  let [next] = after.enqueue;
  let runs = 0;
  for (; next; runs += 1) [next] = (await record.fold(factsOf(next.executionId).success())).enqueue;
  expect(runs).toBe(2);
  const rows = record.db.selectFrom('executions').selectAll().where('assistant_id', '=', assistant.id).execute();
  expect((await rows).map((row) => row.status)).toEqual([2, 2]);
});
