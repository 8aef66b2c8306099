import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { batchJobId, EXECUTIONS_QUEUE, executionJobId, runtimeQueueName, sliceJobId } from './queue-names.ts';
import { unlessRefused } from './refusal.ts';
import type { Shard, Shards } from './shards.ts';

/** `waiting`: somebody will still take it. `held`: a worker that lives has it. `absent`: neither, it may be a kept one. */
export type Presence = 'absent' | 'waiting' | 'held';

const FIRST_EPOCH = 1;

/** The score of a delayed job in BullMQ is the instant it is due at, times this. */
const DELAY_SCORE = 0x1000;
const FAR_OFF_MS = 60_000;

/** Whether BullMQ holds jobs that somebody will still take, or is working on. */
export class JobPresence {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** @param queueBatch the job it shares with others, for its first planning */
  async executionJob(executionId: string, epoch: number, queueBatch: string | null): Promise<boolean> {
    const jobIds = [executionJobId(executionId, epoch)];
    if (queueBatch !== null && epoch === FIRST_EPOCH) jobIds.push(batchJobId(queueBatch));
    const shard = this.#shards.of(executionId);
    const found = await Promise.all(jobIds.map((jobId) => presenceOf(shard, EXECUTIONS_QUEUE, jobId)));
    return found.some((presence) => presence !== 'absent');
  }

  sliceJob(runtime: string, executionId: string, epoch: number, slice: number): Promise<Presence> {
    return presenceOf(this.#shards.of(executionId), runtimeQueueName(runtime), sliceJobId(executionId, epoch, slice));
  }

  /** Removes a job that is finished and kept for Bull Board, or that nobody will take: it would keep one with its id out. */
  async removeExecutionJob(executionId: string, epoch: number): Promise<void> {
    await removeJob(this.#shards.of(executionId), EXECUTIONS_QUEUE, executionJobId(executionId, epoch));
  }

  async removeSliceJob(runtime: string, executionId: string, epoch: number, slice: number): Promise<void> {
    const jobId = sliceJobId(executionId, epoch, slice);
    await removeJob(this.#shards.of(executionId), runtimeQueueName(runtime), jobId);
  }
}

async function removeJob({ redis, queues }: Shard, queueName: string, jobId: string): Promise<void> {
  const queue = queues.get(queueName);
  await unlessRefused(queue.remove(jobId), () => redis.del(queue.toKey(jobId)));
}

/**
 * A finished job is kept for a while, with the time it finished. A worker that lives renews its lock on the job. One that
 * is neither waits only where its queue knows of it: Redis may have lost the queue and kept the job.
 */
async function presenceOf({ redis, queues }: Shard, queueName: string, jobId: string): Promise<Presence> {
  const queue = queues.get(queueName);
  const key = queue.toKey(jobId);
  const [[added, finished], locked] = await Promise.all([
    unlessRefused(redis.hmget(key, 'timestamp', 'finishedOn'), () => []),
    redis.exists(`${key}:lock`),
  ]);
  if (added == null || finished != null) return 'absent';
  if (locked === 1) return 'held';
  return (await isQueued(redis, queue, jobId)) ? 'waiting' : 'absent';
}

/** Executions are put back for a moment: one that is due much later was put back by a clock that was wrong. */
async function isFarOff(redis: Redis, queue: Queue, score: number): Promise<boolean> {
  if (queue.name !== EXECUTIONS_QUEUE) return false;
  const [seconds] = await redis.time();
  return score / DELAY_SCORE - Number(seconds) * 1_000 > FAR_OFF_MS;
}

async function isQueued(redis: Redis, queue: Queue, jobId: string): Promise<boolean> {
  const scoreIn = (place: string) => unlessRefused(redis.zscore(queue.toKey(place), jobId), () => null);
  const isIn = (place: string) => async () => (await scoreIn(place)) !== null;
  const isDelayed = async () => {
    const score = await scoreIn('delayed');
    return score !== null && !(await isFarOff(redis, queue, Number(score)));
  };
  const isListed = (place: string) => async () =>
    (await unlessRefused(redis.lpos(queue.toKey(place), jobId), () => null)) !== null;
  // Nearly all of them are in the first one.
  for (const look of [isIn('prioritized'), isListed('active'), isDelayed, isListed('wait')]) {
    if (await look()) return true;
  }
  return false;
}
