import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type SliceJob, sliceJobSchema } from '@gantry/contracts/execution-job';
import type { WorkerRedis } from '@gantry/dispatch/connect';
import { type JobEnd, JobWorker, type QueuePickup, type TakenJob } from '@gantry/dispatch/job-worker';
import { NewerJobs } from '@gantry/dispatch/newer-jobs';
import { runtimeQueueName } from '@gantry/dispatch/queue-names';
import type { Shard, Shards } from '@gantry/dispatch/shards';
import { SlotGate } from '@gantry/dispatch/slot-gate';
import type { Logger } from '@gantry/service/logger';
import type { Service } from '@gantry/service/service';
import { inSpan, tellSpan } from '@gantry/service/spans';
import type { HeldSlice, HeldSlices } from './held-slices.ts';

interface RuntimeWorkersDeps {
  shards: Shards<WorkerRedis>;
  held: HeldSlices;
  run: (job: SliceJob, held: HeldSlice) => Promise<JobEnd>;
  concurrency: number;
  /** How long running slices may go on when the worker is stopped. */
  stopGraceMs: number;
  /** Other workers took slices over while this one ran them. */
  onLeasesLost: (runtime: string, slices: number) => void;
  logger: Logger;
}

/** After Redis refused a report (it is out of memory), the slice is due again this much later. */
const REFUSED_MS = 1_000;

/** What was taken in spite of a pause is due again this much later. */
const PAUSED_MS = 1_000;

/** Takes slices from the queues of module runtimes. */
export class RuntimeWorkers implements Service {
  readonly name = 'runtime-workers';
  readonly #deps: RuntimeWorkersDeps;
  /** Of each module runtime, one for each shard. */
  readonly #workers = new Map<string, JobWorker[]>();
  readonly #newer: NewerJobs;
  #paused = false;
  #pausedRuntimes: readonly string[] = [];
  #stopping: Promise<void> | undefined;

  constructor(deps: RuntimeWorkersDeps) {
    this.#deps = deps;
    this.#newer = new NewerJobs((jobs) =>
      deps.logger.warn({ jobs }, 'slices for a worker of a newer version of Gantry: put back'),
    );
  }

  async start(): Promise<void> {}

  /** Serves these module runtimes too. */
  serve(runtimes: readonly string[]): void {
    for (const runtime of runtimes) {
      if (this.#stopping || this.#workers.has(runtime)) continue;
      this.#deps.logger.info({ runtime }, 'serving module runtime');
      this.#workers.set(runtime, this.#open(runtime));
    }
  }

  /** The module runtimes it takes slices of, none when it stops. */
  get served(): string[] {
    return this.#stopping ? [] : [...this.#workers.keys()];
  }

  /** Of each module runtime it serves. */
  get slots(): { runtime: string; used: number; limit: number }[] {
    const { concurrency: limit } = this.#deps;
    return [...this.#workers].map(([runtime, workers]) => ({
      runtime,
      used: workers.reduce((used, { slots }) => used + slots.used, 0),
      limit,
    }));
  }

  get pickups(): QueuePickup[] {
    return this.#stopping ? [] : [...this.#workers.values()].flat().map((worker) => worker.pickup);
  }

  /** Takes no more slices, at all or of some runtimes, until resumed; those it runs go on. */
  pause(why: string | null, runtimes: readonly string[] = []): void {
    const paused = why !== null;
    if (paused === this.#paused && runtimes.join() === this.#pausedRuntimes.join()) return;
    this.#paused = paused;
    this.#pausedRuntimes = runtimes;
    const rests = paused || runtimes.length > 0;
    this.#deps.logger.warn(
      { why, runtimes },
      rests ? 'taking no slices, or not of these runtimes' : 'taking slices again',
    );
    for (const [runtime, workers] of this.#workers) {
      for (const worker of workers) worker.pause(this.#rests(runtime));
    }
  }

  #rests(runtime: string): boolean {
    return this.#paused || this.#pausedRuntimes.includes(runtime);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    const { held, stopGraceMs, logger } = this.#deps;
    const closing = Promise.all([...this.#workers.values()].flat().map((worker) => worker.close())).then(() => true);
    if (!(await Promise.race([closing, delay(stopGraceMs, false, { ref: false })]))) {
      logger.info({ slices: held.size }, 'handing slices back');
      held.handBack();
      await closing;
    }
  }

  /** Those of all shards share the slots. */
  #open(runtime: string): JobWorker[] {
    const { shards, concurrency } = this.#deps;
    const gate = shards.count > 1 ? new SlotGate(concurrency) : undefined;
    return shards.all.map((shard) => this.#openInShard(runtime, shard, gate));
  }

  #openInShard(runtime: string, { redis, keys }: Shard<WorkerRedis>, gate: SlotGate | undefined): JobWorker {
    const { held, concurrency, onLeasesLost, logger } = this.#deps;
    return new JobWorker({
      redis,
      keys,
      concurrency,
      gate,
      queue: runtimeQueueName(runtime),
      process: (job, leaveSlot) => this.#process(runtime, job, leaveSlot),
      paused: this.#rests(runtime),
      quick: true,
      onError: (error) => logger.warn({ err: error, runtime }, 'runtime queue'),
      onLeasesLost: (jobIds) => {
        logger.warn({ jobIds }, 'leases lost: stopping these slices');
        onLeasesLost(runtime, jobIds.length);
        held.loseJobs(jobIds);
      },
    });
  }

  async #process(runtime: string, { id, data, waitingSince }: TakenJob, leaveSlot: () => void): Promise<JobEnd> {
    // A queue that is paused gives the one job more that it was being waited for.
    if (this.#rests(runtime)) return { kind: 'put-back', at: Date.now() + PAUSED_MS };
    const putBack = this.#newer.putBack(data, Date.now());
    if (putBack) return putBack;
    const parsed = sliceJobSchema.safeParse(data);
    if (parsed.success) return this.#trace(parsed.data, waitingSince, (job) => this.#run(job, id, leaveSlot));
    this.#deps.logger.error({ jobId: id, err: parsed.error }, 'not a slice job: dropped');
    return { kind: 'over' };
  }

  /** Within a span of its own, which its steps are parts of. */
  #trace(job: SliceJob, startedAt: number | null, run: (job: SliceJob) => Promise<JobEnd>): Promise<JobEnd> {
    const parent = job.traceparent ?? null;
    const runtime = job.slices[job.slice]?.runtime ?? '';
    const attributes = {
      'gantry.execution_id': job.executionId,
      'gantry.slice': job.slice,
      'gantry.runtime': runtime,
    };
    if (startedAt !== null) tellSpan(`wait for ${runtime}`, { parent, startedAt, attributes });
    return inSpan(`slice ${runtime}`, { parent, kind: 'job', attributes }, () => run(job));
  }

  async #run(data: SliceJob, jobId: string, leaveSlot: () => void): Promise<JobEnd> {
    const { held, run, logger } = this.#deps;
    const lease = { executionId: data.executionId, epoch: data.epoch, slice: data.slice, token: randomUUID() };
    try {
      return await held.hold(lease, jobId, (slice) => run(data, slice), leaveSlot);
    } catch (error) {
      logger.error(
        { err: error, executionId: data.executionId, slice: data.slice },
        'slice not reported, putting it back',
      );
      return { kind: 'put-back', at: Date.now() + REFUSED_MS };
    }
  }
}
