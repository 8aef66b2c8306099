import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RecordFixture } from '../test/record-fixture.ts';
import { deleteAssistant } from './delete-assistant.ts';

let record: RecordFixture;

beforeAll(async () => {
  record = await RecordFixture.open();
});

afterAll(() => record.close());

test('the executions of an assistant that is deleted are let go in batches, those of others stay', async () => {
  const place = await record.newPlace();
  const { organizationId } = place;
  const [assistant, other] = [await place.assistant(), await place.assistant()];
  await place.execution('SUCCEEDED', { assistant_id: other.id });
  const first = await place.execution('SUCCEEDED', { assistant_id: assistant.id, created_at: new Date(0) });
  await sql`
    insert into executions (id, organization_id, assistant_id, status, priority, pipeline)
    select gen_random_uuid(), organization_id, assistant_id, status, priority, pipeline
    from executions, generate_series(1, 2500) where id = ${first}`.execute(record.db);
  const last = await place.execution('RUNNING', {
    assistant_id: assistant.id,
    created_at: new Date(Date.now() + 1_000),
  });
  const counted = async (assistantId: string) => {
    const { rows } = await sql<{ count: number }>`
      select count(*) from executions where assistant_id = ${assistantId}`.execute(record.db);
    return rows[0]?.count;
  };

  // Somebody changes the last one: the batches before it are committed meanwhile.
  let deleted: Promise<boolean> | undefined;
  await record.inTransaction(async (tx) => {
    await sql`select from executions where id = ${last} for update`.execute(tx);
    deleted = deleteAssistant(record.db, { organizationId, id: assistant.id });
    await record.untilSomebodyWaits();
    expect(await counted(assistant.id)).toBe(502);
  });
  expect(await deleted).toBe(true);
  expect([await counted(assistant.id), await counted(other.id)]).toEqual([0, 1]);
  expect(await record.execution(last)).toMatchObject({ assistant_id: null, status: 1 });
  expect(await deleteAssistant(record.db, { organizationId, id: assistant.id })).toBe(false);
});

test('an assistant of another organization or project is left as it is', async () => {
  const [place, elsewhere] = [await record.newPlace(), await record.newPlace()];
  const { id } = await place.assistant();
  const { organizationId } = place;
  expect(await deleteAssistant(record.db, { organizationId: elsewhere.organizationId, id })).toBe(false);
  expect(await deleteAssistant(record.db, { organizationId, projectId: uuidv7(), id })).toBe(false);
  const { rows } = await sql`select active from assistants where id = ${id}`.execute(record.db);
  expect(rows).toEqual([{ active: true }]);
});
