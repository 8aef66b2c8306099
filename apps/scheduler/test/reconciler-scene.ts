import type { ExecutionJob, SliceJob } from '@gantry/contracts/execution-job';
import { JobWorker } from '@gantry/dispatch/job-worker';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { cancelExecution } from '@gantry/record/executions/cancel-execution';
import { foldFacts } from '@gantry/record/fold/fold-facts';
import { asLeader, type Leadership } from '@gantry/record/leader/leadership';
import { afterAll, beforeAll, beforeEach, onTestFinished } from 'vitest';
import { Reconciler } from '../src/reconciler/reconciler.ts';
import { type FreshScheduler, factsOf, freshScheduler, ORGANIZATION } from './fresh-scheduler.ts';

export const DEFAULT = 'gantry/default';

/** A scheduler that leads, made as new before each test of the file, and what reconcilers are tried on. */
export function reconcilerScene() {
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

  function reconciler(
    foldedUpTo: (journalIds: readonly string[]) => Promise<boolean> = async () => true,
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

  return {
    get scheduler() {
      return scheduler;
    },
    get leadership() {
      return leadership;
    },
    reconciler,
    running,
    inRedis,
    cancel,
    holdSlice,
    sweep,
    executionJobs,
    sliceJobs,
  };
}
