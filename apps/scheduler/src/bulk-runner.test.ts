import { parseFilter } from '@gantry/domain/filter/parse-filter';
import { createBulkOperation } from '@gantry/record/bulk/create-bulk-operation';
import { findBulkOperation } from '@gantry/record/bulk/find-bulk-operation';
import { executionFields } from '@gantry/record/filter/execution-fields';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler, ORGANIZATION } from '../test/fresh-scheduler.ts';
import { bulkRunner } from './bulk-runner.ts';

let scheduler: FreshScheduler;
beforeAll(async () => {
  scheduler = await freshScheduler();
  await scheduler.db.insertInto('organizations').values({ id: ORGANIZATION, slug: 'acme', name: 'Acme' }).execute();
});
beforeEach(() => scheduler.reset());
afterAll(() => scheduler.close());

/** Enqueued executions. */
async function createMany(count: number): Promise<string[]> {
  const jobs = [];
  for (let made = 0; made < count; made += 1) jobs.push(await scheduler.create());
  await scheduler.executions.add(jobs);
  return jobs.map(({ executionId }) => executionId);
}

/** An operation on all executions there are. */
async function operation(kind: 'CANCEL' | 'REPROCESS'): Promise<string> {
  const filter = parseFilter(['id is not null'], executionFields);
  if (filter === undefined) throw new Error('no filter');
  const created = await createBulkOperation(scheduler.db, {
    ...{ organizationId: ORGANIZATION, selection: { kind, filter }, filter: [], now: new Date() },
  });
  if (created.outcome !== 'created') throw new Error(created.outcome);
  return created.operation.id;
}

const progressOf = (id: string) => findBulkOperation(scheduler.db, { organizationId: ORGANIZATION, id });

async function startRunner(leadership = scheduler.lead()) {
  const runner = bulkRunner({ ...scheduler, leadership: await leadership });
  await runner.start();
  onTestFinished(() => runner.stop());
  return runner;
}

const finished = (id: string) =>
  waitFor(async () => ((await progressOf(id))?.finished_at ? progressOf(id) : undefined), { what: 'the operation' });

async function countBy(status: number): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from executions where status = ${status}`.execute(scheduler.db);
  return rows[0]?.count ?? 0;
}

test('operations are brought to their end, batch by batch, and what they cancel does not run', async () => {
  await createMany(230);
  const [first, second] = [await operation('CANCEL'), await operation('CANCEL')];
  await startRunner();
  expect(await finished(first)).toMatchObject({ total: 230, done: 230, failed: 0 });
  expect(await finished(second)).toMatchObject({ total: 230, done: 230, failed: 0 });
  expect(await countBy(6)).toBe(230);
  expect(await scheduler.waiting()).toEqual([]);
});

test('replacements are enqueued', async () => {
  const ids = await createMany(120);
  await scheduler.redis.flushdb();
  await sql`update executions set status = 3, finished_at = now()`.execute(scheduler.db);
  const id = await operation('REPROCESS');
  await startRunner();
  expect(await finished(id)).toMatchObject({ total: 120, done: 120 });
  await waitFor(async () => (await scheduler.waiting()).length === 120, { what: 'the jobs' });
  const { rows } = await sql<{ id: string }>`select reprocess_of as id from executions where status = 0`.execute(
    scheduler.db,
  );
  expect(rows.map((row) => row.id).sort()).toEqual(ids.sort());
});

test('an item that the record refuses is given up, alone', async () => {
  const ids = await createMany(130);
  const poison = ids[57] ?? '';
  await sql`
    create function refuse() returns trigger language plpgsql as $$
      begin raise exception 'refused' using errcode = '22000'; end
    $$`.execute(scheduler.db);
  await sql`
    create trigger refuse before update on executions for each row
    when (old.id = ${sql.lit(poison)}) execute function refuse()`.execute(scheduler.db);
  onTestFinished(async () => {
    await sql`drop function refuse cascade`.execute(scheduler.db);
  });
  const id = await operation('CANCEL');
  await startRunner();
  expect(await finished(id)).toMatchObject({ total: 130, done: 129, failed: 1 });
  expect(await scheduler.statusOf(poison)).toBe('PENDING');
  expect(await countBy(6)).toBe(129);
  expect(scheduler.log.join('')).toContain('an item of a bulk operation is given up');
});

test('a leader that was deposed does nothing; its successor does', async () => {
  await createMany(3);
  const deposed = await scheduler.lead();
  const successor = await scheduler.lead();
  const id = await operation('CANCEL');
  const late = await startRunner(Promise.resolve(deposed));
  await waitFor(() => scheduler.log.join('').includes('another scheduler leads'));
  await late.stop();
  expect(await progressOf(id)).toMatchObject({ done: 0, finished_at: null });
  await startRunner(Promise.resolve(successor));
  expect(await finished(id)).toMatchObject({ done: 3 });
});
