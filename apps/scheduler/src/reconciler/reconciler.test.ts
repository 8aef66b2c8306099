import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { JobWorker } from '@gantry/dispatch/job-worker';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { foldFacts } from '@gantry/record/fold/fold-facts';
import { asLeader } from '@gantry/record/leader/leadership';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { factsOf } from '../../test/fresh-scheduler.ts';
import { DEFAULT, reconcilerScene } from '../../test/reconciler-scene.ts';
import { Planner } from '../planner/planner.ts';

const scene = reconcilerScene();
const { reconciler, running, inRedis, cancel, holdSlice, sweep, executionJobs, sliceJobs } = scene;

const stopped = (executionId: string, epoch: number) => ({
  ...{ kind: 'stopped', executionId, epoch, at: expect.any(Number) },
});

describe('an execution is planned again', () => {
  test('that is PENDING and in no queue', async () => {
    const job = await scene.scheduler.create();
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([job]);
    expect(await sweep()).toBe(0);
  });

  test('that is PENDING, its job finished and kept', async () => {
    const job = await scene.scheduler.create();
    await scene.scheduler.executions.add([job]);
    const worker = new JobWorker({
      ...{
        redis: scene.scheduler.redis,
        keys: scene.scheduler.keys,
        queue: 'executions',
        concurrency: 1,
        onError: () => {},
      },
      process: async () => ({ kind: 'over' }),
    });
    await waitFor(async () => (await scene.scheduler.queues.get('executions').getCompletedCount()) === 1);
    await worker.close();
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([job]);
  });

  test('that is RUNNING and nobody works on: the next epoch, from the first step not succeeded', async () => {
    const lost: Record<string, { fields?: Record<string, string>; slice?: boolean }> = {
      'no permission': {},
      'a permission and no job': { fields: {} },
      'leased by a worker whose job is gone': { fields: { leased: '1', lease: 'token' } },
      'closed and not stopped': { fields: { open: '0' }, slice: true },
      'done in Redis, whose report was lost': { fields: { open: '0', done: '1' } },
      'the permission of an older planning': { fields: { epoch: '0' }, slice: true },
    };
    const jobs: ExecutionJob[] = [];
    for (const { fields, slice = false } of Object.values(lost)) {
      const job = await running();
      if (fields) await inRedis(job, fields, slice);
      jobs.push(job);
    }
    expect(await sweep()).toBe(jobs.length);
    const input = { output: { read: 'x' }, outputRef: null, outputId: 'output' };
    expect(await executionJobs()).toEqual(jobs.map((job) => ({ ...job, epoch: 2, firstStep: 1, input })));
    for (const { executionId } of jobs) expect(await scene.scheduler.permissionOf(executionId)).toEqual({});
    expect(await sweep()).toBe(0);
  });
});

describe('the brake is applied', () => {
  test('to a CANCELLING execution that waits for a worker', async () => {
    const job = await running();
    await inRedis(job, {}, true);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await sliceJobs()).toBe(0);
    expect(await scene.scheduler.permissionOf(job.executionId)).toMatchObject({ open: '0' });
    expect(await scene.scheduler.journaled()).toEqual([stopped(job.executionId, 1)]);
  });

  test('to a CANCELLING execution that a worker runs, which then reports', async () => {
    const job = await running();
    await inRedis(job, { leased: '1', lease: 'token' }, true);
    await holdSlice();
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await scene.scheduler.permissionOf(job.executionId)).toMatchObject({
      open: '0',
      leased: '1',
      lease: 'token',
    });
    expect(await sweep()).toBe(0);
    expect(await scene.scheduler.journaled()).toEqual([]);
  });

  test('to a CANCELLING execution that waits for the planner', async () => {
    const job = await scene.scheduler.create();
    await scene.scheduler.executions.add([job]);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([]);
    expect(await scene.scheduler.journaled()).toEqual([stopped(job.executionId, 0)]);
  });

  test('to one that is past its deadline, too', async () => {
    const job = await running();
    await inRedis(job, {}, true);
    await sql`update executions set stop_reason = 'TIMEOUT'`.execute(scene.scheduler.db);
    expect(await sweep()).toBe(1);
    expect(await scene.scheduler.journaled()).toEqual([stopped(job.executionId, 1)]);
  });
});

describe('a CANCELLING execution has stopped', () => {
  test('whose worker and job are gone', async () => {
    const job = await running();
    await inRedis(job, { open: '0', leased: '1', lease: 'token' }, false);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await scene.scheduler.journaled()).toEqual([stopped(job.executionId, 0)]);
  });

  test('whose worker is gone, while no other one is there to take its job over', async () => {
    const job = await running();
    await inRedis(job, { open: '0', leased: '1', lease: 'token' }, true);
    const { jobId } = await holdSlice();
    await scene.scheduler.redis.del(`${scene.scheduler.queues.get(runtimeQueueName(DEFAULT)).toKey(jobId)}:lock`);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await scene.scheduler.journaled()).toEqual([stopped(job.executionId, 0)]);
  });
});

test('an operator sets going again what waits, whatever Redis says of it, but not what a worker holds', async () => {
  const [held, waiting, unasked] = [await running(), await running(), await running()];
  await inRedis(held, { leased: '1', lease: 'token' }, true);
  await holdSlice();
  for (const job of [waiting, unasked]) await inRedis(job, {}, true);
  const { db } = scene.scheduler;
  const asked = [held, waiting].map(({ executionId }) => ({ execution_id: executionId }));
  await db.insertInto('requeue_requests').values(asked).execute();
  expect(await sweep()).toBe(1);
  expect((await executionJobs()).map(({ executionId, epoch }) => [executionId, epoch])).toEqual([
    [waiting.executionId, 2],
  ]);
  expect(await db.selectFrom('requeue_requests').selectAll().execute()).toEqual([]);
  expect(await sweep()).toBe(0);
});

test('what somebody works on is left alone', async () => {
  const [pending, waiting, held] = [await scene.scheduler.create(), await running(), await running()];
  await scene.scheduler.executions.add([pending]);
  await inRedis(held, { leased: '1', lease: 'token' }, true);
  await holdSlice();
  await inRedis(waiting, {}, true);
  expect(await sweep()).toBe(0);
  expect(await executionJobs()).toEqual([pending]);
  expect(await scene.scheduler.journaled()).toEqual([]);
});

test('what changed a moment ago is left alone', async () => {
  await scene.scheduler.create();
  expect(await reconciler().runOnce()).toBe(0);
  expect(await executionJobs()).toEqual([]);
});

test('nothing is done while facts that may explain it are not folded', async () => {
  const job = await running();
  await scene.scheduler.settle();
  await scene.scheduler.report(factsOf(job.executionId, 2).finished(1));
  const asked: (readonly string[])[] = [];
  const unfolded = reconciler(async (ids) => asked.push(ids) < 0);
  expect(await unfolded.runOnce()).toBe(0);
  expect(asked).toEqual([[await scene.scheduler.journal.lastId()]]);
  expect(await executionJobs()).toEqual([]);
});

test('what is finished, cancelled or replanned while it was looked at is left alone', async () => {
  const [finished, cancelled, replanned] = [await running(), await running(), await running()];
  await scene.scheduler.settle();
  const interfere = async () => {
    const again = { ...factsOf(replanned.executionId, 2).planned, epoch: 2 };
    const facts = [factsOf(finished.executionId, 2).finished(1), again];
    await asLeader(scene.scheduler.db, scene.leadership, (tx) =>
      foldFacts(tx, facts, { now: new Date(), priorityDefaults: {} }),
    );
    await cancel(cancelled.executionId);
    return true;
  };
  expect(await reconciler(interfere).runOnce()).toBe(0);
  expect(await executionJobs()).toEqual([]);
});

test('two reconcilers at once do it once', async () => {
  const jobs = await Promise.all(Array.from({ length: 20 }, running));
  await scene.scheduler.settle();
  const planner = new Planner({ ...scene.scheduler, term: scene.leadership.term, concurrency: 10 });
  await planner.start();
  onTestFinished(() => planner.stop());
  const [one, two] = await Promise.all([reconciler().runOnce(), reconciler().runOnce()]);
  expect((one ?? 0) + (two ?? 0)).toBe(20);
  await waitFor(async () => (await sliceJobs()) === 20);
  const planned = (await scene.scheduler.journaled()).map(
    ({ kind, executionId, epoch }) => `${kind} ${executionId} ${epoch}`,
  );
  expect(planned.sort()).toEqual(jobs.map(({ executionId }) => `planned ${executionId} 2`).sort());
});

test('after a wipe of Redis every unfinished execution is planned again at once, pages of them', async () => {
  const job = await scene.scheduler.create();
  await sql`
    insert into executions (id, organization_id, status, priority, pipeline)
    select gen_random_uuid(), organization_id, status, priority, pipeline from executions, generate_series(2, 1500)`.execute(
    scene.scheduler.db,
  );
  await scene.scheduler.redis.flushdb();
  const sweeper = reconciler();
  expect(await sweeper.runOnce()).toBe(1_500);
  const jobs = await executionJobs();
  expect(jobs).toHaveLength(1_500);
  expect(jobs).toContainEqual(job);
  expect(await sweeper.runOnce()).toBe(0);
});

test('a reconciler that no longer leads does nothing', async () => {
  await scene.scheduler.create();
  await scene.scheduler.settle();
  const deposed = reconciler();
  await scene.scheduler.lead();
  await expect(deposed.runOnce()).rejects.toThrow('another scheduler leads');
  expect(await executionJobs()).toEqual([]);
});
