import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expireExecutions } from '../deadlines/expire-executions.ts';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { deleteExecution } from '../executions/delete-execution.ts';
import { editExecution } from '../executions/edit-execution.ts';
import { failExecution } from '../executions/fail-execution.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { onChanges } from './changes.ts';

let record: RecordFixture;
let place: Place;
let told: ExecutionChange[][];
beforeAll(async () => {
  record = await RecordFixture.open();
  onChanges(record.db, (changes) => told.push([...changes]));
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
  told = [];
});

/** What was told since the last look, commit by commit. */
function heard(): string[][] {
  const since = told.map((changes) =>
    changes.map(({ kind, status, changeSequence }) => `${kind} ${status} ${changeSequence}`),
  );
  told = [];
  return since;
}

test('each commit tells what it changed, with what is needed to know whom it concerns', async () => {
  const assistant = await place.assistant();
  const [result] = await place.ingest([place.event()]);
  const id = accepted(result).executions[0]?.id ?? '';
  expect(told).toEqual([
    [
      {
        executionId: id,
        organizationId: place.organizationId,
        projectId: place.projectId,
        assistantId: assistant.id,
        kind: 'created',
        status: 'PENDING',
        changeSequence: 1,
        at: expect.any(String),
      },
    ],
  ]);
  heard();
  await record.fold([factsOf(id).planned()]);
  await record.fold([factsOf(id).started()]);
  await record.fold([factsOf(id).finished(0)]);
  await record.fold([factsOf(id).finished(0)]);
  await deleteExecution(record.db, { organizationId: place.organizationId, id });
  expect(heard()).toEqual([
    ...[['status RUNNING 2'], ['steps RUNNING 3'], ['status SUCCEEDED 4'], ['deleted SUCCEEDED 4']],
  ]);
});

test('what the leader decides is told too', async () => {
  const now = new Date();
  const long = new Date(now.getTime() - 60_000);
  const waiting = await place.execution('PENDING', { created_at: long });
  await record.inTransaction((tx) => expireExecutions(tx, { now, queueWaitLimitMs: 1_000, batch: 10 }));
  expect(told.flat()).toMatchObject([{ executionId: waiting, kind: 'status', status: 'FAILED' }]);
  heard();
  const broken = await place.execution('RUNNING');
  await record.inTransaction((tx) => failExecution(tx, broken, { errorType: 'X', message: 'x' }, now));
  expect(told.flat()).toMatchObject([{ executionId: broken, kind: 'status', status: 'FAILED' }]);
});

test('a cancel tells of everything it stops', async () => {
  const parent = await place.execution('RUNNING');
  await place.execution('REQUESTED', { parent_execution_id: parent });
  const { organizationId } = place;
  await cancelExecution(record.db, { organizationId, executionId: parent, now: new Date() });
  expect(heard()).toEqual([['status CANCELLING 2', 'status CANCELLED 2']]);
  await cancelExecution(record.db, { organizationId, executionId: parent, now: new Date() });
  expect(heard()).toEqual([]);
});

test('what was not committed, or changed nothing, is not told', async () => {
  const id = await place.execution('PENDING');
  const failing = record.inTransaction(async (tx) => {
    await failExecution(tx, id, { errorType: 'X', message: 'x' }, new Date());
    throw new Error('never mind');
  });
  await expect(failing).rejects.toThrow('never mind');
  const edit = { organizationId: place.organizationId, id, values: { description: 'edited' } };
  await editExecution(record.db, { ...edit, changeSequence: 99 });
  expect(heard()).toEqual([]);
  await editExecution(record.db, { ...edit, changeSequence: 1 });
  expect(heard()).toEqual([['edited PENDING 2']]);
});
