import type { AfterCommit } from '@gantry/contracts/after-commit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expireExecutions } from '../deadlines/expire-executions.ts';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { deleteExecution } from '../executions/delete-execution.ts';
import { editExecution } from '../executions/edit-execution.ts';
import { failExecution } from '../executions/fail-execution.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';

let record: RecordFixture;
let place: Place;
beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

const heard = ({ changes }: Pick<AfterCommit, 'changes'>) =>
  changes.map(({ kind, status, changeSequence }) => `${kind} ${status} ${changeSequence}`);

test('each commit tells what it changed, with what is needed to know whom it concerns', async () => {
  const assistant = await place.assistant();
  const { result, after } = await place.ingested([place.event()]);
  const id = accepted(result[0]).executions[0]?.id ?? '';
  expect(after.changes).toEqual([
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
  ]);
  expect(heard(await record.fold([factsOf(id).planned()]))).toEqual(['status RUNNING 2']);
  expect(heard(await record.fold([factsOf(id).started()]))).toEqual(['steps RUNNING 3']);
  expect(heard(await record.fold([factsOf(id).finished(0)]))).toEqual(['status SUCCEEDED 4']);
  expect(heard(await record.fold([factsOf(id).finished(0)]))).toEqual([]);
  const deleted = await deleteExecution(record.db, { organizationId: place.organizationId, id });
  expect(heard(deleted.after)).toEqual(['deleted SUCCEEDED 4']);
});

test('what the leader decides is told too, and what it stops before it has ended', async () => {
  const now = new Date();
  const long = new Date(now.getTime() - 60_000);
  const waiting = await place.execution('PENDING', { created_at: long });
  const late = await place.execution('RUNNING', { created_at: long, timeout_seconds: 1 });
  const expiry = { now, queueWaitLimitMs: 1_000, batch: 10 };
  const expired = await record.committed((tx) => expireExecutions(tx, expiry));
  expect(expired.changes).toMatchObject([
    { executionId: late, kind: 'status', status: 'RUNNING', changeSequence: 2 },
    { executionId: waiting, kind: 'status', status: 'FAILED' },
  ]);
  const broken = await place.execution('RUNNING');
  const failed = await record.committed((tx) => failExecution(tx, broken, { errorType: 'X', message: 'x' }, now));
  expect(failed.changes).toMatchObject([{ executionId: broken, kind: 'status', status: 'FAILED' }]);
});

test('a cancel tells of everything it stops', async () => {
  const parent = await place.execution('RUNNING');
  await place.execution('REQUESTED', { parent_execution_id: parent });
  const cancel = () =>
    cancelExecution(record.db, { organizationId: place.organizationId, executionId: parent, now: new Date() });
  expect(heard((await cancel()).after)).toEqual(['status CANCELLING 2', 'status CANCELLED 2']);
  expect(heard((await cancel()).after)).toEqual([]);
});

test('what changed nothing is not told', async () => {
  const id = await place.execution('PENDING');
  const edit = { organizationId: place.organizationId, id, values: { description: 'edited' } };
  expect(heard((await editExecution(record.db, { ...edit, changeSequence: 99 })).after)).toEqual([]);
  expect(heard((await editExecution(record.db, { ...edit, changeSequence: 1 })).after)).toEqual(['edited PENDING 2']);
});
