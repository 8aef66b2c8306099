import type { RuntimeLoad } from '@gantry/dispatch/runtime-load';
import type { AlertCondition } from '@gantry/domain/alert';
import { createAlert } from '@gantry/record/alerts/create-alert';
import { createAssistant } from '@gantry/record/assistants/create-assistant';
import type { Leadership } from '@gantry/record/leader/leadership';
import { ensureOrganization } from '@gantry/record/organizations/ensure-organization';
import { createProject } from '@gantry/record/projects/create-project';
import { createWebhook } from '@gantry/record/webhooks/create-webhook';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../../test/fresh-scheduler.ts';
import { alertWatch } from './alert-watch.ts';

let scheduler: FreshScheduler;
let leadership: Leadership;
let organizationId: string;
let assistantId: string;
let load: RuntimeLoad;

beforeAll(async () => {
  scheduler = await freshScheduler();
  leadership = await scheduler.lead();
  const { db } = scheduler;
  ({ id: organizationId } = await ensureOrganization(db, { slug: 'acme', name: 'Acme' }));
  const project = await createProject(db, { organizationId, name: 'P', slug: 'p', description: null });
  const fields = { name: 'Reader', slug: 'reader', options: { pipeline: { steps: [] } } };
  const assistant = await createAssistant(db, {
    ...{ organizationId, projectId: project?.id ?? '', fields, now: new Date() },
  });
  assistantId = assistant?.id ?? '';
});
beforeEach(async () => {
  await scheduler.reset();
  const { db } = scheduler;
  await sql`delete from alerts`.execute(db);
  await sql`delete from webhooks`.execute(db);
  load = { runtime: 'acme/gpu', waiting: 0, delayed: 0, active: 0, workers: 1, oldestAt: null };
  await createWebhook(db, {
    ...{ organizationId, projectId: null, name: 'Ops', url: 'https://ops.example/' },
    ...{ events: ['alert.firing', 'alert.resolved'], filter: null, active: true, secret: 'whsec_c2VjcmV0' },
  });
});
afterAll(() => scheduler.close());

async function watch(condition: AlertCondition, mutedUntil: Date | null = null): Promise<() => void> {
  const { db, commits, logger } = scheduler;
  const alert = { organizationId, projectId: null, assistantId: null, name: 'Ops', condition, active: true };
  await createAlert(db, { ...alert, mutedUntil });
  const watching = alertWatch({ db, leadership, commits, runtimes: { read: async () => [load] }, logger });
  onTestFinished(() => watching.stop());
  await watching.start();
  return watching.wake;
}

async function failures(count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    const { executionId } = await scheduler.create();
    await sql`
      update executions set status = 3, finished_at = now(), organization_id = ${organizationId},
        assistant_id = ${assistantId} where id = ${executionId}`.execute(scheduler.db);
  }
}

async function told(): Promise<unknown[]> {
  const rows = await scheduler.db.selectFrom('webhook_deliveries').select('payload').orderBy('id').execute();
  return rows.map(({ payload }) => payload);
}

const checked = (holds: boolean) =>
  waitFor(async () => {
    const row = await scheduler.db.selectFrom('alerts').selectAll().executeTakeFirstOrThrow();
    return row.checked_at !== null && (row.holds_since !== null) === holds ? row : undefined;
  });

test('an assistant that fails too often is told once, and once more when it is over', async () => {
  await failures(3);
  const look = await watch({ kind: 'assistant-failing', failures: 2, minutes: 5 });
  await waitFor(async () => (await told()).length === 1);
  const message = '3 executions of "Reader" failed within 5 minutes.';
  expect(await told()).toMatchObject([{ type: 'alert.firing', data: { name: 'Ops', message } }]);
  look();
  await sql`update executions set finished_at = now() - interval '6 minutes'`.execute(scheduler.db);
  look();
  await waitFor(async () => (await told()).length === 2);
  expect((await told())[1]).toMatchObject({ type: 'alert.resolved', data: { name: 'Ops' } });
});

test('as many failures as there may be are no alert', async () => {
  await failures(2);
  await watch({ kind: 'assistant-failing', failures: 2, minutes: 5 });
  await checked(false);
  expect(await told()).toEqual([]);
});

test('nothing succeeded: an alert as soon as it has looked for long enough', async () => {
  const look = await watch({ kind: 'nothing-succeeded', minutes: 5 });
  await checked(false);
  await sql`update alerts set created_at = now() - interval '6 minutes', checked_at = null`.execute(scheduler.db);
  look();
  expect(await checked(true)).toMatchObject({ message: 'No execution succeeded for 5 minutes.' });
});

test('a slice that waits too long', async () => {
  load = { ...load, waiting: 4, oldestAt: Date.now() - 61_000 };
  await watch({ kind: 'waiting', seconds: 60, runtimeRef: 'acme/gpu' });
  const { message } = await checked(true);
  expect(message).toMatch(/^A slice has waited 6\d s for a worker of acme\/gpu; 4 wait\.$/);
});

test('a runtime without workers, not told while the alert is muted', async () => {
  load = { ...load, waiting: 4, workers: 0 };
  const look = await watch({ kind: 'no-workers', minutes: 1, runtimeRef: null }, new Date(Date.now() + 3_600_000));
  await checked(true);
  await sql`update alerts set holds_since = now() - interval '2 minutes'`.execute(scheduler.db);
  look();
  await waitFor(async () => {
    const row = await scheduler.db.selectFrom('alerts').selectAll().executeTakeFirstOrThrow();
    return row.firing_since;
  });
  expect(await told()).toEqual([]);
});
