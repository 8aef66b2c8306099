import { setTimeout as delay } from 'node:timers/promises';
import { type ExecutionJob, executionJobSchema } from '@gantry/contracts/execution-job';
import type { ExecutionPermissions } from '@gantry/dispatch/execution-permissions';
import { type JobEnd, JobWorker, type QueuePickup, type TakenJob } from '@gantry/dispatch/job-worker';
import type { Keys } from '@gantry/dispatch/keys';
import { openExecutions } from '@gantry/dispatch/open-executions';
import { EXECUTIONS_QUEUE } from '@gantry/dispatch/queue-names';
import type { SliceQueue } from '@gantry/dispatch/slice-queue';
import type { Database } from '@gantry/record/connection/database';
import { findModules } from '@gantry/record/modules/find-modules';
import type { Logger } from '@gantry/service/logger';
import type { Service } from '@gantry/service/service';
import type { Redis } from 'ioredis';
import { modulesWanted, planExecution } from './plan-execution.ts';

interface PlannerDeps {
  db: Database;
  redis: Redis;
  /** Over which executions are taken: waits for Redis as long as it takes. */
  plannerRedis: Redis;
  keys: Keys;
  slices: SliceQueue;
  permissions: ExecutionPermissions;
  logger: Logger;
  term: number;
  concurrency: number;
}

const RETRY_MS = 250;

interface Waiting {
  job: ExecutionJob;
  done: PromiseWithResolvers<JobEnd>;
}

/**
 * Takes executions in order of priority and age, plans them, and enqueues their first slices in the same order: what
 * was picked up since the last round is planned as one batch, and one batch after the other.
 */
export class Planner implements Service {
  readonly name = 'planner';
  readonly #deps: PlannerDeps;
  #worker: JobWorker | undefined;
  #waiting: Waiting[] = [];
  #planning: Promise<void> | undefined;
  #stopping = false;

  constructor(deps: PlannerDeps) {
    this.#deps = deps;
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

  /** It should always be able to take more, or something is wrong. */
  get pickup(): QueuePickup {
    return { queue: EXECUTIONS_QUEUE, taken: this.#worker?.pickup.taken ?? 0, able: true };
  }

  async #open(): Promise<void> {
    const { plannerRedis: redis, keys, concurrency, logger } = this.#deps;
    await this.#announce();
    if (this.#stopping) return;
    this.#worker = new JobWorker({
      ...{ redis, keys, concurrency },
      queue: EXECUTIONS_QUEUE,
      process: (job) => this.#process(job),
      onError: (error) => logger.warn({ err: error }, 'planner queue'),
    });
  }

  async #announce(): Promise<void> {
    const { permissions, term, logger } = this.#deps;
    while (!this.#stopping) {
      try {
        return await permissions.announceTerm(term);
      } catch (error) {
        logger.warn({ err: error }, 'could not announce the term, trying again');
        await delay(RETRY_MS);
      }
    }
  }

  async #process({ id, data }: TakenJob): Promise<JobEnd> {
    const parsed = executionJobSchema.safeParse(data);
    if (!parsed.success) {
      this.#deps.logger.error({ jobId: id, err: parsed.error }, 'not an execution job: dropped');
      return { kind: 'over' };
    }
    const done = Promise.withResolvers<JobEnd>();
    this.#waiting.push({ job: parsed.data, done });
    this.#planning ??= this.#planAll();
    return done.promise;
  }

  async #planAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // BullMQ hands over what it fetched by ways of different length: after this turn all of it is here.
      await new Promise(setImmediate);
      const batch = this.#waiting.sort(byPriorityAndAge);
      this.#waiting = [];
      await this.#planUntilDone(batch);
    }
    this.#planning = undefined;
  }

  /** Postgres or Redis may be away for a while; planning again what was planned already changes nothing. */
  async #planUntilDone(batch: readonly Waiting[]): Promise<void> {
    for (;;) {
      try {
        const deposed = await this.#plan(batch.map(({ job }) => job));
        return end(batch, deposed ? 'put-back' : 'over');
      } catch (error) {
        this.#deps.logger.warn({ err: error, executions: batch.length }, 'could not plan, trying again');
        if (this.#stopping) return end(batch, 'put-back');
        await delay(RETRY_MS);
      }
    }
  }

  /** @returns whether another leader has taken over */
  async #plan(jobs: readonly ExecutionJob[]): Promise<boolean> {
    const { db, redis, keys, slices, permissions, logger, term } = this.#deps;
    const wanted = new Map(jobs.flatMap(modulesWanted).map((module) => [JSON.stringify(module), module]));
    const modules = await findModules(db, [...wanted.values()]);
    const now = Date.now();
    const plans = jobs.map((job) => planExecution(job, modules, now));

    const runnable = plans.filter((plan) => plan.kind === 'runnable');
    const openings = await openExecutions(
      redis,
      keys,
      runnable.map(({ planned }) => planned),
      term,
    );
    if (openings === 'deposed') return true;
    const unplannable = plans.filter((plan) => plan.kind === 'unplannable');
    const nothingToRun = plans.filter((plan) => plan.kind === 'nothing-to-run');
    await permissions.report([...unplannable.map(({ fact }) => fact), ...nothingToRun.map(({ planned }) => planned)]);
    for (const { fact } of unplannable) {
      logger.warn({ executionId: fact.executionId, error: fact.error.errorType }, 'cannot be planned');
    }
    const firsts = runnable.filter(({ first }, index) => {
      const opening = openings[index];
      if (opening === 'opened' || opening === 'exists') return true;
      logger.debug({ executionId: first.executionId, opening }, 'not planned');
      return false;
    });
    await slices.add(firsts.map(({ first }) => first));
    return false;
  }
}

/** A job that is put back is the next leader's. */
function end(batch: readonly Waiting[], kind: JobEnd['kind']): void {
  for (const { done } of batch) done.resolve(kind === 'over' ? { kind } : { kind, at: Date.now() });
}

/** Ids grow with time, so that the older of two is the smaller. */
function byPriorityAndAge({ job: a }: Waiting, { job: b }: Waiting): number {
  return b.priority - a.priority || (a.executionId < b.executionId ? -1 : 1);
}
