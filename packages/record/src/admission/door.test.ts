import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { ingestWithin } from '../events/ingest-events.ts';
import { accepted, type Place, RecordFixture } from '../test/record-fixture.ts';
import { admissionIsOpen } from './admission-is-open.ts';
import { admitExecutions } from './admit-executions.ts';

let record: RecordFixture;
let place: Place;

beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  await sql`truncate executions cascade`.execute(record.db);
  await sql`update admission set open = false`.execute(record.db);
  place = await record.newPlace();
});

const admit = (limit = 10) =>
  record.committed((tx) => admitExecutions(tx, { limit, batch: 10, now: new Date(), unserved: [] }));

/** A transaction that reads the door and stays under way until it is told to end. */
function readDoor() {
  const [read, end] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const open = record.inTransaction(async (tx) => {
    const answer = await admissionIsOpen(tx);
    read.resolve();
    await end.promise;
    return answer;
  });
  return { open, read: read.promise, end: end.resolve };
}

test('opening waits for those who read the old answer, not for those who come after them', async () => {
  const before = readDoor();
  await before.read;
  const opening = admit();
  await record.untilSomebodyWaits();
  const after = readDoor();
  await Promise.race([after.read, record.untilSomebodyWaits(2)]);
  before.end();
  await opening;
  after.end();
  expect([await before.open, await after.open]).toEqual([false, true]);
});

test('what arrives before, during and after a switch is admitted in the order of its arrival', async () => {
  await place.assistant();
  await sql`update admission set open = true`.execute(record.db);
  const arrive = async () => {
    const [result] = await place.ingest([place.event()]);
    return accepted(result).executions[0] ?? { id: '', status: 'SKIPPED' };
  };
  const admittedOf = async (limit: number) => (await admit(limit)).enqueue.map(({ executionId }) => executionId);
  expect(await arrive()).toMatchObject({ status: 'PENDING' });
  expect(await admittedOf(0)).toEqual([]);
  const [first, second] = [await arrive(), await arrive()];
  expect([first.status, second.status]).toEqual(['REQUESTED', 'REQUESTED']);
  expect(await admittedOf(2)).toEqual([first.id]);
  const third = await arrive();
  expect(third.status).toBe('REQUESTED');
  expect(await admittedOf(10)).toEqual([second.id, third.id]);
  expect(await arrive()).toMatchObject({ status: 'PENDING' });
});

test('who is being ingested as a duplicate of what is being admitted does not wait in a circle', async () => {
  const assistant = await place.assistant();
  const event = { eventType: 'CONTENT_CREATED', documentFamilyId: 'f', contentObjectId: 'c' };
  const owner = await place.execution('REQUESTED', {
    assistant_id: assistant.id,
    dedup_key: 'CONTENT_CREATED:0::1:f:c',
  });
  const [read, admitting] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const ingesting = record.inTransaction(async (tx) => {
    await admissionIsOpen(tx);
    read.resolve();
    await admitting.promise;
    return ingestWithin(tx, [place.event(event)], { now: new Date(), priorityDefaults: {} });
  });
  await read.promise;
  const admitted = admit();
  await Promise.race([record.untilSomebodyWaits(), admitted]);
  admitting.resolve();
  const [result] = await ingesting;
  expect(accepted(result).executions).toMatchObject([{ status: 'SKIPPED', duplicateOf: owner }]);
  expect((await admitted).enqueue).toMatchObject([{ executionId: owner }]);
  await admit();
  expect(await record.inTransaction(admissionIsOpen)).toBe(true);
});
