import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { batchJobId, EXECUTIONS_QUEUE, executionJobId, runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';
import { unlessRefused } from './refusal.ts';

/** `waiting`: somebody will still take it. `held`: a worker that lives has it. `absent`: neither, it may be a kept one. */
export type Presence = 'absent' | 'waiting' | 'held';

const FIRST_EPOCH = 1;

/** The score of a delayed job in BullMQ is the instant it is due at, times this. */
const DELAY_SCORE = 0x1000;
const FAR_OFF_MS = 60_000;

/** Whether BullMQ holds jobs that somebody will still take, or is working on. */
export class JobPresence {
  readonly #redis: Redis;
  readonly #queues: Queues;

  constructor(redis: Redis, queues: Queues) {
    this.#redis = redis;
    this.#queues = queues;
  }

  /** @param queueBatch the job it shares with others, for its first planning */
  async executionJob(executionId: string, epoch: number, queueBatch: string | null): Promise<boolean> {
    const jobIds = [executionJobId(executionId, epoch)];
    if (queueBatch !== null && epoch === FIRST_EPOCH) jobIds.push(batchJobId(queueBatch));
    const found = await Promise.all(jobIds.map((jobId) => this.#presence(EXECUTIONS_QUEUE, jobId)));
    return found.some((presence) => presence !== 'absent');
  }

  sliceJob(runtime: string, executionId: string, epoch: number, slice: number): Promise<Presence> {
    return this.#presence(runtimeQueueName(runtime), sliceJobId(executionId, epoch, slice));
  }

  /** Removes a job that is finished and kept for Bull Board, or that nobody will take: it would keep one with its id out. */
  async removeExecutionJob(executionId: string, epoch: number): Promise<void> {
    await this.#remove(EXECUTIONS_QUEUE, executionJobId(executionId, epoch));
  }

  async removeSliceJob(runtime: string, executionId: string, epoch: number, slice: number): Promise<void> {
    await this.#remove(runtimeQueueName(runtime), sliceJobId(executionId, epoch, slice));
  }

  async #remove(queueName: string, jobId: string): Promise<void> {
    const queue = this.#queues.get(queueName);
    await unlessRefused(queue.remove(jobId), () => this.#redis.del(queue.toKey(jobId)));
  }

  /**
   * A finished job is kept for a while, with the time it finished. A worker that lives renews its lock on the job. One that
   * is neither waits only where its queue knows of it: Redis may have lost the queue and kept the job.
   */
  async #presence(queueName: string, jobId: string): Promise<Presence> {
    const queue = this.#queues.get(queueName);
    const key = queue.toKey(jobId);
    const [[added, finished], locked] = await Promise.all([
      unlessRefused(this.#redis.hmget(key, 'timestamp', 'finishedOn'), () => []),
      this.#redis.exists(`${key}:lock`),
    ]);
    if (added == null || finished != null) return 'absent';
    if (locked === 1) return 'held';
    return (await this.#isQueued(queue, jobId)) ? 'waiting' : 'absent';
  }

  /** Executions are put back for a moment: one that is due much later was put back by a clock that was wrong. */
  async #isFarOff(queue: Queue, score: number): Promise<boolean> {
    if (queue.name !== EXECUTIONS_QUEUE) return false;
    const [seconds] = await this.#redis.time();
    return score / DELAY_SCORE - Number(seconds) * 1_000 > FAR_OFF_MS;
  }

  async #isQueued(queue: Queue, jobId: string): Promise<boolean> {
    const scoreIn = (place: string) => unlessRefused(this.#redis.zscore(queue.toKey(place), jobId), () => null);
    const isIn = (place: string) => async () => (await scoreIn(place)) !== null;
    const isDelayed = async () => {
      const score = await scoreIn('delayed');
      return score !== null && !(await this.#isFarOff(queue, Number(score)));
    };
    const isListed = (place: string) => async () =>
      (await unlessRefused(this.#redis.lpos(queue.toKey(place), jobId), () => null)) !== null;
    // Nearly all of them are in the first one.
    for (const look of [isIn('prioritized'), isListed('active'), isDelayed, isListed('wait')]) {
      if (await look()) return true;
    }
    return false;
  }
}
