import { exception } from '@gantry/domain/exception-details';
import { FINISHED_STATUSES } from '@gantry/domain/status';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture, STEPS } from '../test/record-fixture.ts';
import { failExecution } from './fail-execution.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

const error = exception('FACT_REFUSED', 'it cannot be recorded');
const fail = (id: string) => record.inTransaction((tx) => failExecution(tx, id, error, new Date()));

test.each([
  ['PENDING', 3],
  ['RUNNING', 3],
  ['CANCELLING', 7],
] as const)('%s ends, lets its key go, and says why', async (status, ended) => {
  const id = await place.execution(status, { assistant_id: (await place.assistant()).id, dedup_key: 'k' });
  await fail(id);
  const row = await record.execution(id);
  expect(row).toMatchObject({ status: ended, dedup_key: null, exception_details: error });
  expect(row.finished_at).not.toBeNull();
});

test.each([...FINISHED_STATUSES, 'REQUESTED'] as const)('%s stays as it is', async (status) => {
  const id = await place.execution(status);
  const row = await record.execution(id);
  await fail(id);
  expect(await record.execution(id)).toEqual(row);
});

test.each([
  ['RUNNING', 5],
  ['CANCELLING', 7],
] as const)('no step of a %s one goes on running', async (status, ended) => {
  const steps = [...STEPS, ...STEPS, ...STEPS];
  const id = await place.execution('RUNNING', { pipeline: { id: 'p', steps } });
  const facts = factsOf(id);
  await record.fold([facts.started(), facts.finished(0, { nextStep: 1 })]);
  if (status === 'CANCELLING')
    await record.db.updateTable('executions').set({ status: 6 }).where('id', '=', id).execute();
  await fail(id);
  expect(await record.steps(id)).toMatchObject([{ status: 2 }, { status: ended }, { status: ended }]);
});

test('what it was to replace is what it was', async () => {
  const last = await place.execution('PENDING_REPROCESSING', { previous_status: 7 });
  const id = await place.execution('RUNNING', { reprocess_of: last, replaces: last });
  await fail(id);
  expect(await record.status(last)).toBe('CANCELLED');
});
