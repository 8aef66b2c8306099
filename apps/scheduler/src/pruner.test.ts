import { randomUUID } from 'node:crypto';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../test/fresh-scheduler.ts';
import { pruner } from './pruner.ts';

let scheduler: FreshScheduler;
beforeAll(async () => {
  scheduler = await freshScheduler();
});
beforeEach(async () => {
  await scheduler.reset();
});
afterAll(() => scheduler.close());

async function startPruner(
  days: { retentionDays: number; eventRetentionDays: number; auditRetentionDays?: number },
  complaint?: string,
): Promise<void> {
  const { db, commits, lookout, permissions, logger } = scheduler;
  const clocks = { complaint: () => complaint };
  const pruning = pruner({
    db,
    commits,
    lookout,
    permissions,
    logger,
    clocks,
    leadership: await scheduler.lead(),
    auditRetentionDays: 0,
    ...days,
  });
  onTestFinished(() => pruning.stop());
  await pruning.start();
}

/** Finished executions that are that old; ids are as old as what they name. */
async function finished(count: number, days: number): Promise<void> {
  await sql`
    with past as (select now() - make_interval(days => ${days}) as at)
    insert into executions (id, organization_id, status, priority, pipeline, created_at, finished_at)
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid,
      gen_random_uuid(), 2, 5, '{"steps": []}', at, at
    from past, generate_series(1, ${count})`.execute(scheduler.db);
}

const standing = async () => {
  const { rows } = await sql<{ count: number }>`select count(*) as count from executions`.execute(scheduler.db);
  return rows[0]?.count;
};

test('what is older than the days it is to be kept goes, batch after batch', async () => {
  await finished(25, 11);
  await finished(5, 9);
  await startPruner({ retentionDays: 10, eventRetentionDays: 10 });
  await waitFor(async () => (await standing()) === 5);
});

test('in a round a ten-thousandth of what there is goes, and ten at least', async () => {
  await finished(30, 11);
  await startPruner({ retentionDays: 10, eventRetentionDays: 10 });
  await waitFor(async () => (await standing()) !== 30);
  expect(await standing()).toBe(20);
});

test('nothing goes while the clocks are in doubt', async () => {
  const permission = scheduler.keys.execution(randomUUID());
  await scheduler.redis.hset(permission, 'epoch', '1');
  await finished(5, 11);
  await startPruner({ retentionDays: 10, eventRetentionDays: 10 }, 'the clocks are apart');
  await waitFor(async () => (await scheduler.redis.pttl(permission)) > 0);
  expect(await standing()).toBe(5);
});

test('zero days keep for ever', async () => {
  const permission = scheduler.keys.execution(randomUUID());
  await scheduler.redis.hset(permission, 'epoch', '1');
  await finished(5, 10_000);
  await startPruner({ retentionDays: 0, eventRetentionDays: 0 });
  // The last thing that a run does.
  await waitFor(async () => (await scheduler.redis.pttl(permission)) > 0);
  expect(await standing()).toBe(5);
});

test('permissions of executions that are over or unknown are forgotten soon, those of others stay', async () => {
  const { create, redis, keys, db } = scheduler;
  const [over, running] = [await create(), await create()];
  await sql`update executions set status = 3 where id = ${over.executionId}`.execute(db);
  const unknown = randomUUID();
  const keyOf = [over.executionId, running.executionId, unknown].map(keys.execution);
  for (const key of keyOf) await redis.hset(key, 'epoch', '1');
  // More than are looked at together; what stands in place of a permission is one, too.
  const many = Array.from({ length: 5_000 }, () => keys.execution(randomUUID()));
  await redis.mset(Object.fromEntries(many.map((key) => [key, 'x'])));
  await redis.hset(keys.execution('not an id'), 'epoch', '1');
  await startPruner({ retentionDays: 10, eventRetentionDays: 10 });
  const ttls = () => Promise.all(keyOf.map((key) => redis.pttl(key)));
  await waitFor(async () => (await ttls()).filter((ttl) => ttl > 0).length === 2);
  const [ttlOver = 0, ttlRunning, ttlUnknown = 0] = await ttls();
  expect(ttlRunning).toBe(-1);
  for (const ttl of [ttlOver, ttlUnknown]) expect(ttl).toBeLessThanOrEqual(60_000);
  await waitFor(async () => (await Promise.all(many.map((key) => redis.pttl(key)))).every((ttl) => ttl > 0));
});

test('who did what is forgotten after days of its own', async () => {
  const add = (days: number) =>
    sql`
    with past as (select now() - make_interval(days => ${days}) as at)
    insert into audit_entries (id, organization_id, at, key_name, action, resource, resource_id)
    select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || substr(replace(gen_random_uuid()::text, '-', ''), 13))::uuid,
      gen_random_uuid(), at, 'Kim', 'cancel', 'execution', ${String(days)} from past`.execute(scheduler.db);
  for (const days of [9, 101, 102]) await add(days);
  await startPruner({ retentionDays: 0, eventRetentionDays: 0, auditRetentionDays: 100 });
  await waitFor(async () => {
    const { rows } = await sql<{ resource_id: string }>`select resource_id from audit_entries`.execute(scheduler.db);
    return rows.map(({ resource_id }) => resource_id).join() === '9';
  });
});
