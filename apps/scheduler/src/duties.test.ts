import { isDeepStrictEqual } from 'node:util';
import { type SliceJob, sliceJobSchema } from '@gantry/contracts/execution-job';
import { type JobEnd, JobWorker } from '@gantry/dispatch/job-worker';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import { QueueWatchdog } from '@gantry/dispatch/queue-watchdog';
import { SliceLeases } from '@gantry/dispatch/slice-lease';
import type { FactOf } from '@gantry/domain/fact';
import type { Leadership } from '@gantry/record/leader/leadership';
import { waitFor } from '@gantry/testkit/wait-for';
import { sql } from 'kysely';
import { expect, onTestFinished, test } from 'vitest';
import { type FreshScheduler, freshScheduler } from '../test/fresh-scheduler.ts';
import { ClockWatch } from './clock-watch.ts';
import { leaderDuties } from './duties.ts';
import { Reconciler } from './reconciler/reconciler.ts';

const COUNT = 200;
const SUCCEEDED = 2;

async function startDuties(scheduler: FreshScheduler, patienceMs?: number): Promise<Leadership> {
  const limits = { admissionLimit: 10_000, queueWaitLimitMs: 60_000, plannerConcurrency: 50, recorderBatch: 200 };
  const deps = {
    ...scheduler,
    ...{ ...limits, patienceMs },
    priorityDefaults: {},
    onFolded: () => {},
    onParked: () => {},
    onRepaired: () => {},
    send: async () => ({ attempted: [], holdMs: 0 }),
    watchdog: new QueueWatchdog(60_000),
    clocks: new ClockWatch(scheduler.logger),
    ...{ retentionDays: 30, eventRetentionDays: 14, auditRetentionDays: 365 },
  };
  const leadership = await scheduler.lead();
  const duties = leaderDuties(deps, leadership);
  for (const duty of duties) await duty.start();
  onTestFinished(async () => {
    for (const duty of duties.toReversed()) await duty.stop();
  });
  return leadership;
}

/** Sweeps, one after the other, until told to stop. @returns what says how many executions were repaired */
function sweepAllTheTime(scheduler: FreshScheduler, leadership: Leadership): () => Promise<number> {
  const foldedUpTo = (ids: readonly string[]) => waitFor(async () => !(await scheduler.journals.holdUpTo(ids)));
  const reconciler = new Reconciler({
    ...scheduler,
    leadership,
    foldedUpTo,
    onForgotten: async () => {},
    secondLookMs: 250,
  });
  let stopped = false;
  const sweeping = (async () => {
    let repaired = 0;
    while (!stopped) repaired += await reconciler.runOnce();
    return repaired;
  })();
  return () => {
    stopped = true;
    return sweeping;
  };
}

/** Runs slices as a worker does, with nothing in their steps. */
function startWorker({ shards, redis, keys, slices }: FreshScheduler, runtime: string): void {
  const leases = new SliceLeases(shards);
  const run = async (job: SliceJob, token: string): Promise<JobEnd> => {
    const { executionId, epoch } = job;
    const lease = { executionId, epoch, slice: job.slice, token };
    const started = await leases.start(lease, 'worker', Date.now());
    if (started.kind !== 'started') return { kind: 'over' };
    const { step, stepAttempt, attempt } = started;
    const next = job.slices[job.slice + 1];
    const about = { executionId, epoch, at: Date.now(), slice: job.slice, attempt, seq: 1, step, stepAttempt };
    const output = { output: step, outputRef: null, outputId: null };
    const finished: FactOf<'step-finished'> = {
      ...{ kind: 'step-finished', ...about, workerId: 'worker', status: 'SUCCEEDED', ...output },
      ...{ error: null, emitted: [], nextStep: null },
    };
    await leases.finishSteps(
      lease,
      [finished],
      next ? { kind: 'slice', step: next.firstStep, runtime: next.runtime } : { kind: 'end' },
      output,
    );
    if (next) await slices.add([{ ...job, slice: job.slice + 1 }]);
    return { kind: 'over' };
  };
  const worker = new JobWorker({
    ...{ redis, keys, queue: runtimeQueueName(runtime), concurrency: 8, onError: () => {} },
    process: ({ id, data }) => run(sliceJobSchema.parse(data), `${id} ${Math.random()}`),
  });
  onTestFinished(() => worker.close());
}

async function counts({ db }: FreshScheduler) {
  const { rows } = await sql<{ status: number; epoch: number; count: number }>`
    select status, epoch, count(*) as count from executions group by status, epoch order by 1, 2`.execute(db);
  return rows;
}

test('under load every execution is planned once and succeeds; the reconciler, looking all the time, touches none', async () => {
  const scheduler = await freshScheduler();
  onTestFinished(scheduler.close);
  const { db, create, executions, log } = scheduler;
  // Nothing is ever too new for the reconciler to look at.
  await sql`
    create function settle() returns trigger language plpgsql as $$ begin
      new.updated_at = now() - interval '1 hour';
      return new;
    end $$`.execute(db);
  await sql`create trigger settle before insert or update on executions for each row execute function settle()`.execute(
    db,
  );
  const jobs = await Promise.all(Array.from({ length: COUNT }, () => create(['gantry/noop', 'acme/reader'])));
  await executions.add(jobs);
  const repaired = sweepAllTheTime(scheduler, await startDuties(scheduler));
  startWorker(scheduler, 'gantry/default');
  startWorker(scheduler, 'acme/gpu');
  await waitFor(async () => (await counts(scheduler)).every(({ status }) => status === SUCCEEDED));
  expect(await repaired()).toBe(0);
  expect(await counts(scheduler)).toEqual([{ status: SUCCEEDED, epoch: 1, count: COUNT }]);
  expect(log.filter((line) => line.includes('reconciled'))).toEqual([]);
});

test('what waits for a worker behind more urgent work comes to the front', async () => {
  const scheduler = await freshScheduler();
  onTestFinished(scheduler.close);
  const { create, executions, waiting } = scheduler;
  const [tick, urgent] = [await create(['gantry/noop'], 1), await create(['gantry/noop'], 9)];
  await executions.add([tick, urgent]);
  await startDuties(scheduler, 1);
  const order = async () => (await waiting('gantry/default')).map(({ executionId }) => executionId);
  await waitFor(async () => isDeepStrictEqual(await order(), [tick.executionId, urgent.executionId]));
});

test('executions in flight when Redis is wiped all succeed', async () => {
  const scheduler = await freshScheduler();
  onTestFinished(scheduler.close);
  const { create, executions, redis } = scheduler;
  const jobs = await Promise.all(Array.from({ length: COUNT }, () => create(['gantry/noop', 'acme/reader'])));
  await executions.add(jobs);
  await startDuties(scheduler);
  startWorker(scheduler, 'gantry/default');
  await waitFor(async () => (await scheduler.waiting('acme/gpu')).length > COUNT / 3);
  await redis.flushdb();
  startWorker(scheduler, 'acme/gpu');
  await waitFor(async () => (await counts(scheduler)).every(({ status }) => status === SUCCEEDED));
});
