import { type Job, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { KEEP_FINISHED } from './queues.ts';

export interface JobWorkerOptions {
  redis: Redis;
  keys: Keys;
  queue: string;
  /** Throws nothing but BullMQ's DelayedError: how the work went is not the job's business. */
  process: (job: Job, token: string | undefined) => Promise<void>;
  concurrency: number;
  paused?: boolean;
  onError: (error: Error) => void;
}

/** A job was taken away while it was worked on: Redis was wiped, or the lease went to another worker. Both are expected. */
const TAKEN_AWAY = /^Missing (key|lock) for job/;

/**
 * A BullMQ worker with Gantry's leases: a job whose worker was killed is taken over within 7 s. Nothing that runs on
 * this event loop may block it for longer than a lease.
 */
export function createJobWorker({
  redis,
  keys,
  queue,
  process,
  concurrency,
  paused,
  onError,
}: JobWorkerOptions): Worker {
  const worker = new Worker(queue, process, {
    connection: redis,
    prefix: keys.prefix,
    concurrency,
    lockDuration: 4_000,
    stalledInterval: 1_000,
    // BullMQ would fail a job beyond its limit without telling anyone; start-slice counts lost workers.
    maxStalledCount: 1_000_000,
    removeOnComplete: KEEP_FINISHED,
    removeOnFail: KEEP_FINISHED,
    autorun: !paused,
  });
  worker.on('error', (error) => {
    if (!TAKEN_AWAY.test(error.message)) onError(error);
  });
  return worker;
}
