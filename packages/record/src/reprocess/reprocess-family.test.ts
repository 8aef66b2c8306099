import { statusValue } from '@gantry/domain/status';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelExecution } from '../executions/cancel-execution.ts';
import { foldFacts } from '../fold/fold-facts.ts';
import { factsOf } from '../test/facts.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { reprocessFamily } from './reprocess-family.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
  await place.ingest([place.event({ documentFamilyId: 'f', storeId: 's', contentObjectId: 'c' })]);
});

async function reprocess(assistantIds: readonly string[] = [], db = record.db) {
  const { organizationId } = place;
  const { result, after } = await reprocessFamily(db, {
    organizationId,
    familyId: 'f',
    assistantIds,
    now: new Date(),
  });
  if (result.outcome !== 'created') throw new Error(JSON.stringify(result));
  return { ...result, jobs: after.enqueue };
}

/** Runs the only assistant again. */
async function again(assistantId: string): Promise<string> {
  const { executionIds } = await reprocess([assistantId]);
  expect(executionIds).toHaveLength(1);
  return executionIds[0] ?? '';
}

const about = (assistant: { id: string }) => ({ assistant_id: assistant.id, document_family_id: 'f' });

describe('what was done last', () => {
  test.each(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REPROCESSED'] as const)(
    '%s becomes PENDING_REPROCESSING, and a new execution is created',
    async (status) => {
      const assistant = await place.assistant({ timeoutSeconds: 9, options: { complete_label: 'done' } });
      const context = { eventType: 'CONTENT_CREATED', documentFamilyId: 'f', contentObjectId: 'c', order: 1 };
      const last = await place.execution(status, { ...about(assistant), context, parameters: { p: 1 } });
      const { executionIds, jobs } = await reprocess([assistant.id]);
      const [id = ''] = executionIds;
      expect(await record.execution(last)).toMatchObject({ status: 8, previous_status: statusValue(status) });
      const row = await record.execution(id);
      expect(row).toMatchObject({
        ...{ status: 0, priority: 7, reprocess_of: last, assistant_id: assistant.id, document_family_id: 'f' },
        ...{ dedup_key: null, parameters: { p: 1 }, timeout_seconds: 9, complete_label: 'done' },
        context: { ...context, completeLabel: 'done', taxonomyRefs: [] },
      });
      expect(jobs).toMatchObject([{ executionId: id, epoch: 1, priority: 7, contentObject: { id: 'c' } }]);
    },
  );

  test('is the newest that did something and is over', async () => {
    const assistant = await place.assistant();
    const at = (minutes: number) => ({ ...about(assistant), created_at: new Date(Date.now() - minutes * 60_000) });
    const older = await place.execution('SUCCEEDED', at(9));
    const newest = await place.execution('FAILED', at(8));
    const duplicate = await place.execution('SKIPPED', at(7));
    const running = await place.execution('RUNNING', at(6));
    const id = await again(assistant.id);
    expect(await record.execution(id)).toMatchObject({ reprocess_of: newest });
    const statuses = await Promise.all([older, newest, duplicate, running].map((one) => record.status(one)));
    expect(statuses).toEqual(['SUCCEEDED', 'PENDING_REPROCESSING', 'SKIPPED', 'RUNNING']);
  });

  test('of another family, assistant or organization is not touched', async () => {
    const [assistant, other] = [await place.assistant(), await place.assistant()];
    const foreign = await record.newPlace();
    const others = [
      await place.execution('SUCCEEDED', { ...about(assistant), document_family_id: 'g' }),
      await place.execution('SUCCEEDED', about(other)),
      await foreign.execution('SUCCEEDED', about(await foreign.assistant())),
    ];
    expect(await record.execution(await again(assistant.id))).toMatchObject({ reprocess_of: null });
    for (const id of others) expect(await record.status(id)).toBe('SUCCEEDED');
  });
});

test('nothing done yet: simply a new execution', async () => {
  const assistant = await place.assistant();
  const row = await record.execution(await again(assistant.id));
  expect(row).toMatchObject({ status: 0, reprocess_of: null, replaces: null, priority: 7 });
  expect(row.context).toEqual({
    ...{ eventType: 'ASSISTANT', documentFamilyId: 'f', contentObjectId: 'c', storeId: 's' },
    taxonomyRefs: [],
  });
});

test('which has no duplicates to fear: reprocessing holds no key and is held up by none', async () => {
  const assistant = await place.assistant();
  const [result] = await place.ingest([place.event({ documentFamilyId: 'f', eventType: 'DOCUMENT_FAMILY_CREATED' })]);
  expect(accepted(result).executions).toMatchObject([{ status: 'PENDING' }]);
  expect(await record.status(await again(assistant.id))).toBe('PENDING');
});

describe('while the replacement is open', () => {
  test.each(['SUCCEEDED', 'FAILED', 'CANCELLED', 'REPROCESSED'] as const)(
    'asking again gives the same one, and remembers %s',
    async (status) => {
      const assistant = await place.assistant();
      const last = await place.execution(status, about(assistant));
      const id = await again(assistant.id);
      expect(await reprocess([assistant.id])).toEqual({ outcome: 'created', executionIds: [id], jobs: [] });
      await record.fold([factsOf(id).planned()]);
      expect(await again(assistant.id)).toBe(id);
      expect(await record.execution(last)).toMatchObject({ status: 8, previous_status: statusValue(status) });
    },
  );

  test('many at once make one', async () => {
    const assistant = await place.assistant();
    const last = await place.execution('SUCCEEDED', about(assistant));
    const other = record.anotherPool(4);
    const results = await Promise.all(
      Array.from({ length: 40 }, (_, index) => reprocess([assistant.id], index % 2 === 0 ? record.db : other)),
    );
    expect(new Set(results.flatMap(({ executionIds }) => executionIds)).size).toBe(1);
    expect(results.flatMap(({ jobs }) => jobs)).toHaveLength(1);
    expect(await record.execution(last)).toMatchObject({ status: 8, previous_status: 2 });
  });
});

describe('once the replacement', () => {
  const succeed = (id: string) => record.fold(factsOf(id).success());
  const fail = (id: string) => record.fold(factsOf(id).failure());
  const cancel = async (id: string) => {
    await cancelExecution(record.db, { organizationId: place.organizationId, executionId: id, now: new Date() });
    await record.fold([factsOf(id).stopped({ epoch: 0 })]);
  };

  test('succeeded, the old one is REPROCESSED, and the new one is what is replaced next', async () => {
    const assistant = await place.assistant();
    const first = await place.execution('FAILED', about(assistant));
    const second = await again(assistant.id);
    await succeed(second);
    expect(await record.execution(first)).toMatchObject({ status: 9, previous_status: null });
    expect(await record.execution(second)).toMatchObject({ status: 2, replaces: null, reprocess_of: first });
    const third = await again(assistant.id);
    expect(await record.execution(third)).toMatchObject({ reprocess_of: second });
    await succeed(third);
    const statuses = await Promise.all([first, second, third].map((id) => record.status(id)));
    expect(statuses).toEqual(['REPROCESSED', 'REPROCESSED', 'SUCCEEDED']);
  });

  test('succeeds at the moment of asking again, the new one is what is replaced', async () => {
    const assistant = await place.assistant();
    const first = await place.execution('SUCCEEDED', about(assistant));
    const second = await again(assistant.id);
    const third = await record.inTransaction(async (tx) => {
      await foldFacts(tx, factsOf(second).success(), { now: new Date(), priorityDefaults: {} });
      const asked = again(assistant.id);
      await record.untilSomebodyWaits();
      return { asked };
    });
    expect(await record.execution(await third.asked)).toMatchObject({ reprocess_of: second });
    expect(await record.status(first)).toBe('REPROCESSED');
  });

  test.each([
    ['failed', fail],
    ['was cancelled', cancel],
  ])('%s, the old one is what it was', async (_how, end) => {
    for (const status of ['SUCCEEDED', 'FAILED', 'CANCELLED', 'REPROCESSED'] as const) {
      const assistant = await place.assistant();
      const last = await place.execution(status, about(assistant));
      const id = await again(assistant.id);
      await end(id);
      expect(await record.execution(last)).toMatchObject({ status: statusValue(status), previous_status: null });
      expect(await record.execution(id)).toMatchObject({ replaces: null });
      // The newest is the one that came to nothing; it can be replaced in turn.
      expect(await record.execution(await again(assistant.id))).toMatchObject({ reprocess_of: id });
    }
  });

  test('was cancelled before it was admitted, the old one is what it was', async () => {
    const assistant = await place.assistant({ maxConcurrentExecutions: 1 });
    const last = await place.execution('SUCCEEDED', about(assistant));
    const { executionIds, jobs } = await reprocess([assistant.id]);
    const [id = ''] = executionIds;
    expect([await record.status(id), jobs]).toEqual(['REQUESTED', []]);
    await cancel(id);
    expect([await record.status(id), await record.status(last)]).toEqual(['CANCELLED', 'SUCCEEDED']);
  });
});

describe('which assistants', () => {
  test('those asked for, once each, in that order', async () => {
    const [a, b] = [await place.assistant(), await place.assistant()];
    const { executionIds } = await reprocess([b.id, a.id, b.id]);
    const rows = await Promise.all(executionIds.map((id) => record.execution(id)));
    expect(rows.map((row) => row.assistant_id)).toEqual([b.id, a.id]);
  });

  test('else all that processed the family before, in the order of their first time', async () => {
    const [a, b, c] = [await place.assistant(), await place.assistant(), await place.assistant()];
    await place.execution('FAILED', { ...about(b), created_at: new Date(Date.now() - 60_000) });
    await place.execution('SUCCEEDED', about(a));
    await place.execution('SUCCEEDED', about(b));
    await place.execution('SKIPPED', about(c));
    await place.execution('SUCCEEDED', { document_family_id: 'f' });
    const { executionIds } = await reprocess();
    const rows = await Promise.all(executionIds.map((id) => record.execution(id)));
    expect(rows.map((row) => row.assistant_id)).toEqual([b.id, a.id]);
  });

  test('nobody did: nothing', async () => {
    expect(await reprocess()).toEqual({ outcome: 'created', executionIds: [], jobs: [] });
  });

  test('one that is not there, or of another organization, sinks the request before anything is changed', async () => {
    const assistant = await place.assistant();
    const last = await place.execution('SUCCEEDED', about(assistant));
    for (const id of [uuidv7(), (await (await record.newPlace()).assistant()).id]) {
      const request = { organizationId: place.organizationId, familyId: 'f', assistantIds: [assistant.id, id] };
      const { result } = await reprocessFamily(record.db, { ...request, now: new Date() });
      expect(result).toEqual({ outcome: 'not-found', what: 'assistant', id });
    }
    expect(await record.status(last)).toBe('SUCCEEDED');
  });

  test('a family that is not there, or of another organization', async () => {
    const { organizationId } = await record.newPlace();
    const { result } = await reprocessFamily(record.db, {
      organizationId,
      familyId: 'f',
      assistantIds: [],
      now: new Date(),
    });
    expect(result).toEqual({ outcome: 'not-found', what: 'family', id: 'f' });
  });
});

test('requests that name the same assistants in any order do not wait for each other in a circle', async () => {
  const assistants = await Promise.all(Array.from({ length: 6 }, () => place.assistant()));
  for (const assistant of assistants) await place.execution('SUCCEEDED', about(assistant));
  const ids = assistants.map(({ id }) => id);
  const other = record.anotherPool(8);
  const results = await Promise.all(
    Array.from({ length: 32 }, (_, index) =>
      reprocess(index % 2 === 0 ? ids : ids.toReversed(), index % 4 < 2 ? record.db : other),
    ),
  );
  expect(new Set(results.flatMap(({ executionIds }) => executionIds)).size).toBe(6);
  expect(await record.deadlocks()).toBe(0);
});
