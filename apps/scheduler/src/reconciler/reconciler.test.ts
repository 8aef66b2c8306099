import { randomUUID } from 'node:crypto';
import type { ExecutionJob, SliceJob } from '@gantry/contracts/execution-job';
import { JobWorker } from '@gantry/dispatch/job-worker';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { cancelExecution } from '@gantry/record/executions/cancel-execution';
import { foldFacts } from '@gantry/record/fold/fold-facts';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, factsOf, freshScheduler, ORGANIZATION } from '../../test/fresh-scheduler.ts';
import { Planner } from '../planner/planner.ts';
import { Reconciler } from './reconciler.ts';

let scheduler: FreshScheduler;
let leadership: Leadership;
beforeAll(async () => {
  scheduler = await freshScheduler();
});
beforeEach(async () => {
  await scheduler.reset();
  leadership = await scheduler.lead();
  await scheduler.permissions.announceTerm(leadership.term);
});
afterAll(() => scheduler.close());

const DEFAULT = 'gantry/default';

function reconciler(
  foldedUpTo: (journalId: string) => Promise<boolean> = async () => true,
  onForgotten: () => Promise<void> = async () => {},
): Reconciler {
  return new Reconciler({ ...scheduler, leadership, secondLookMs: 20, foldedUpTo, onForgotten });
}

/** A RUNNING execution of two steps, in the record alone; its first step has succeeded. */
async function running(): Promise<ExecutionJob> {
  const job = await scheduler.create(['gantry/noop', 'gantry/noop']);
  const { planned, started, finished } = factsOf(job.executionId, 2);
  const facts = [planned, started, finished(0, { output: { read: 'x' }, outputId: 'output' })];
  await asLeader(scheduler.db, leadership, (tx) => foldFacts(tx, facts, { now: new Date(), priorityDefaults: {} }));
  return job;
}

/** What Redis has of an execution that runs: a permission, and a job if `job` says so. */
async function inRedis({ executionId, ...work }: ExecutionJob, fields: Record<string, string>, job: boolean) {
  const opened = { epoch: '1', open: '1', slice: '0', runtime: DEFAULT, leased: '0', step: '1' };
  await scheduler.redis.hset(scheduler.keys.execution(executionId), { ...opened, ...fields });
  const slices = [{ runtime: DEFAULT, firstStep: 0, stepCount: 2 }];
  const metadata = { kind: 'node', moduleRuntimeRef: DEFAULT, options: [] } as const;
  const module = { orgSlug: 'gantry', slug: 'noop', version: '1.0.0', metadata: { ...metadata, options: [] } };
  const slice: SliceJob = {
    ...work,
    executionId,
    slice: 0,
    slices,
    steps: work.steps.map((step) => ({ ...step, module })),
  };
  if (job) await scheduler.slices.add([slice]);
}

async function cancel(executionId: string): Promise<void> {
  await cancelExecution(scheduler.db, { organizationId: ORGANIZATION, executionId, now: new Date() });
}

/** Takes the only job of the default runtime and keeps it, as a worker does that lives. */
async function holdSlice(): Promise<{ jobId: string }> {
  const taken = Promise.withResolvers<string>();
  const over = Promise.withResolvers<void>();
  const worker = new JobWorker({
    ...{ redis: scheduler.redis, keys: scheduler.keys, queue: runtimeQueueName(DEFAULT), concurrency: 1 },
    onError: () => {},
    process: async ({ id }) => {
      taken.resolve(id);
      await over.promise;
      return { kind: 'over' };
    },
  });
  onTestFinished(async () => {
    over.resolve();
    await worker.close();
  });
  return { jobId: await taken.promise };
}

/** One sweep over what is there now. */
async function sweep(): Promise<number> {
  await scheduler.settle();
  return reconciler().runOnce();
}

const executionJobs = () => scheduler.waiting();
const sliceJobs = () => scheduler.queues.get(runtimeQueueName(DEFAULT)).getJobCountByTypes('prioritized', 'wait');
const stopped = (executionId: string, epoch: number) => ({
  ...{ kind: 'stopped', executionId, epoch, at: expect.any(Number) },
});

describe('an execution is planned again', () => {
  test('that is PENDING and in no queue', async () => {
    const job = await scheduler.create();
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([job]);
    expect(await sweep()).toBe(0);
  });

  test('that is PENDING, its job finished and kept', async () => {
    const job = await scheduler.create();
    await scheduler.executions.add([job]);
    const worker = new JobWorker({
      ...{ redis: scheduler.redis, keys: scheduler.keys, queue: 'executions', concurrency: 1, onError: () => {} },
      process: async () => ({ kind: 'over' }),
    });
    await waitFor(async () => (await scheduler.queues.get('executions').getCompletedCount()) === 1);
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
    for (const { executionId } of jobs) expect(await scheduler.permissionOf(executionId)).toEqual({});
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
    expect(await scheduler.permissionOf(job.executionId)).toMatchObject({ open: '0' });
    expect(await scheduler.journaled()).toEqual([stopped(job.executionId, 1)]);
  });

  test('to a CANCELLING execution that a worker runs, which then reports', async () => {
    const job = await running();
    await inRedis(job, { leased: '1', lease: 'token' }, true);
    await holdSlice();
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await scheduler.permissionOf(job.executionId)).toMatchObject({ open: '0', leased: '1', lease: 'token' });
    expect(await sweep()).toBe(0);
    expect(await scheduler.journaled()).toEqual([]);
  });

  test('to a CANCELLING execution that waits for the planner', async () => {
    const job = await scheduler.create();
    await scheduler.executions.add([job]);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([]);
    expect(await scheduler.journaled()).toEqual([stopped(job.executionId, 0)]);
  });

  test('to one that is past its deadline, too', async () => {
    const job = await running();
    await inRedis(job, {}, true);
    await sql`update executions set stop_reason = 'TIMEOUT'`.execute(scheduler.db);
    expect(await sweep()).toBe(1);
    expect(await scheduler.journaled()).toEqual([stopped(job.executionId, 1)]);
  });
});

describe('a CANCELLING execution has stopped', () => {
  test('whose worker and job are gone', async () => {
    const job = await running();
    await inRedis(job, { open: '0', leased: '1', lease: 'token' }, false);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await scheduler.journaled()).toEqual([stopped(job.executionId, 0)]);
  });

  test('whose worker is gone, while no other one is there to take its job over', async () => {
    const job = await running();
    await inRedis(job, { open: '0', leased: '1', lease: 'token' }, true);
    const { jobId } = await holdSlice();
    await scheduler.redis.del(`${scheduler.queues.get(runtimeQueueName(DEFAULT)).toKey(jobId)}:lock`);
    await cancel(job.executionId);
    expect(await sweep()).toBe(1);
    expect(await scheduler.journaled()).toEqual([stopped(job.executionId, 0)]);
  });
});

test('what somebody works on is left alone', async () => {
  const [pending, waiting, held] = [await scheduler.create(), await running(), await running()];
  await scheduler.executions.add([pending]);
  await inRedis(held, { leased: '1', lease: 'token' }, true);
  await holdSlice();
  await inRedis(waiting, {}, true);
  expect(await sweep()).toBe(0);
  expect(await executionJobs()).toEqual([pending]);
  expect(await scheduler.journaled()).toEqual([]);
});

test('what changed a moment ago is left alone', async () => {
  await scheduler.create();
  expect(await reconciler().runOnce()).toBe(0);
  expect(await executionJobs()).toEqual([]);
});

test('nothing is done while facts that may explain it are not folded', async () => {
  const job = await running();
  await scheduler.settle();
  await scheduler.report(factsOf(job.executionId, 2).finished(1));
  const asked: string[] = [];
  const unfolded = reconciler(async (id) => asked.push(id) < 0);
  expect(await unfolded.runOnce()).toBe(0);
  expect(asked).toEqual([await scheduler.journal.lastId()]);
  expect(await executionJobs()).toEqual([]);
});

test('what is finished, cancelled or replanned while it was looked at is left alone', async () => {
  const [finished, cancelled, replanned] = [await running(), await running(), await running()];
  await scheduler.settle();
  const interfere = async () => {
    const again = { ...factsOf(replanned.executionId, 2).planned, epoch: 2 };
    const facts = [factsOf(finished.executionId, 2).finished(1), again];
    await asLeader(scheduler.db, leadership, (tx) => foldFacts(tx, facts, { now: new Date(), priorityDefaults: {} }));
    await cancel(cancelled.executionId);
    return true;
  };
  expect(await reconciler(interfere).runOnce()).toBe(0);
  expect(await executionJobs()).toEqual([]);
});

test('two reconcilers at once do it once', async () => {
  const jobs = await Promise.all(Array.from({ length: 20 }, running));
  await scheduler.settle();
  const planner = new Planner({ ...scheduler, term: leadership.term, concurrency: 10 });
  await planner.start();
  onTestFinished(() => planner.stop());
  const [one, two] = await Promise.all([reconciler().runOnce(), reconciler().runOnce()]);
  expect((one ?? 0) + (two ?? 0)).toBe(20);
  await waitFor(async () => (await sliceJobs()) === 20);
  const planned = (await scheduler.journaled()).map(
    ({ kind, executionId, epoch }) => `${kind} ${executionId} ${epoch}`,
  );
  expect(planned.sort()).toEqual(jobs.map(({ executionId }) => `planned ${executionId} 2`).sort());
});

test('after a wipe of Redis every unfinished execution is planned again at once, pages of them', async () => {
  const job = await scheduler.create();
  await sql`
    insert into executions (id, organization_id, status, priority, pipeline)
    select gen_random_uuid(), organization_id, status, priority, pipeline from executions, generate_series(2, 1500)`.execute(
    scheduler.db,
  );
  await scheduler.redis.flushdb();
  const sweeper = reconciler();
  expect(await sweeper.runOnce()).toBe(1_500);
  const jobs = await executionJobs();
  expect(jobs).toHaveLength(1_500);
  expect(jobs).toContainEqual(job);
  expect(await sweeper.runOnce()).toBe(0);
});

describe('what Redis holds of another history of the record is forgotten, and all is planned again from the record', () => {
  /** A permission, a job and a fact of an execution that this record may not know. */
  async function remains(job: ExecutionJob): Promise<void> {
    await inRedis(job, { epoch: '4', leased: '1' }, true);
    await scheduler.report(factsOf(job.executionId).started);
    await scheduler.redis.sadd(scheduler.keys.runtimes, 'acme/gone');
  }

  test.each<[string, () => Promise<unknown>]>([
    ['the record was set back to an earlier leader', () => scheduler.permissions.announceTerm(leadership.term + 30)],
    ['the record was set back to an earlier look', () => sql`update leader set beat = beat - 5`.execute(scheduler.db)],
    ['the record is another one', () => sql`update leader set lineage = gen_random_uuid()`.execute(scheduler.db)],
  ])('%s', async (_what, restore) => {
    await sql`update leader set beat = beat + 100`.execute(scheduler.db);
    await reconciler().runOnce();
    const [known, unknown] = [await scheduler.create(), { ...(await scheduler.create()), executionId: randomUUID() }];
    await sql`delete from executions where id <> ${known.executionId}`.execute(scheduler.db);
    for (const job of [known, unknown]) await remains(job);
    await restore();

    const forgotten: string[] = [];
    const sweeper = reconciler(undefined, async () => void forgotten.push('told'));
    await sweeper.runOnce();
    expect(forgotten).toEqual(['told']);
    expect(await executionJobs()).toEqual([known]);
    expect(await scheduler.journaled()).toEqual([]);
    expect(await sliceJobs()).toBe(0);
    expect(await scheduler.redis.exists(scheduler.keys.execution(unknown.executionId), scheduler.keys.runtimes)).toBe(
      0,
    );
    expect(await scheduler.redis.get(scheduler.keys.term)).toBe(String(leadership.term));
    expect(scheduler.log.join()).toContain('the record was restored');

    await scheduler.settle();
    expect(await sweeper.runOnce()).toBe(0);
    expect(forgotten).toEqual(['told']);
  });

  test('but not while the same history goes on', async () => {
    await reconciler().runOnce();
    await sql`update leader set beat = beat + 1`.execute(scheduler.db);
    await scheduler.redis.sadd(scheduler.keys.runtimes, DEFAULT);
    await reconciler().runOnce();
    expect(await scheduler.redis.smembers(scheduler.keys.runtimes)).toEqual([DEFAULT]);
  });

  test('and not by a leader that was deposed, whose term is behind for another reason', async () => {
    const deposed = reconciler();
    const next = await scheduler.lead();
    await scheduler.permissions.announceTerm(next.term);
    await scheduler.redis.sadd(scheduler.keys.runtimes, DEFAULT);
    await expect(deposed.runOnce()).rejects.toThrow('another scheduler leads');
    expect(await scheduler.redis.smembers(scheduler.keys.runtimes)).toEqual([DEFAULT]);
  });
});

describe('keys that Redis has lost, or that are of the wrong type, hold up one execution at most', () => {
  test('jobs whose queue is gone are added again', async () => {
    const jobs = [await scheduler.create(), await scheduler.create()];
    await scheduler.executions.add(jobs);
    const active = await running();
    await inRedis(active, {}, true);
    for (const queue of ['executions', runtimeQueueName(DEFAULT)]) {
      await scheduler.redis.del(scheduler.queues.get(queue).toKey('prioritized'));
    }
    expect(await sweep()).toBe(3);
    expect(new Set((await executionJobs()).map(({ executionId }) => executionId))).toEqual(
      new Set([...jobs, active].map(({ executionId }) => executionId)),
    );
    expect(await sweep()).toBe(0);
  });

  test('a permission and a job that are something else are made anew, as are the others', async () => {
    const jobs = [await scheduler.create(), await scheduler.create(), await scheduler.create()];
    const [first = '', second = ''] = jobs.map(({ executionId }) => executionId);
    await scheduler.redis.set(scheduler.keys.execution(first), 'x');
    await scheduler.redis.set(scheduler.queues.get('executions').toKey(`${second}.1`), 'x');
    expect(await sweep()).toBe(3);
    expect(await executionJobs()).toEqual(jobs);
    expect(await scheduler.redis.exists(scheduler.keys.execution(first))).toBe(0);
  });

  test('what everything goes through is removed when it is something else', async () => {
    const job = await scheduler.create();
    const { keys, queues, redis } = scheduler;
    await redis.sadd(keys.runtimes, DEFAULT);
    const wrong = [
      keys.journal,
      keys.history,
      ...['prioritized', 'active', 'meta'].map(queues.get('executions').toKey),
    ];
    for (const key of wrong) await redis.del(key);
    for (const key of wrong) await (key === keys.history ? redis.sadd(key, 'x') : redis.set(key, 'x'));
    expect(await sweep()).toBe(1);
    expect(await executionJobs()).toEqual([job]);
  });
});

test('a reconciler that no longer leads does nothing', async () => {
  await scheduler.create();
  await scheduler.settle();
  const deposed = reconciler();
  await scheduler.lead();
  await expect(deposed.runOnce()).rejects.toThrow('another scheduler leads');
  expect(await executionJobs()).toEqual([]);
});
