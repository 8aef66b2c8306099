import { setTimeout as delay } from 'node:timers/promises';
import { type ExecutionJob, planningJobSchema } from '@gantry/contracts/execution-job';
import type { SweeperRedis, WorkerRedis } from '@gantry/dispatch/connect';
import type { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { type JobEnd, JobWorker, type QueuePickup, type TakenJob } from '@gantry/dispatch/job-worker';
import { NewerJobs } from '@gantry/dispatch/newer-jobs';
import { openExecutions } from '@gantry/dispatch/open-executions';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import { checkShardCount } from '@gantry/dispatch/shard-count';
import type { Shard, Shards } from '@gantry/dispatch/shards';
import { exception } from '@gantry/domain/exception-details';
import { heldAmong } from '@gantry/record/admission/pauses';
import type { Database } from '@gantry/record/connection/database';
import { findModules, moduleAmong } from '@gantry/record/modules/find-modules';
import { modulesWanted } from '@gantry/record/modules/modules-wanted';
import { newestVersions } from '@gantry/record/modules/newest-versions';
import type { Logger } from '@gantry/service/logger';
import type { Service } from '@gantry/service/service';
import { beginSpan, tellSpan } from '@gantry/service/spans';
import { mendKeys } from '../mend-keys.ts';
import { isPoison } from '../poison.ts';
import { type KnownModules, planExecution } from './plan-execution.ts';

interface PlannerDeps {
  db: Database;
  shards: Shards<SweeperRedis>;
  /** Whose executions are taken, over a connection that waits for Redis as long as it takes. */
  shard: Shard<WorkerRedis>;
  permissions: ExecutionPermissions;
  logger: Logger;
  term: number;
  concurrency: number;
}

const RETRY_MS = 250;
/** Executions of a paused assistant are looked at again this much later. */
const HELD_MS = 5_000;
/** As often an execution is tried that cannot be planned for what it is. */
const MAX_ATTEMPTS = 3;

const FAILED = exception(
  'PLANNING_FAILED',
  'The execution could not be planned.',
  'The log of the scheduler has the cause; reprocess it once that is gone.',
);

/** Jobs it holds at a time; each is one execution, or many that were created together. */
const MAX_JOBS = 40;

/** What an execution's modules were seen to be so lately holds when it is planned: it may have been planned as early. */
const SEEN_LATELY_MS = 2_000;

interface Waiting {
  job: ExecutionJob;
  done: PromiseWithResolvers<JobEnd>;
}

/**
 * Takes executions of a shard in order of priority and age, plans them, and enqueues their first slices in the same order: of what
 * was picked up so far the most urgent are planned as one batch, and one batch after the other.
 */
export class Planner implements Service {
  readonly name = 'planner';
  readonly #deps: PlannerDeps;
  #worker: JobWorker | undefined;
  readonly #newer: NewerJobs;
  readonly #waiting: Waiting[] = [];
  #inHand = 0;
  #planned = 0;
  #planning: Promise<void> | undefined;
  #stopping = false;
  #paused = false;
  #someHeld = false;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
    this.#newer = new NewerJobs((jobs) =>
      deps.logger.warn({ jobs }, 'executions for a planner of a newer version of Gantry: put back'),
    );
  }

  /** Returns before the first execution is taken: whoever leads renews its lease, whether Redis answers or not. */
  async start(): Promise<void> {
    void this.#open();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#worker?.close();
    await this.#planning;
  }

  /** Plans nothing, or nothing of some assistants, until that is over. */
  hold({ everything, assistants }: { everything: boolean; assistants: boolean }): void {
    this.#someHeld = assistants;
    if (everything === this.#paused) return;
    this.#paused = everything;
    this.#deps.logger.warn(
      { paused: everything },
      everything ? 'everything is paused: planning nothing' : 'planning again',
    );
    this.#worker?.pause(everything);
  }

  /** What it took and could not plan counts as waiting. It should always be able to take more, or something is wrong. */
  get pickup(): QueuePickup {
    return {
      shard: this.#deps.shard.keys.shard,
      queue: EXECUTIONS_QUEUE,
      taken: this.#planned,
      able: !this.#paused,
      inHand: this.#inHand,
    };
  }

  async #open(): Promise<void> {
    const { shard, logger } = this.#deps;
    await this.#announce();
    if (this.#stopping) return;
    this.#worker = new JobWorker({
      redis: shard.redis,
      keys: shard.keys,
      concurrency: Math.min(this.#deps.concurrency, MAX_JOBS),
      queue: EXECUTIONS_QUEUE,
      process: (job) => this.#process(job),
      paused: this.#paused,
      onError: (error) => logger.warn({ err: error }, 'planner queue'),
    });
  }

  async #announce(): Promise<void> {
    const { permissions, shards, shard, term, logger } = this.#deps;
    while (!this.#stopping) {
      try {
        await checkShardCount(shards);
        return await permissions.announceTerm(term, shard.keys.shard);
      } catch (error) {
        logger.warn({ err: error }, 'could not announce the term, trying again');
        await delay(RETRY_MS);
      }
    }
  }

  async #process({ id, data, waitingSince }: TakenJob): Promise<JobEnd> {
    const putBack = this.#newer.putBack(data, Date.now());
    if (putBack) return putBack;
    const parsed = planningJobSchema.safeParse(data);
    if (!parsed.success) {
      this.#deps.logger.error({ jobId: id, err: parsed.error }, 'not an execution job: dropped');
      return { kind: 'over' };
    }
    const { executions, modules } = parsed.data;
    const waiting = executions.map((job) => ({ job: { ...job, modules }, done: Promise.withResolvers<JobEnd>() }));
    this.#waiting.push(...waiting);
    if (waitingSince !== null) for (const { job } of waiting) tellWait(job, waitingSince);
    this.#inHand += waiting.length;
    this.#planning ??= this.#planAll();
    const ends = await Promise.all(waiting.map(({ done }) => done.promise));
    return ends.find(({ kind }) => kind === 'put-back') ?? { kind: 'over' };
  }

  async #planAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // BullMQ hands over what it fetched by ways of different length: after this turn all of it is here.
      await new Promise(setImmediate);
      const batch = this.#waiting.sort(byPriorityAndAge).splice(0, this.#deps.concurrency);
      await this.#planUntilDone(await this.#withoutHeld(batch));
    }
    this.#planning = undefined;
  }

  /** Those of paused assistants go back to the queue. */
  async #withoutHeld(batch: readonly Waiting[]): Promise<readonly Waiting[]> {
    if (!this.#someHeld) return batch;
    const ids = batch.map(({ job }) => job.executionId);
    // With Postgres away none of them is planned, and it is asked again when they are.
    const held = await heldAmong(this.#deps.db, ids).catch(() => new Set(ids));
    this.#end(
      batch.filter(({ job }) => held.has(job.executionId)),
      'put-back',
      Date.now() + HELD_MS,
    );
    return batch.filter(({ job }) => !held.has(job.executionId));
  }

  /**
   * Postgres or Redis may be away for a while; planning again what was planned already changes nothing. An execution that
   * cannot be planned for what it is, or for what Redis holds of it, is found by halving.
   */
  async #planUntilDone(batch: readonly Waiting[], attempt = 1): Promise<void> {
    if (batch.length === 0) return;
    for (;;) {
      try {
        const deposed = await this.#plan(batch.map(({ job }) => job));
        if (deposed) this.#deps.logger.warn({ executions: batch.length }, 'another leader plans: given back');
        return this.#end(batch, deposed ? 'put-back' : 'over');
      } catch (error) {
        if (isPoison(error)) return this.#isolate(batch, error, attempt);
        this.#deps.logger.warn({ err: error, executions: batch.length }, 'could not plan, trying again');
        if (this.#stopping) return this.#end(batch, 'put-back');
        await delay(RETRY_MS);
      }
    }
  }

  async #isolate(batch: readonly Waiting[], error: unknown, attempt: number): Promise<void> {
    const [only] = batch;
    if (batch.length > 1 || only === undefined) {
      const middle = Math.ceil(batch.length / 2);
      await this.#planUntilDone(batch.slice(0, middle));
      return this.#planUntilDone(batch.slice(middle));
    }
    const { executionId, epoch } = only.job;
    const { permissions, shards, logger } = this.#deps;
    logger.error({ err: error, executionId, attempt }, 'this execution cannot be planned');
    try {
      // What all executions go through may be in the way: none is to blame for that.
      await mendKeys(shards.of(executionId), logger);
      // What is in the place of its permission may be in the way, and can be made anew.
      if (attempt < MAX_ATTEMPTS) await permissions.revoke(executionId);
      else await permissions.report([{ kind: 'unplannable', executionId, epoch, at: Date.now(), error: FAILED }]);
    } catch (failure) {
      logger.warn({ err: failure, executionId }, 'could not set it right');
      await delay(RETRY_MS);
    }
    if (attempt >= MAX_ATTEMPTS) return this.#end(batch, 'over');
    return this.#planUntilDone(batch, attempt + 1);
  }

  /** A job that is put back is the next leader's. */
  #end(batch: readonly Waiting[], kind: JobEnd['kind'], at = Date.now()): void {
    this.#inHand -= batch.length;
    if (kind === 'over') this.#planned += batch.length;
    for (const { done } of batch) done.resolve(kind === 'over' ? { kind } : { kind, at });
  }

  async #modulesOf(jobs: readonly ExecutionJob[]): Promise<(job: ExecutionJob) => KnownModules> {
    const now = Date.now();
    const seen = new Map(jobs.map((job) => [job, seenLately(job, now)]));
    const others = jobs.filter((job) => seen.get(job) === undefined);
    const { db } = this.#deps;
    const wanted = modulesWanted(others);
    const found = await findModules(db, wanted);
    const missing = wanted.filter((module) => moduleAmong(found, module) === undefined);
    const newestOf = await newestVersions(db, found, missing);
    return (job) => ({ found: seen.get(job) ?? found, newestOf });
  }

  /** @returns whether another leader has taken over */
  async #plan(jobs: readonly ExecutionJob[]): Promise<boolean> {
    const { shards, permissions, logger, term } = this.#deps;
    const modulesOf = await this.#modulesOf(jobs);
    const now = Date.now();
    const plans = jobs.map((job) => {
      const { executionId, epoch, traceparent: parent } = job;
      const attributes = { 'gantry.execution_id': executionId, 'gantry.epoch': epoch };
      const span = beginSpan('plan', { parent, kind: 'job', startedAt: now, attributes });
      const traced = span.traceparent === null ? job : { ...job, traceparent: span.traceparent };
      return { ...planExecution(traced, modulesOf(job), now), span };
    });

    const runnable = plans.filter((plan) => plan.kind === 'runnable');
    const openings = await openExecutions(shards, runnable, term);
    if (openings === 'deposed') return true;
    const unplannable = plans.filter((plan) => plan.kind === 'unplannable');
    const nothingToRun = plans.filter((plan) => plan.kind === 'nothing-to-run');
    await permissions.report([...unplannable.map(({ fact }) => fact), ...nothingToRun.map(({ planned }) => planned)]);
    for (const { fact } of unplannable) {
      logger.warn({ executionId: fact.executionId, error: fact.error.errorType }, 'cannot be planned');
    }
    for (const [index, { first }] of runnable.entries()) {
      const opening = openings[index];
      if (opening !== 'opened' && opening !== 'exists') {
        logger.debug({ executionId: first.executionId, opening }, 'not planned');
      }
    }
    for (const plan of plans) plan.span.end(plan.kind === 'unplannable' ? plan.fact.error.errorType : null);
    return false;
  }
}

/** @returns what was seen of a job's modules, if it was lately and lets the job run: else it is looked again */
function seenLately(job: ExecutionJob, now: number): KnownModules['found'] | undefined {
  const { modules } = job;
  if (!modules || Math.abs(now - modules.at) > SEEN_LATELY_MS) return undefined;
  const found = new Map(modules.found);
  return modulesWanted([job]).every((module) => moduleAmong(found, module)?.active) ? found : undefined;
}

function tellWait({ executionId, traceparent: parent }: ExecutionJob, startedAt: number): void {
  tellSpan('wait to be planned', { parent, startedAt, attributes: { 'gantry.execution_id': executionId } });
}

/** Ids grow with time, so that the older of two is the smaller. */
function byPriorityAndAge({ job: a }: Waiting, { job: b }: Waiting): number {
  return b.priority - a.priority || (a.executionId < b.executionId ? -1 : 1);
}
