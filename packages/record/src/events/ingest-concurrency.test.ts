import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
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

test('an assistant that is removed while it is about to hear an event does not sink it', async () => {
  const [gone, there] = [await place.assistant(), await place.assistant()];
  const [removed, matched] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const removing = record.inTransaction(async (tx) => {
    await tx.deleteFrom('assistants').where('id', '=', gone.id).execute();
    removed.resolve();
    await matched.promise;
  });
  await removed.promise;
  const ingesting = place.ingest([place.event()]);
  await record.untilSomebodyWaits();
  matched.resolve();
  await removing;
  const [result] = await ingesting;
  expect(accepted(result).executions).toMatchObject([{ assistantId: there.id, status: 'PENDING' }]);
});

const seed = Date.now() % 2 ** 31;

test(`batches that meet in families, keys, ids and stores all succeed, without a deadlock (seed ${seed})`, async () => {
  await place.assistant({ options: { complete_label: 'done' } });
  await place.assistant({ subscription: 'CONTENT_CREATED' });
  // Ids whose order depends on who sorts them.
  const id = fc.constantFrom('a', 'B', 'b', 'A', 'ä', 'Z', '_', '-', '10', '9');
  const event = fc.record({
    eventType: fc.constantFrom('CONTENT_CREATED', 'DOCUMENT_FAMILY_UPDATED', 'CONTENT_UPDATED'),
    documentFamilyId: id,
    contentObjectId: fc.option(id),
    externalId: fc.option(fc.tuple(id, id).map((ids) => ids.join(' '))),
    storeId: fc.option(fc.constantFrom('s1', 'acme/inbox', 'acme/inbox:1.0.0')),
  });
  const batches = fc.sample(fc.array(event, { minLength: 1, maxLength: 12 }), { numRuns: 72, seed });
  const options = { now: new Date(), priorityDefaults: {} };
  // The one recorder works on the same executions and families all the while.
  let recorded = Promise.resolve();
  const finish = (ids: readonly string[], documentFamilyIds: readonly string[]) => {
    const emitted = documentFamilyIds.map((documentFamilyId) => ({ eventType: 'CONTENT_CREATED', documentFamilyId }));
    recorded = recorded.then(async () => {
      await record.fold(ids.flatMap((executionId) => factsOf(executionId).success({ emitted })));
    });
  };
  const sending = [record.db, record.anotherPool(4), record.anotherPool(4)].flatMap((pool) => [pool, pool, pool, pool]);
  await Promise.all(
    sending.map(async (pool, sender) => {
      for (const batch of batches.filter((_, index) => index % sending.length === sender)) {
        const events = batch.map((fields) => place.event(fields));
        const { result, after } = await ingestEvents(pool, events, options);
        expect(result.map(accepted)).toHaveLength(batch.length);
        finish(
          after.enqueue.map(({ executionId }) => executionId),
          batch.map(({ documentFamilyId }) => documentFamilyId),
        );
      }
    }),
  );
  await recorded;
  expect(await record.deadlocks()).toBe(0);
});
