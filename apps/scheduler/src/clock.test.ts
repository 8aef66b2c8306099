import type { CatchUp, Overlap } from '@gantry/domain/schedule';
import { createAssistant } from '@gantry/record/assistants/create-assistant';
import { createProject } from '@gantry/record/projects/create-project';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler, ORGANIZATION } from '../test/fresh-scheduler.ts';
import { clock } from './clock.ts';

let scheduler: FreshScheduler;
let projectId: string;
beforeAll(async () => {
  scheduler = await freshScheduler();
  await scheduler.db.insertInto('organizations').values({ id: ORGANIZATION, slug: 'acme', name: 'Acme' }).execute();
  const project = await createProject(scheduler.db, {
    ...{ organizationId: ORGANIZATION, name: 'Scheduled', slug: 'scheduled', description: null },
  });
  projectId = project?.id ?? '';
});
beforeEach(async () => {
  await scheduler.reset();
  await scheduler.db.deleteFrom('assistants').execute();
});
afterAll(() => scheduler.close());

const YEARLY = { cronExpression: '0 0 12 1 1 *' };

/** Assistants whose schedules, each of the same id, nobody has fired for a year. */
async function overdue(
  count: number,
  how: { cronExpression: string; catchUp?: CatchUp; overlap?: Overlap } = YEARLY,
): Promise<void> {
  const schedule = { id: 'overdue', timeZone: 'UTC', ...how };
  for (let made = 0; made < count; made += 1) {
    await createAssistant(scheduler.db, {
      ...{ organizationId: ORGANIZATION, projectId, now: new Date(Date.now() - 366 * 86_400_000) },
      fields: { name: `Assistant ${made}`, schedules: [schedule], options: { pipeline: { steps: [] } } },
    });
  }
}

async function startClock(leadership = scheduler.lead()) {
  const service = clock({ ...scheduler, leadership: await leadership, priorityDefaults: {} });
  await service.start();
  onTestFinished(() => service.stop());
  return service;
}

async function ticks(): Promise<string[]> {
  const rows = await scheduler.db.selectFrom('executions').select('id').orderBy('id').execute();
  return rows.map(({ id }) => id);
}

test('whatever is due is fired once and enqueued, also more than fits into one transaction', async () => {
  await overdue(50);
  await startClock();
  const jobs = await waitFor(async () => {
    const waiting = await scheduler.waiting();
    return waiting.length >= 50 ? waiting : undefined;
  });
  expect(jobs.map(({ executionId }) => executionId).sort()).toEqual(await ticks());
  expect(jobs[0]).toMatchObject({ priority: 1, context: { eventType: 'SCHEDULED' } });
  expect(await ticks()).toHaveLength(50);
});

test('a schedule that the record refuses to fire does not hold up the others, also of the same id', async () => {
  await overdue(30);
  const { db, log } = scheduler;
  const [poison] = await db.selectFrom('schedules').select('assistant_id').orderBy('next_at').limit(1).execute();
  await sql`
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = '22000'; end
    $$`.execute(db);
  await sql`
    create trigger refuse before insert on executions for each row
    when (new.assistant_id = ${sql.lit(poison?.assistant_id)}) execute function refuse()`.execute(db);
  onTestFinished(async () => {
    await sql`drop function refuse cascade`.execute(db);
  });
  await startClock();
  await waitFor(async () => (await ticks()).length === 29);
  await waitFor(() => log.join('').includes('a schedule cannot be fired'));
});

test.each([
  ['none', 'allow', null],
  ['none', 'queue-one', null],
  ['once', 'allow', expect.stringMatching(/T12:00:00.000Z$/)],
] as const)('slots that are left out are told: %s, %s', async (catchUp, overlap, to) => {
  await overdue(1, { cronExpression: '0 0 12 1 * *', catchUp, overlap });
  await startClock();
  const told = await waitFor(() => scheduler.log.find((line) => line.includes('slots of a schedule were missed')));
  const schedule = expect.stringMatching(/\/overdue$/);
  expect(JSON.parse(told)).toMatchObject({ schedule, from: expect.stringMatching(/-01T12:00:00.000Z$/), to });
});

test.each([
  ['all', 'allow'],
  ['once', 'queue-one'],
] as const)('nothing is told of slots that are caught up: %s, %s', async (catchUp, overlap) => {
  await overdue(1, { cronExpression: '0 0 12 1 * *', catchUp, overlap });
  const service = await startClock();
  await waitFor(async () => (await ticks()).length > 0);
  await service.stop();
  expect(scheduler.log.join('')).not.toContain('were missed');
});

test('a leader that was deposed fires nothing; its successor does', async () => {
  await overdue(1);
  const deposed = await scheduler.lead();
  const successor = await scheduler.lead();
  const late = await startClock(Promise.resolve(deposed));
  await waitFor(() => scheduler.log.join('').includes('another scheduler leads'));
  await late.stop();
  expect(await ticks()).toEqual([]);
  await startClock(Promise.resolve(successor));
  expect(await waitFor(async () => ((await scheduler.waiting()).length > 0 ? ticks() : undefined))).toHaveLength(1);
});

test('a schedule that was saved while the clock runs ticks when its time has come', async () => {
  await startClock();
  await createAssistant(scheduler.db, {
    ...{ organizationId: ORGANIZATION, projectId, now: new Date() },
    fields: { name: 'Every second', schedules: [{ cronExpression: '* * * * * *', catchUp: 'all' }] },
  });
  const slots = await waitFor(async () => {
    const contexts = (await scheduler.waiting()).map(({ context }) => String(context['scheduleSlot']));
    return contexts.length >= 3 ? contexts.sort() : undefined;
  });
  const first = Date.parse(slots[0] ?? '');
  expect(slots).toEqual(slots.map((_, index) => new Date(first + index * 1_000).toISOString()));
});
