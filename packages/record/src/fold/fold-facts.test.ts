import { parseFilter } from '@gantry/domain/filter/parse-filter';
import type { JsonObject } from '@gantry/domain/json';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { compileFilter } from '../filter/compile-filter.ts';
import { executionFields } from '../filter/execution-fields.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';

const AT = Date.parse('2025-01-31T12:00:00.000Z');
const after = (ms: number) => new Date(AT + ms);

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

test('outputs that were kept and that no step has are discarded', async () => {
  const [id, other] = [await pending(), await pending()];
  const { planned, started, finished, abandoned } = factsOf(id, 2);
  const facts = [
    ...[planned(), started(), finished(0, { outputRef: 'content://a/kept' })],
    ...[abandoned('content://a/kept'), abandoned('content://a/overtaken')],
    factsOf(id, 1).finished(0, { outputRef: 'content://a/older-planning' }),
    factsOf(other, 1).abandoned('content://a/planning-to-come'),
    factsOf(uuidv7()).abandoned('content://a/execution-gone'),
  ];
  await record.fold(facts);
  await record.fold(facts);
  const { rows } = await sql`select ref from discarded_contents where ref like 'content://a/%' order by ref`.execute(
    record.db,
  );
  expect(rows).toEqual([
    { ref: 'content://a/execution-gone' },
    { ref: 'content://a/older-planning' },
    { ref: 'content://a/overtaken' },
  ]);
});

/** Whether the list of executions finds it by a step of that status. */
async function havingStep(id: string, status: string): Promise<boolean> {
  const filter = parseFilter([`id eq '${id}' and steps.status eq '${status}'`], executionFields);
  const { rows } = await sql`
    select from executions where ${filter ? compileFilter(filter, executionFields) : sql`true`}`.execute(record.db);
  return rows.length > 0;
}

describe('a life in the record', () => {
  const steps = [
    { ref: 'gantry/echo', name: 'First' },
    { ref: 'gantry/noop', conditional: 'false' },
  ];
  const life = (id: string) => {
    const facts = factsOf(id, 1, AT);
    return [
      facts.planned(2),
      facts.started(0, { at: AT + 100 }),
      facts.finished(0, { at: AT + 300, output: { a: 1 }, outputId: 'o1', nextStep: 1 }),
      facts.finished(1, { at: AT + 350, status: 'SKIPPED' }),
    ];
  };

  test('its row and its steps say what happened, and when', async () => {
    const id = await pending({ pipeline: { id: uuidv7(), steps } });
    expect(await record.fold(life(id))).toMatchObject({
      forget: [id],
      ended: [
        {
          ...{ executionId: id, status: 'SUCCEEDED', assistantId: null, eventType: null },
          ...{ startedAtMs: AT + 100, finishedAtMs: AT + 350 },
        },
      ],
      enqueue: [],
    });
    expect(await record.execution(id)).toMatchObject({
      ...{ status: 2, epoch: 1, started_at: after(100), finished_at: after(350), processing_time_ms: 250 },
      ...{ exception_details: null, change_sequence: 2, slices: [{ firstStep: 0, stepCount: 2, attempt: 1 }] },
    });
    const none = { output_ref: null, exception_details: null, progress: null, progress_max: null };
    expect(await record.steps(id)).toMatchObject([
      {
        ...{ ordinal: 0, ref: 'gantry/echo', name: 'First', status: 2, attempt: 1, ...none },
        ...{ started_at: after(100), finished_at: after(300), output: { a: 1 }, output_id: 'o1' },
      },
      {
        ...{ ordinal: 1, ref: 'gantry/noop', name: null, status: 5, attempt: 1, ...none },
        ...{ started_at: after(300), finished_at: after(350), output: null, output_id: null },
      },
    ]);
  });

  test('is the same however the journal is read, and however often', async () => {
    const [atOnce, oneByOne] = [
      await pending({ pipeline: { id: uuidv7(), steps } }),
      await pending({ pipeline: { id: uuidv7(), steps } }),
    ];
    await record.fold(life(atOnce).toReversed());
    for (const fact of life(oneByOne)) await record.fold([fact]);
    const {
      change_sequence: _,
      updated_at: __,
      id: ___,
      pipeline: ____,
      created_at: _____,
      ...row
    } = await record.execution(atOnce);
    expect(await record.execution(oneByOne)).toMatchObject(row);
    const stepsOf = async (id: string) => (await record.steps(id)).map(({ execution_id: _id, ...step }) => step);
    expect(await stepsOf(oneByOne)).toEqual(await stepsOf(atOnce));
  });

  test('folded again, nothing changes; it is only said again that it is finished', async () => {
    const id = await pending({ pipeline: { id: uuidv7(), steps } });
    await record.fold(life(id));
    const before = [await record.execution(id), await record.steps(id)];
    expect(await record.fold(life(id))).toMatchObject({ forget: [id], ended: [], enqueue: [] });
    expect([await record.execution(id), await record.steps(id)]).toEqual(before);
  });

  test('once planned, every step is PENDING until it begins', async () => {
    const id = await pending({ pipeline: { id: uuidv7(), steps } });
    expect(await record.fold([factsOf(id).planned(2)])).toMatchObject({
      enqueue: [],
      forget: [],
      ended: [],
      refused: [],
    });
    expect(await record.status(id)).toBe('RUNNING');
    expect(await havingStep(id, 'PENDING')).toBe(true);
    await record.fold([factsOf(id).started()]);
    expect([await havingStep(id, 'RUNNING'), await havingStep(id, 'PENDING')]).toEqual([true, true]);
    await record.fold([factsOf(id).started(), factsOf(id).finished(0, { nextStep: 1 })]);
    expect(await havingStep(id, 'PENDING')).toBe(false);
  });

  test('a failure says why', async () => {
    const id = await pending();
    await record.fold(factsOf(id).failure());
    const why = { exception_details: { errorType: 'FLAKY', message: 'it broke' } };
    expect(await record.execution(id)).toMatchObject({ status: 3, ...why });
    expect(await record.steps(id)).toMatchObject([{ status: 3, ...why }]);
  });

  test('planning that is impossible too', async () => {
    const id = await pending();
    await record.fold([factsOf(id).unplannable()]);
    expect(await record.execution(id)).toMatchObject({
      ...{
        status: 3,
        started_at: null,
        processing_time_ms: null,
        exception_details: { errorType: 'MODULE_NOT_FOUND' },
      },
    });
    expect(await record.steps(id)).toMatchObject([{ status: 5 }]);
  });

  test('two clocks that differ do not make it end before it began', async () => {
    const id = await pending();
    const facts = factsOf(id, 1, AT);
    await record.fold([facts.planned(), facts.started(), facts.finished(0, { at: AT - 5_000 })]);
    expect(await record.execution(id)).toMatchObject({ status: 2, processing_time_ms: 0 });
  });

  test('one that is not in the record does not keep the others from being recorded', async () => {
    const [a, b] = [await pending(), await pending()];
    const unknown = uuidv7();
    const facts = [a, unknown, b].flatMap((id) => factsOf(id).success());
    const result = await record.fold(facts);
    expect(result.forget.sort()).toEqual([a, b].sort());
    expect([await record.status(a), await record.status(b)]).toEqual(['SUCCEEDED', 'SUCCEEDED']);
  });
});

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

test('an execution that waits for admission takes no facts', async () => {
  const id = await place.execution('REQUESTED');
  const row = await record.execution(id);
  expect(await record.fold(factsOf(id).success())).toMatchObject({ enqueue: [], forget: [], ended: [], refused: [] });
  expect(await record.execution(id)).toEqual(row);
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
