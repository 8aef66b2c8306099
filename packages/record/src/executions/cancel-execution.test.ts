import { FINISHED_STATUSES } from '@gantry/domain/status';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { ingestWithin } from '../events/ingest-events.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { cancelExecution } from './cancel-execution.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

async function cancel(executionId: string, { organizationId } = place) {
  const { result, after } = await cancelExecution(record.db, { organizationId, executionId, now: new Date() });
  return { ...result, brake: after.brake };
}

test.each([
  ['PENDING', 0],
  ['RUNNING', 1],
] as const)('%s becomes CANCELLING, lets its key go, and the brake is to be applied', async (status, epoch) => {
  const id = await place.execution(status, { dedup_key: 'k', assistant_id: (await place.assistant()).id });
  expect(await cancel(id)).toEqual({ outcome: 'cancelling', brake: [{ executionId: id, epoch }] });
  expect(await record.execution(id)).toMatchObject({
    status: 6,
    dedup_key: null,
    finished_at: null,
    change_sequence: 2,
  });
});

test('again while it is CANCELLING: the brake once more, nothing else', async () => {
  const id = await place.execution('RUNNING');
  const first = await cancel(id);
  const row = await record.execution(id);
  expect(await cancel(id)).toEqual(first);
  expect(await record.execution(id)).toEqual(row);
});

test('REQUESTED is CANCELLED at once: nothing of it is in Redis', async () => {
  const id = await place.execution('REQUESTED');
  expect(await cancel(id)).toEqual({ outcome: 'cancelling', brake: [] });
  const row = await record.execution(id);
  expect(row).toMatchObject({ status: 7, dedup_key: null });
  expect(row.finished_at).not.toBeNull();
});

test.each(FINISHED_STATUSES)('%s stays as it is', async (status) => {
  const id = await place.execution(status);
  const row = await record.execution(id);
  expect(await cancel(id)).toEqual({ outcome: 'finished', status, brake: [] });
  expect(await record.execution(id)).toEqual(row);
});

test('one of another organization, and one that is not there, are not found', async () => {
  const id = await place.execution('RUNNING');
  expect(await cancel(id, await record.newPlace())).toEqual({ outcome: 'not-found', brake: [] });
  expect(await record.status(id)).toBe('RUNNING');
  expect(await cancel(uuidv7())).toEqual({ outcome: 'not-found', brake: [] });
});

test('a deadline that was being enforced gives way to the person who cancels', async () => {
  const id = await place.execution('RUNNING', { stop_reason: 'TIMEOUT' });
  await cancel(id);
  await record.fold([factsOf(id).stopped()]);
  expect(await record.execution(id)).toMatchObject({ status: 7, stop_reason: null, exception_details: null });
});

describe('descendants', () => {
  test('are cancelled with it, through finished ones; others are not', async () => {
    const root = await place.execution('RUNNING');
    const child = (parent: string, status: Parameters<Place['execution']>[0]) =>
      place.execution(status, { parent_execution_id: parent });
    const [running, waiting, done] = [
      await child(root, 'RUNNING'),
      await child(root, 'REQUESTED'),
      await child(root, 'SUCCEEDED'),
    ];
    const [deep, deeper] = [await child(done, 'PENDING'), await child(waiting, 'RUNNING')];
    const stranger = await place.execution('RUNNING');
    const result = await cancel(root);
    expect(result).toMatchObject({ outcome: 'cancelling' });
    const braked = result.brake.map(({ executionId }) => executionId).sort();
    expect(braked).toEqual([root, running, deep, deeper].sort());
    const statuses = await Promise.all(
      [root, running, waiting, done, deep, deeper, stranger].map((id) => record.status(id)),
    );
    expect(statuses).toEqual([
      'CANCELLING',
      'CANCELLING',
      'CANCELLED',
      'SUCCEEDED',
      'CANCELLING',
      'CANCELLING',
      'RUNNING',
    ]);
  });

  test('of a finished one are left alone with it', async () => {
    const root = await place.execution('SUCCEEDED');
    const child = await place.execution('RUNNING', { parent_execution_id: root });
    expect(await cancel(root)).toEqual({ outcome: 'finished', status: 'SUCCEEDED', brake: [] });
    expect(await record.status(child)).toBe('RUNNING');
  });

  test.each(['CANCELLING', 'CANCELLED'] as const)('of one that is %s are born CANCELLED', async (status) => {
    await place.assistant();
    const parent = await place.execution(status);
    const event = { eventType: 'CONTENT_CREATED', contentObjectId: 'c', parentExecutionId: parent, causeDepth: 1 };
    const { result: results, after } = await place.ingested([place.event(event), place.event(event)]);
    const [result, sibling] = results.map(accepted);
    expect(after.enqueue).toEqual([]);
    expect(result?.executions).toMatchObject([{ status: 'CANCELLED' }]);
    expect(sibling?.executions, 'it holds no key').toMatchObject([{ status: 'CANCELLED' }]);
    const row = await record.execution(result?.executions[0]?.id ?? '');
    expect(row).toMatchObject({ parent_execution_id: parent, cause_depth: 1, dedup_key: null });
    expect(row.finished_at).toEqual(row.created_at);
  });

  test('that are born while it is being cancelled do not escape', async () => {
    await place.assistant();
    const root = await place.execution('RUNNING');
    const parent = await place.execution('RUNNING', { parent_execution_id: root });
    const born = Promise.withResolvers<void>();
    const cancelWaits = Promise.withResolvers<void>();
    const birth = record.inTransaction(async (tx) => {
      const event = place.event({ parentExecutionId: parent, causeDepth: 2 });
      const [result] = await ingestWithin(tx, [event], { now: new Date(), priorityDefaults: {} });
      born.resolve();
      await cancelWaits.promise;
      return accepted(result).executions[0]?.id ?? '';
    });
    await born.promise;
    const cancelling = cancel(root);
    await record.untilSomebodyWaits();
    cancelWaits.resolve();
    const [child, result] = await Promise.all([birth, cancelling]);
    expect(await record.status(child)).toBe('CANCELLING');
    expect(result).toMatchObject({ brake: expect.arrayContaining([{ executionId: child, epoch: 0 }]) });
  });
});

test('whoever wins, cancel or the last fact: never SUCCEEDED after a cancel that was accepted', async () => {
  const recorder = record.anotherPool(2);
  const outcomes = new Set<string>();
  for (let round = 0; round < 15; round += 1) {
    const ids = await Promise.all([0, 1, 2].map(() => place.execution('RUNNING')));
    const facts = ids.map((id) => factsOf(id));
    const last = facts.flatMap((of) => [of.started(), of.finished(0)]);
    const cancelAll = () => Promise.all(ids.map((id) => cancel(id)));
    const [results] = await inTurnOrAtOnce(round, cancelAll, () => record.fold(last, {}, recorder));
    await record.fold(facts.map((of) => of.stopped()));
    for (const [index, id] of ids.entries()) {
      const status = await record.status(id);
      expect([results[index]?.outcome, status]).toEqual(
        status === 'SUCCEEDED' ? ['finished', 'SUCCEEDED'] : ['cancelling', 'CANCELLED'],
      );
      outcomes.add(status);
      // Its step tells the truth in both cases.
      expect(await record.steps(id)).toMatchObject([{ status: 2 }]);
    }
  }
  expect([...outcomes].sort(), 'both were tried').toEqual(['CANCELLED', 'SUCCEEDED']);
});

async function inTurnOrAtOnce<A, B>(round: number, first: () => Promise<A>, second: () => Promise<B>): Promise<[A, B]> {
  if (round % 3 === 0) return [await first(), await second()];
  if (round % 3 === 1) {
    const result = await second();
    return [await first(), result];
  }
  return Promise.all([first(), second()]);
}
