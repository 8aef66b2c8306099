import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { createExecution } from '../executions/create-execution.ts';
import { reprocessFamily } from '../reprocess/reprocess-family.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { ingestEvents } from './ingest-events.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

const CONTENT = { eventType: 'CONTENT_CREATED', documentFamilyId: 'f', contentObjectId: 'c' };

/** Sends one event and gives the only execution of it. */
async function send(fields: Parameters<Place['event']>[0] = CONTENT) {
  const [result] = await place.ingest([place.event(fields)]);
  const [execution] = accepted(result).executions;
  if (execution === undefined) throw new Error('nobody heard it');
  return execution;
}

describe('while an execution is unfinished, a further one for the same is SKIPPED', () => {
  test('and says of which it is a duplicate', async () => {
    await place.assistant();
    const first = await send();
    const second = await send();
    expect(first).toMatchObject({ status: 'PENDING', duplicateOf: null });
    expect(second).toMatchObject({ status: 'SKIPPED', duplicateOf: first.id });
    const row = await record.execution(second.id);
    expect(row).toMatchObject({ dedup_key: null, duplicate_of: first.id });
    expect(row.finished_at).toEqual(row.created_at);
  });

  test('also within one batch; only the first is enqueued', async () => {
    await place.assistant();
    const { result, after } = await place.ingested([place.event(CONTENT), place.event(CONTENT), place.event(CONTENT)]);
    const results = result.map(accepted);
    expect(after.enqueue).toHaveLength(1);
    const [owner] = results.flatMap(({ executions }) => executions.map(({ id }) => id));
    expect(results.map(({ executions }) => [executions[0]?.status, executions[0]?.duplicateOf])).toEqual([
      ['PENDING', null],
      ['SKIPPED', owner],
      ['SKIPPED', owner],
    ]);
  });

  test('each assistant for itself, and what is about something else is another matter', async () => {
    await place.assistant();
    await place.assistant();
    const results = await place.ingest([
      place.event(CONTENT),
      place.event({ ...CONTENT, contentObjectId: 'd' }),
      place.event({ ...CONTENT, eventType: 'CONTENT_UPDATED' }),
      place.event({ ...CONTENT, deduplicationKey: 'own' }),
    ]);
    for (const result of results) {
      expect(accepted(result).executions).toMatchObject([{ status: 'PENDING' }, { status: 'PENDING' }]);
    }
  });

  test('documents of the same ids in two stores are two documents, however the store is named', async () => {
    await place.assistant();
    const here = { ...CONTENT, storeId: 'acme/here:1.0.0' };
    const first = await send(here);
    expect(await send({ ...here, storeId: 'acme/here' })).toMatchObject({ status: 'SKIPPED', duplicateOf: first.id });
    expect(await send({ ...here, storeId: 'acme/there:1.0.0' })).toMatchObject({ status: 'PENDING' });
  });

  test.each(['REQUESTED', 'PENDING', 'RUNNING'] as const)('be it %s', async (status) => {
    const assistant = await place.assistant();
    const owner = await place.execution(status, { assistant_id: assistant.id, dedup_key: 'CONTENT_CREATED:0::1:f:c' });
    expect(await send()).toMatchObject({ status: 'SKIPPED', duplicateOf: owner });
  });
});

describe('the key is free again', () => {
  test.each([
    ['SUCCEEDED', (id: string) => record.fold(factsOf(id).success())],
    ['FAILED', (id: string) => record.fold(factsOf(id).failure())],
    ['CANCELLING', (id: string) => cancel(id)],
  ] as const)('once its owner is %s', async (status, finish) => {
    await place.assistant();
    const first = await send();
    await finish(first.id);
    expect(await record.status(first.id)).toBe(status);
    expect(await send()).toMatchObject({ status: 'PENDING' });
    expect(await send()).toMatchObject({ status: 'SKIPPED' });
  });

  test('for updates as soon as a step of the owner has started: it may not have seen what comes now', async () => {
    await place.assistant();
    const updated = { ...CONTENT, eventType: 'CONTENT_UPDATED' };
    const first = await send(updated);
    expect(await send(updated)).toMatchObject({ status: 'SKIPPED', duplicateOf: first.id });
    await record.fold([factsOf(first.id).planned()]);
    expect(await send(updated)).toMatchObject({ status: 'SKIPPED', duplicateOf: first.id });
    await record.fold([factsOf(first.id).started()]);
    const second = await send(updated);
    expect(second).toMatchObject({ status: 'PENDING' });
    expect(await send(updated)).toMatchObject({ status: 'SKIPPED', duplicateOf: second.id });
    await record.fold(factsOf(first.id).success());
    expect(await send(updated)).toMatchObject({ status: 'SKIPPED', duplicateOf: second.id });
  });

  test('not for others', async () => {
    await place.assistant();
    const first = await send();
    await record.fold([factsOf(first.id).planned()]);
    expect(await send()).toMatchObject({ status: 'SKIPPED', duplicateOf: first.id });
  });
});

describe('nothing is deduplicated', () => {
  test('where the assistant has switched it off', async () => {
    await place.assistant({ deduplication: 'off' });
    expect([await send(), await send()]).toMatchObject([{ status: 'PENDING' }, { status: 'PENDING' }]);
  });

  test('without a natural key and without one of the producer', async () => {
    await place.assistant();
    const custom = { eventType: 'ORDER_SHIPPED', documentFamilyId: null };
    expect([await send(custom), await send(custom)]).toMatchObject([{ status: 'PENDING' }, { status: 'PENDING' }]);
    const own = { ...custom, deduplicationKey: 'order 1' };
    expect([await send(own), await send(own)]).toMatchObject([{ status: 'PENDING' }, { status: 'SKIPPED' }]);
  });

  test('of what somebody asks for: manual runs and reprocessing', async () => {
    const assistant = await place.assistant();
    await send();
    const { organizationId } = place;
    const { result: manual } = await createExecution(record.db, {
      ...{ organizationId, projectId: null, assistantId: assistant.id, pipeline: null, priority: null },
      ...{ context: { documentFamilyId: 'f' }, parameters: {}, description: null, traceparent: null },
      now: new Date(),
    });
    const { result: again } = await reprocessFamily(record.db, {
      ...{ organizationId, familyId: 'f', assistantIds: [assistant.id] },
      now: new Date(),
    });
    if (manual.outcome !== 'created' || again.outcome !== 'created') throw new Error('not created');
    for (const id of [manual.executionId, ...again.executionIds]) expect(await record.status(id)).toBe('PENDING');
  });
});

test('of 100 that come at once on several connections, one is PENDING and the others are SKIPPED', async () => {
  await place.assistant();
  const pools = [record.db, record.anotherPool(4), record.anotherPool(4)];
  const options = { now: new Date(), priorityDefaults: {} };
  const results = await Promise.all(
    Array.from({ length: 100 }, (_, index) =>
      ingestEvents(pools[index % pools.length] ?? record.db, [place.event(CONTENT)], options),
    ),
  );
  const executions = results.flatMap(({ result: [one] }) => accepted(one).executions);
  const [owner, ...others] = executions.filter(({ status }) => status === 'PENDING');
  expect(others).toEqual([]);
  const skipped = executions.filter(({ status }) => status === 'SKIPPED');
  expect(skipped).toHaveLength(99);
  for (const { duplicateOf } of skipped) expect(duplicateOf).toBe(owner?.id);
  expect(results.flatMap(({ after }) => after.enqueue)).toHaveLength(1);
});

test('with owners that finish all the time there is never more than one unfinished, and nothing is refused', async () => {
  await place.assistant();
  const sending = Array.from({ length: 6 }, async () => {
    for (let round = 0; round < 6; round += 1) {
      const { id, status } = await send();
      if (status === 'PENDING') await record.fold(factsOf(id).success());
    }
  });
  await Promise.all(sending);
  const rows = await record.db
    .selectFrom('executions')
    .select(['id', 'status', 'duplicate_of', 'created_at'])
    .where('organization_id', '=', place.organizationId)
    .execute();
  expect(rows).toHaveLength(36);
  const succeeded = new Set(rows.filter(({ status }) => status === 2).map(({ id }) => id));
  for (const row of rows)
    expect(row.status === 2 || (row.status === 5 && succeeded.has(row.duplicate_of ?? ''))).toBe(true);
});

function cancel(executionId: string) {
  return cancelExecution(record.db, { organizationId: place.organizationId, executionId, now: new Date() });
}
