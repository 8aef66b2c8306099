import { setTimeout as delay } from 'node:timers/promises';
import { DelayedError, type Job, type WorkerOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import { GatedWorker } from './gated-worker.ts';
import { JobSwap, type SwappedJob } from './job-swap.ts';
import { KEEP_FINISHED, KeptJobs } from './kept-jobs.ts';
import type { Keys } from './keys.ts';
import { putBack } from './put-back.ts';
import { QuickJobs } from './quick-jobs.ts';
import type { SlotGate } from './slot-gate.ts';
import { ThriftyWorker } from './thrifty-worker.ts';
import { withTimeout } from './with-timeout.ts';

export interface JobWorkerOptions {
  redis: Redis;
  keys: Keys;
  queue: string;
  /**
   * Never rejects: how the work went is not the job's business. May call `leaveSlot` once nothing is left but to wait for what it
   * has asked of Redis: of quick jobs the next one begins then.
   * @returns when the job is due again, if it is
   */
  process: (job: TakenJob, leaveSlot: () => void) => Promise<JobEnd>;
  concurrency: number;
  /** Where slots are shared with the workers of the same queue in other shards: it has as many. */
  gate?: SlotGate | undefined;
  paused?: boolean;
  /** Jobs are expected that take next to no time: those are taken several at a time. */
  quick?: boolean;
  onError: (error: Error) => void;
  /** These jobs are another worker's now, or soon will be. */
  onLeasesLost?: (jobIds: string[]) => void;
}

export interface TakenJob {
  id: string;
  data: unknown;
  /** Since when it waited (ms since 1970, by the clock of whoever enqueued it); null when it was taken before. */
  waitingSince: number | null;
}

/** What a worker has taken from its queue. */
export interface QueuePickup {
  shard: number;
  queue: string;
  /** Jobs, since it was opened. */
  taken: number;
  /** It is to take more: it has a free slot and is not paused. */
  able: boolean;
  /** Jobs it holds without having done with them, where those are to move on, too. */
  inHand?: number;
}

/**
 * `put-back`: due again at that instant (ms since 1970, by the clock of this process), for whoever takes it then. `isDue` is
 * asked once it is back: what it waits for may have come before there was a job to hurry.
 */
export type JobEnd = { kind: 'over' } | { kind: 'put-back'; at: number; isDue?: () => Promise<boolean> };

/** BullMQ may run a job twice at once that is put back for less: the worker that had it loses the renewal of its lock. */
const MIN_PUT_BACK_MS = 100;

/** A job was taken away while it was worked on: Redis was wiped, or the lease went to another worker. Both are expected. */
const TAKEN_AWAY = /^Missing (key|lock) for job/;

/** BullMQ asks again at once when Redis answers with an error (out of memory, read-only), thousands of times a second. */
const REFUSED_MS = 1_000;

/** Who closes does not wait for a Redis that gives no answer in this time. */
const ANSWER_MS = 1_500;
const ASK_EVERY_MS = 500;
/** A worker that says nothing for so long has lost its jobs. */
const LOCK_MS = 4_000;
const IDLE_LOOKS = 6;

/**
 * A BullMQ worker with Gantry's leases: a job whose worker was killed is taken over within 7 s. Nothing that runs on
 * this event loop may block it for longer than a lease.
 */
export class JobWorker {
  readonly #worker: ThriftyWorker;
  readonly #redis: Redis;
  readonly #queue: string;
  readonly #shard: number;
  readonly #gate: SlotGate | undefined;
  readonly #concurrency: number;
  readonly #onError: (error: Error) => void;
  readonly #process: JobWorkerOptions['process'];
  readonly #toKey = (type: string): string => this.#worker.toKey(type);
  readonly #kept = new KeptJobs();
  readonly #quick: QuickJobs | undefined;
  #paused: boolean;
  #refused: NodeJS.Timeout | undefined;
  #closed = false;
  #taken = 0;
  #running = 0;

  constructor(options: JobWorkerOptions) {
    const { redis, keys, queue, process, concurrency, paused = false, onError, onLeasesLost } = options;
    this.#process = process;
    this.#onError = onError;
    this.#paused = paused;
    this.#redis = redis;
    this.#queue = queue;
    this.#shard = keys.shard;
    this.#gate = options.gate;
    this.#concurrency = concurrency;
    const work = (job: Job, token = '') => this.#work(job, token);
    const settings: WorkerOptions & { connection: Redis } = {
      connection: redis,
      prefix: keys.prefix,
      concurrency,
      lockDuration: LOCK_MS,
      stalledInterval: 1_000,
      // BullMQ would fail a job beyond its limit without telling anyone; lua/slice/start.lua counts lost workers.
      maxStalledCount: 1_000_000,
      removeOnComplete: KEEP_FINISHED,
      removeOnFail: KEEP_FINISHED,
      // After a broken connection; 15 s if BullMQ had its way.
      runRetryDelay: 1_000,
      autorun: !paused,
    };
    this.#worker = options.gate
      ? new GatedWorker(queue, work, settings, options.gate)
      : new ThriftyWorker(queue, work, settings);
    this.#worker.on('error', (error) => this.#report(error));
    if (onLeasesLost) this.#worker.on('lockRenewalFailed', onLeasesLost);
    if (options.quick) this.#quick = this.#quickJobs(redis, concurrency, onLeasesLost);
  }

  /** Takes no more jobs until resumed, but for one it may be waiting for; those it has go on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    this.#takeOrRest();
  }

  /** How many jobs it has at the moment, and how many it may have. */
  get slots(): { used: number; limit: number } {
    return { used: this.#running, limit: this.#concurrency };
  }

  get pickup(): QueuePickup {
    const free = this.#gate ? !this.#gate.isFull : this.#running < this.#concurrency;
    const able = !this.#paused && free;
    return { shard: this.#shard, queue: this.#queue, taken: this.#taken, able };
  }

  /**
   * Takes no more jobs; resolves when those it has are over. With Redis away nothing can be: then it resolves within 2 s,
   * and others take the jobs over once it is back.
   */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#refused);
    const over = new AbortController();
    const closing = this.#worker.close().finally(() => over.abort());
    await Promise.race([closing, this.#nothingToWaitFor(over.signal)]);
  }

  /**
   * Resolves once Redis gives no answer, or nobody wants to know any more, or nothing has run for a while: BullMQ waits for
   * the end of its connection, which it misses when that was being made anew at the moment.
   */
  async #nothingToWaitFor(over: AbortSignal): Promise<void> {
    for (let looksIdle = 0; !over.aborted && looksIdle < IDLE_LOOKS; ) {
      const answered = await withTimeout(this.#redis.ping(), ANSWER_MS).then(
        () => true,
        () => false,
      );
      if (!answered) return;
      looksIdle = this.#running > 0 ? 0 : looksIdle + 1;
      await delay(ASK_EVERY_MS, undefined, { signal: over }).catch(() => {});
    }
  }

  #quickJobs(redis: Redis, slots: number, onLost: (ids: string[]) => void = () => {}): QuickJobs {
    return new QuickJobs({
      swap: new JobSwap({ redis, toKey: this.#toKey, lockMs: LOCK_MS, slots }),
      work: (job, token, leaveSlot) => this.#workBesides(job, token, leaveSlot),
      goesOn: () => !(this.#paused || this.#refused || this.#closed),
      renew: (ids, tokens) => this.#worker.extendJobLocks(ids, tokens, LOCK_MS),
      onLost,
      onError: (error) => this.#report(error),
    });
  }

  async #work(job: Job, token: string): Promise<void> {
    const beganAt = performance.now();
    this.#taken += 1;
    this.#running += 1;
    try {
      const waitingSince = job.attemptsStarted > 1 ? null : job.timestamp;
      // The next job is BullMQ's to give, once this one is over.
      const id = job.id ?? '';
      const end = await this.#process({ id, data: job.data, waitingSince }, () => {});
      if (end.kind === 'put-back') {
        await this.#putBack(id, end, token);
        throw new DelayedError();
      }
      // While it waits to be told of a job there is none to go on with.
      if (!this.#worker.waits) await this.#quick?.goOn(beganAt, token);
      if (!this.#kept.keepsOneMore(Date.now())) job.opts.removeOnComplete = true;
    } finally {
      this.#running -= 1;
    }
  }

  /** In a slot whose own job is over. */
  async #workBesides(taken: SwappedJob, token: string, leaveSlot: () => void): Promise<'ended' | 'put-back'> {
    this.#taken += 1;
    const end = await this.#process(taken, leaveSlot);
    if (end.kind === 'over') return 'ended';
    try {
      await this.#putBack(taken.id, end, token);
    } catch (error) {
      // Its lock runs out, and it is given to a worker again.
      this.#report(error instanceof Error ? error : new Error(String(error)));
    }
    return 'put-back';
  }

  async #putBack(id: string, { at, isDue }: JobEnd & { kind: 'put-back' }, token: string): Promise<void> {
    const dueIn = (waitMs: number) => putBack(this.#redis, id, { toKey: this.#toKey, token, waitMs });
    await dueIn(Math.max(at - Date.now(), MIN_PUT_BACK_MS));
    // Whoever was faster has hurried it already, or it was taken; and when Redis is away it is due at its instant.
    if (await isDue?.().catch(() => false)) await dueIn(MIN_PUT_BACK_MS).catch(() => {});
  }

  #takeOrRest(): void {
    void (this.#paused || this.#refused ? this.#worker.pause(true) : this.#worker.resume());
  }

  #report(error: Error): void {
    if (TAKEN_AWAY.test(error.message)) return;
    this.#onError(error);
    if (error.name !== 'ReplyError' || this.#refused || this.#closed) return;
    this.#refused = setTimeout(() => {
      this.#refused = undefined;
      this.#takeOrRest();
    }, REFUSED_MS);
    this.#takeOrRest();
  }
}
