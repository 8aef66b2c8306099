import type { WebhookEvent } from '@gantry/domain/webhook-event';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { cancelWithin } from '../executions/cancel-execution.ts';
import { failExecution } from '../executions/fail-execution.ts';
import { labelFamily } from '../families/label-family.ts';
import { factsOf } from '../test/facts.ts';
import { type Place, RecordFixture } from '../test/record-fixture.ts';
import { createWebhook, type NewWebhook } from './create-webhook.ts';
import { claimDeliveries, findDueWebhooks } from './due-deliveries.ts';
import { settleDeliveries } from './settle-deliveries.ts';
import { updateWebhook } from './update-webhook.ts';

const NOW = new Date();
const SECRET = 'whsec_c2VjcmV0';

let record: RecordFixture;
let place: Place;
beforeAll(async () => {
  record = await RecordFixture.open();
});
afterAll(() => record.close());
beforeEach(async () => {
  place = await record.newPlace();
});

async function listen(events: WebhookEvent[], fields: Partial<NewWebhook> = {}): Promise<string> {
  const { organizationId } = place;
  const row = await createWebhook(record.db, {
    ...{ organizationId, projectId: null, name: 'Ops', url: 'https://ops.example/' },
    ...{ events, filter: null, active: true, secret: SECRET },
    ...fields,
  });
  if (row === undefined) throw new Error('too many');
  return row.id;
}

async function told(webhookId: string) {
  const rows = await record.db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('webhook_id', '=', webhookId)
    .orderBy('event_type')
    .orderBy('id')
    .execute();
  return rows.map(({ payload }) => payload as { type: string; data: Record<string, unknown> });
}

const succeed = (id: string) => record.fold(factsOf(id).success());
const fail = (id: string) => record.fold(factsOf(id).failure());

describe('the end of an execution is told', () => {
  test('by the fold that ends it, once however often it is folded', async () => {
    const [all, failures] = [await listen(['execution.finished']), await listen(['execution.failed'])];
    const [good, bad] = [await place.execution('PENDING'), await place.execution('PENDING')];
    for (const _ of [1, 2]) {
      await succeed(good);
      await fail(bad);
    }
    expect((await told(all)).map(({ data }) => [data['id'], data['status']])).toEqual([
      [good, 'SUCCEEDED'],
      [bad, 'FAILED'],
    ]);
    const error = { errorType: 'FLAKY', message: 'it broke' };
    expect(await told(failures)).toMatchObject([{ type: 'execution.failed', data: { id: bad, error } }]);
  });

  test('not when what ended it is taken back', async () => {
    const webhook = await listen(['execution.finished']);
    const id = await place.execution('RUNNING');
    const error = { errorType: 'X', message: 'x' };
    const work = record.inTransaction(async (tx) => {
      await failExecution(tx, id, error, NOW);
      throw new Error('taken back');
    });
    await expect(work).rejects.toThrow('taken back');
    expect(await told(webhook)).toEqual([]);
    await record.inTransaction((tx) => failExecution(tx, id, error, NOW));
    expect(await told(webhook)).toMatchObject([{ data: { id, status: 'FAILED', error } }]);
  });

  test('when it is cancelled before it was admitted too', async () => {
    const webhook = await listen(['execution.finished']);
    const id = await place.execution('REQUESTED');
    const { organizationId } = place;
    await record.inTransaction((tx) => cancelWithin(tx, { organizationId, executionIds: [id], now: NOW }));
    expect(await told(webhook)).toMatchObject([{ data: { id, status: 'CANCELLED' } }]);
  });

  test('to those alone who asked for it: by filter, by project, of the same organization', async () => {
    const id = await place.execution('PENDING', { priority: 7 });
    const urgent = await listen(['execution.finished'], { filter: "priority gt 6 and status eq 'SUCCEEDED'" });
    const others = [
      await listen(['execution.finished'], { filter: 'priority gt 7' }),
      await listen(['execution.finished'], { projectId: await place.newProject() }),
      await listen(['execution.finished'], { active: false }),
      await listen(['document-family.updated']),
    ];
    const elsewhere = await record.newPlace();
    const stranger = await listen(['execution.finished'], { organizationId: elsewhere.organizationId });
    await succeed(id);
    expect(await told(urgent)).toMatchObject([{ data: { id } }]);
    for (const webhook of [...others, stranger]) expect(await told(webhook)).toEqual([]);
  });
});

test('a document family is told of each time it changes', async () => {
  const webhook = await listen(['document-family.updated'], { filter: "labels eq 'late'" });
  const familyId = 'family-1';
  const { organizationId } = place;
  const documentFamily = { path: 'a.pdf', labels: ['new'], contentType: null, mixins: null, metadata: null };
  await place.ingest([place.event({ documentFamilyId: familyId, documentFamily })]);
  await labelFamily(record.db, { organizationId, familyId, label: 'late', labelled: true });
  await labelFamily(record.db, { organizationId, familyId, label: 'late', labelled: true });
  expect(await told(webhook)).toMatchObject([{ data: { id: familyId, labels: ['new', 'late'], path: 'a.pdf' } }]);
});

test('a filter of document families names a store by its id or its ref', async () => {
  const hooks = await Promise.all(
    ['invoices', 'local/invoices:1.0.0', 'local/others:1.0.0'].map((store) =>
      listen(['document-family.updated'], { filter: `storeId eq '${store}'` }),
    ),
  );
  const documentFamily = { path: 'a.pdf', labels: [], contentType: null, mixins: null, metadata: null };
  await place.ingest([place.event({ documentFamilyId: 'family-1', storeId: 'invoices', documentFamily })]);
  const heard = await Promise.all(hooks.map(told));
  expect(heard.map((each) => each.map(({ data }) => data['storeId']))).toEqual([['invoices'], ['invoices'], []]);
});

test('what waits for a receiver is bounded: more is counted', async () => {
  const webhook = await listen(['execution.finished']);
  await sql`
    insert into webhook_deliveries (id, webhook_id, organization_id, event_type, subject_key, payload, due_at, created_at)
    select gen_random_uuid(), ${webhook}, ${place.organizationId}, 'execution.finished', n::text, '{}', now(), now()
    from generate_series(1, 9999) as n`.execute(record.db);
  for (const id of [await place.execution('PENDING'), await place.execution('PENDING')]) await succeed(id);
  const { dropped } = await record.db
    .selectFrom('webhooks')
    .select('dropped')
    .where('id', '=', webhook)
    .executeTakeFirstOrThrow();
  expect([dropped, (await told(webhook)).length]).toEqual([1, 10_000]);
});

test('a delivery is claimed by one at a time, and due again when nobody says what came of it', async () => {
  const webhookId = await listen(['execution.finished']);
  await succeed(await place.execution('PENDING'));
  expect(await findDueWebhooks(record.db, [], 100)).toContain(webhookId);
  const claim = (now: Date) => record.inTransaction((tx) => claimDeliveries(tx, { webhookId, limit: 10, now }));
  const [first, second] = [await claim(new Date()), await claim(new Date())];
  expect([first?.deliveries.length, second?.deliveries.length]).toEqual([1, 0]);
  expect(await findDueWebhooks(record.db, [], 100)).not.toContain(webhookId);
  const again = await claim(new Date(Date.now() + 120_000));
  expect(again?.deliveries).toMatchObject([{ id: first?.deliveries[0]?.id, attempts: 2 }]);
});

test('a receiver that is gone is switched off, and what waited for it is over until it is switched on', async () => {
  const webhookId = await listen(['execution.finished']);
  for (const id of [await place.execution('PENDING'), await place.execution('PENDING')]) await succeed(id);
  const claimed = await record.inTransaction((tx) => claimDeliveries(tx, { webhookId, limit: 1, now: new Date() }));
  const attempted = (claimed?.deliveries ?? []).map((delivery) => ({
    delivery,
    outcome: { delivered: false, status: 410, error: 'gone' } as const,
  }));
  const settle = { now: new Date(), holdMs: 0 };
  const reason = await record.inTransaction((tx) => settleDeliveries(tx, webhookId, attempted, settle));
  expect(reason).toContain('gone');
  await succeed(await place.execution('PENDING'));
  const rows = await record.db
    .selectFrom('webhook_deliveries')
    .select(['due_at', 'last_error'])
    .where('webhook_id', '=', webhookId)
    .execute();
  expect(rows).toEqual([
    { due_at: null, last_error: reason },
    { due_at: null, last_error: reason },
  ]);
  const { organizationId } = place;
  const change = { organizationId, id: webhookId, changeSequence: null, values: { active: true } };
  expect(await updateWebhook(record.db, change)).toMatchObject({ row: { active: true, disabled_reason: null } });
});
