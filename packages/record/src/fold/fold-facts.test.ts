import { parseFilter } from '@gantry/domain/filter/parse-filter';
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

test('an execution that waits for admission takes no facts', async () => {
  const id = await place.execution('REQUESTED');
  const row = await record.execution(id);
  expect(await record.fold(factsOf(id).success())).toMatchObject({ enqueue: [], forget: [], ended: [], refused: [] });
  expect(await record.execution(id)).toEqual(row);
});
