import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { readOutlook } from '../outlook/read-outlook.ts';
import { reprocessFamily } from '../reprocess/reprocess-family.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { expireExecutions } from './expire-executions.ts';

const HOUR_MS = 3_600_000;

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  // Deadlines are those of all organizations.
  await sql`truncate executions cascade`.execute(record.db);
  place = await record.newPlace();
});

async function expire(more: Partial<Parameters<typeof expireExecutions>[1]> = {}) {
  const expiry = { now: new Date(), queueWaitLimitMs: HOUR_MS, batch: 100, ...more };
  const { timedOut, oldest } = await readOutlook(record.db);
  const { brake } = await record.committed((tx) => expireExecutions(tx, expiry));
  // One look said that there may be something.
  const waitedTooLong = oldest !== null && expiry.now.getTime() - oldest.getTime() > expiry.queueWaitLimitMs;
  if (brake.length > 0) expect(timedOut || waitedTooLong).toBe(true);
  return brake;
}

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1000);

describe('the time limit of an execution', () => {
  const running = async (startedAt: Date, more: Parameters<Place['execution']>[1] = {}) => {
    const id = await place.execution('RUNNING', { timeout_seconds: 60, started_at: startedAt, ...more });
    await record.fold([factsOf(id).started()]);
    return id;
  };

  test('counts from its start; it stays RUNNING until it has stopped, then it is FAILED', async () => {
    const [late, intime, unlimited] = [
      await running(secondsAgo(61)),
      await running(secondsAgo(50)),
      await running(secondsAgo(999), { timeout_seconds: null }),
    ];
    expect(await expire()).toEqual([{ executionId: late, epoch: 1 }]);
    expect(await record.execution(late)).toMatchObject({ status: 1, stop_reason: 'TIMEOUT' });
    for (const id of [intime, unlimited]) expect(await record.execution(id)).toMatchObject({ stop_reason: null });
    expect(await expire(), 'the brake was applied').toEqual([]);

    await record.fold([factsOf(late).stopped()]);
    expect(await record.execution(late)).toMatchObject({
      ...{ status: 3, exception_details: { errorType: 'EXECUTION_TIMEOUT' } },
    });
  });

  test('a cancel in between wins', async () => {
    const id = await running(secondsAgo(61));
    await expire();
    await cancelExecution(record.db, { organizationId: place.organizationId, executionId: id, now: new Date() });
    await record.fold([factsOf(id).stopped()]);
    expect(await record.status(id)).toBe('CANCELLED');
  });

  test('means nothing to what does not run', async () => {
    const ids = await Promise.all(
      (['PENDING', 'CANCELLING', 'SUCCEEDED', 'FAILED', 'PENDING_REPROCESSING'] as const).map((status) =>
        place.execution(status, { timeout_seconds: 1, started_at: secondsAgo(99) }),
      ),
    );
    const before = await Promise.all(ids.map((id) => record.execution(id)));
    expect(await expire()).toEqual([]);
    expect(await Promise.all(ids.map((id) => record.execution(id)))).toEqual(before);
  });
});

describe('who waits longer than anybody may', () => {
  const old = { created_at: secondsAgo(3_700) };

  test.each(['PENDING', 'REQUESTED'] as const)('%s is FAILED at once and lets its key go', async (status) => {
    const id = await place.execution(status, { ...old, assistant_id: (await place.assistant()).id, dedup_key: 'k' });
    const young = await place.execution(status, { created_at: secondsAgo(3_500) });
    expect(await expire()).toEqual([{ executionId: id, epoch: 0 }]);
    const row = await record.execution(id);
    expect(row).toMatchObject({ status: 3, dedup_key: null, exception_details: { errorType: 'QUEUE_WAIT_EXCEEDED' } });
    expect(row.finished_at).not.toBeNull();
    expect(await record.status(young)).toBe(status);
  });

  test('RUNNING without a step that ever started is stopped first, as nobody knows whether one starts now', async () => {
    const [planned, begun] = [await place.execution('RUNNING', old), await place.execution('RUNNING', old)];
    await record.fold([factsOf(begun).started()]);
    expect(await expire()).toEqual([{ executionId: planned, epoch: 1 }]);
    expect(await record.execution(planned)).toMatchObject({ status: 1, stop_reason: 'TIMEOUT' });
    await record.fold([factsOf(planned).stopped()]);
    expect([await record.status(planned), await record.status(begun)]).toEqual(['FAILED', 'RUNNING']);
  });

  test('what it was to replace is what it was', async () => {
    const assistant = await place.assistant();
    await place.ingest([place.event({ documentFamilyId: 'f' })]);
    const about = { assistant_id: assistant.id, document_family_id: 'f' };
    const last = await place.execution('SUCCEEDED', { ...about, created_at: secondsAgo(9_999) });
    const { organizationId } = place;
    await reprocessFamily(record.db, { organizationId, familyId: 'f', assistantIds: [], now: secondsAgo(3_700) });
    expect(await record.status(last)).toBe('PENDING_REPROCESSING');
    expect(await expire({ now: new Date(Date.now() + HOUR_MS) })).not.toEqual([]);
    expect(await record.status(last)).toBe('SUCCEEDED');
  });
});

test('at most a batch of each kind at once, the oldest first', async () => {
  const ids = [];
  for (const seconds of [9_000, 8_000, 7_000]) {
    ids.push(await place.execution('PENDING', { created_at: secondsAgo(seconds) }));
  }
  const expired = async () => (await expire({ batch: 2 })).map(({ executionId }) => executionId).sort();
  expect(await expired()).toEqual(ids.slice(0, 2));
  expect(await expired()).toEqual(ids.slice(2));
});

test('rows that somebody is changing are left for the next round', async () => {
  const id = await place.execution('PENDING', { created_at: secondsAgo(9_000) });
  const done = Promise.withResolvers<void>();
  const locked = Promise.withResolvers<void>();
  const changing = record.inTransaction(async (tx) => {
    await sql`select from executions where id = ${id} for no key update`.execute(tx);
    locked.resolve();
    await done.promise;
  });
  await locked.promise;
  expect(await expire()).toEqual([]);
  done.resolve();
  await changing;
  expect(await expire()).toHaveLength(1);
});
