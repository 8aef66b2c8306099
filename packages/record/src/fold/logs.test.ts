import { moduleException } from '@gantry/domain/exception-details';
import type { Fact } from '@gantry/domain/fact';
import { LOG_LEVELS } from '@gantry/domain/log-entry';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { deleteExecution } from '../executions/delete-execution.ts';
import { listStatusMessages } from '../executions/list-status-messages.ts';
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

const AT = Date.parse('2026-01-31T08:00:00Z');

function bySlice(executionId: string, seq: number, at = AT) {
  return { executionId, epoch: 1, at, slice: 0, attempt: 1, seq, step: 0, stepAttempt: 1 };
}

function logged(executionId: string, seq: number, ...texts: string[]): Fact {
  const entries = texts.map((text) => ({ id: uuidv7(), at: AT, level: 'INFO' as const, text }));
  return { kind: 'step-logged', ...bySlice(executionId, seq), entries };
}

function said(executionId: string, seq: number, ...titles: string[]): Fact {
  const messages = titles.map((title) => ({ id: uuidv7(), at: AT, type: 'WAITING' as const, title, subtitle: null }));
  return { kind: 'step-said', ...bySlice(executionId, seq), messages };
}

async function logOf(executionId: string): Promise<string[]> {
  const rows = await record.db
    .selectFrom('execution_logs')
    .selectAll()
    .where('execution_id', '=', executionId)
    .orderBy('id')
    .execute();
  return rows.map(({ entry }) => entry);
}

test('what a step logs is kept in the order in which it was written, and once', async () => {
  const id = await place.execution('PENDING');
  const facts = [factsOf(id).planned(), logged(id, 1, 'a', 'b'), logged(id, 2, 'c')];
  await record.fold(facts);
  await record.fold(facts);
  await record.fold([...factsOf(id).success(), ...facts]);
  expect(await logOf(id)).toEqual(['a', 'b', 'c']);
  const row = await record.db
    .selectFrom('execution_logs')
    .selectAll()
    .where('execution_id', '=', id)
    .executeTakeFirst();
  expect(row).toMatchObject({ step: 0, level: LOG_LEVELS.INFO, logged_at: new Date(AT) });
});

test('an entry that is brought up to date stays where it was, and older news of it change nothing', async () => {
  const id = await place.execution('PENDING');
  const standIn = uuidv7();
  const news = (seq: number, at: number, text: string): Fact => ({
    ...{ kind: 'step-logged', ...bySlice(id, seq), entries: [{ id: standIn, at, level: 'WARN', text }] },
  });
  await record.fold([factsOf(id).planned(), news(1, AT, '10 more'), logged(id, 2, 'and on')]);
  const facts = [news(3, AT + 1, '20 more'), news(4, AT + 2, '30 more')];
  await record.fold(facts);
  await record.fold([news(1, AT, '10 more')]);
  await record.fold(facts);
  expect(await logOf(id)).toEqual(['30 more', 'and on']);
});

test('the engine adds what became of the attempts, once, after what the step wrote in that millisecond', async () => {
  const steps = [{ ref: 'gantry/noop' }, { ref: 'gantry/noop' }, { ref: 'gantry/noop' }];
  const id = await place.execution('PENDING', { pipeline: { id: uuidv7(), steps } });
  const { planned, started, finished } = factsOf(id, 1, AT);
  const error = moduleException('FLAKY', 'it broke');
  const entry = { id: uuidv7({ msecs: AT }), at: AT, level: 'DEBUG' as const, text: 'reading' };
  const facts: Fact[] = [
    planned(3),
    started(),
    { kind: 'step-logged', ...bySlice(id, 1), entries: [entry] },
    { kind: 'step-retrying', ...bySlice(id, 2), error, retryAt: AT + 1_000 },
    finished(0, { at: AT + 1, status: 'SKIPPED', error }),
    finished(1, { at: AT + 2, status: 'SKIPPED' }),
    finished(2, { at: AT + 3, status: 'FAILED', error }),
  ];
  await record.fold(facts);
  await record.fold(facts);
  expect(await logOf(id)).toEqual([
    'reading',
    'Attempt 1 failed, the next one begins at 2026-01-31T08:00:01.000Z: FLAKY: it broke',
    'Skipped: FLAKY: it broke',
    'Skipped: its conditional does not hold.',
    'Failed: FLAKY: it broke',
  ]);
});

test('an attempt after the first is worth an entry, a success is not', async () => {
  const id = await place.execution('PENDING');
  await record.fold([factsOf(id).planned(), factsOf(id).started(0, { attempt: 2, stepAttempt: 2 })]);
  await record.fold([factsOf(id).finished(0, { attempt: 2, stepAttempt: 2 })]);
  expect(await logOf(id)).toEqual(['Attempt 2 begins on worker-1.']);
});

test('without logging nothing is kept', async () => {
  const id = await place.execution('PENDING', { logging_enabled: false });
  await record.fold([...factsOf(id).failure(), logged(id, 1, 'a')]);
  expect(await logOf(id)).toEqual([]);
});

test('a log that is not wanted after a success goes with it, and does not come back', async () => {
  const id = await place.execution('PENDING', { delete_logging_on_success: true });
  const early = logged(id, 1, 'a');
  await record.fold([factsOf(id).planned(), early]);
  expect(await logOf(id)).toEqual(['a']);
  await record.fold([logged(id, 2, 'b'), ...factsOf(id).success()]);
  expect(await logOf(id)).toEqual([]);
  await record.fold([early]);
  expect(await logOf(id)).toEqual([]);

  const failing = await place.execution('PENDING', { delete_logging_on_success: true });
  await record.fold([logged(failing, 1, 'a'), ...factsOf(failing).failure()]);
  expect(await logOf(failing)).toEqual(['a', 'Failed: FLAKY: it broke']);
});

test('of an execution that is gone nothing is kept, and the others are', async () => {
  const gone = await place.execution('SUCCEEDED');
  const id = await place.execution('RUNNING');
  await record.fold([logged(gone, 1, 'a')]);
  await deleteExecution(record.db, { organizationId: place.organizationId, id: gone });
  await record.fold([logged(gone, 2, 'b'), said(gone, 3, 'still here'), logged(id, 1, 'c')]);
  expect([await logOf(gone), await logOf(id)]).toEqual([[], ['c']]);
});

test('the newest ten status messages are kept, each once, and the last is in the status details', async () => {
  const id = await place.execution('RUNNING');
  const first = said(id, 1, ...Array.from({ length: 8 }, (_, index) => `page ${index}`));
  const second = said(id, 2, ...Array.from({ length: 4 }, (_, index) => `page ${index + 8}`));
  await record.fold([first]);
  await record.fold([second]);
  await record.fold([second]);
  const titles = (await listStatusMessages(record.db, id)).map(({ title }) => title);
  expect(titles).toEqual(Array.from({ length: 10 }, (_, index) => `page ${index + 2}`));
  expect(await record.execution(id)).toMatchObject({
    status_details: { status: 'WAITING', message: 'page 11', detail: null },
    change_sequence: 3,
  });
  const kept = await record.db.selectFrom('status_messages').select('id').where('execution_id', '=', id).execute();
  expect(kept).toHaveLength(10);
});

test('an execution that was finished before says nothing any more', async () => {
  const id = await place.execution('SUCCEEDED');
  await record.fold([said(id, 1, 'still here')]);
  expect(await listStatusMessages(record.db, id)).toEqual([]);
});
