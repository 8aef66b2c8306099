import type { StepDefinition } from '@gantry/domain/pipeline';
import { executionStatusNames } from '@gantry/domain/status';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture, STEPS } from '../test/record-fixture.ts';
import { replanJobs } from './replan-jobs.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

const THREE: StepDefinition[] = [...STEPS, ...STEPS, ...STEPS];
const replan = (...wanted: { id: string; epoch: number }[]) => record.inTransaction((tx) => replanJobs(tx, wanted));
const running = () => place.execution('RUNNING', { pipeline: { id: uuidv7(), steps: THREE } });

test('one that was never planned is planned for the first time, from the start', async () => {
  await place.ingest([place.event({ documentFamilyId: 'f', contentObjectId: 'c' })]);
  const context = { contentObjectId: 'c' };
  const id = await place.execution('PENDING', { document_family_id: 'f', context, priority: 9, parameters: { p: 1 } });
  expect(await replan({ id, epoch: 0 })).toMatchObject([
    {
      ...{ executionId: id, organizationId: place.organizationId, epoch: 1, firstStep: 0, priority: 9, context },
      ...{ steps: STEPS, parameters: { p: 1 }, input: { output: null, outputRef: null, outputId: null } },
      ...{ documentFamily: { id: 'f' }, contentObject: { id: 'c' } },
    },
  ]);
});

test('one that runs goes on at the first step that has not succeeded, with the output before it', async () => {
  const id = await running();
  const facts = factsOf(id);
  expect(await replan({ id, epoch: 1 })).toMatchObject([{ epoch: 2, firstStep: 0, input: { output: null } }]);
  await record.fold([facts.started(), facts.finished(0, { output: { a: [1] }, outputId: 'o1', nextStep: 1 })]);
  expect(await replan({ id, epoch: 1 })).toMatchObject([
    { epoch: 2, firstStep: 1, input: { output: { a: [1] }, outputRef: null, outputId: 'o1' } },
  ]);
  await record.fold([facts.finished(1, { outputRef: 'blob', outputId: 'o2', nextStep: 2 })]);
  expect(await replan({ id, epoch: 1 })).toMatchObject([
    { epoch: 2, firstStep: 2, input: { output: null, outputRef: 'blob', outputId: 'o2' } },
  ]);
});

test('what a skipped step was given is what the next one works on', async () => {
  const id = await running();
  const facts = factsOf(id);
  await record.fold([facts.started(), facts.finished(0, { output: 'first', nextStep: 1 })]);
  await record.fold([facts.finished(1, { status: 'SKIPPED', nextStep: 2 })]);
  expect(await replan({ id, epoch: 1 })).toMatchObject([{ firstStep: 2, input: { output: 'first' } }]);
});

test('planned again, it is planned from there once more', async () => {
  const id = await running();
  const facts = factsOf(id);
  await record.fold([facts.started(), facts.finished(0, { output: 'first', nextStep: 1 })]);
  const slices = [{ runtime: 'gantry/default', firstStep: 1, stepCount: 2 }];
  await record.fold([factsOf(id, 2).planned(2, { slices }), factsOf(id, 2).started(1)]);
  expect(await replan({ id, epoch: 2 })).toMatchObject([{ epoch: 3, firstStep: 1, input: { output: 'first' } }]);
});

test('only what is PENDING or RUNNING is planned again', async () => {
  for (const status of executionStatusNames) {
    const id = await place.execution(status);
    const { epoch } = await record.execution(id);
    expect(await replan({ id, epoch }), status).toHaveLength(status === 'PENDING' || status === 'RUNNING' ? 1 : 0);
  }
});

test('not what is past its deadline, has moved on, or is not there', async () => {
  const late = await place.execution('RUNNING', { stop_reason: 'TIMEOUT' });
  const moved = await place.execution('RUNNING', { epoch: 2 });
  expect(await replan({ id: late, epoch: 1 }, { id: moved, epoch: 1 }, { id: uuidv7(), epoch: 0 })).toEqual([]);
  expect(await replan()).toEqual([]);
});

test('until the commit nobody cancels it', async () => {
  const id = await running();
  const planned = Promise.withResolvers<void>();
  const end = Promise.withResolvers<void>();
  const replanning = record.inTransaction(async (tx) => {
    await replanJobs(tx, [{ id, epoch: 1 }]);
    planned.resolve();
    await end.promise;
  });
  await planned.promise;
  const { organizationId } = place;
  const cancelling = cancelExecution(record.db, { organizationId, executionId: id, now: new Date() });
  await record.untilSomebodyWaits();
  expect(await record.status(id)).toBe('RUNNING');
  end.resolve();
  await replanning;
  expect(await cancelling).toMatchObject({ result: { outcome: 'cancelling' } });
});
