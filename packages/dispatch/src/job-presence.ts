import type { Redis } from 'ioredis';
import { EXECUTIONS_QUEUE, executionJobId, runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';

/** `waiting`: somebody will still take it. `held`: a worker that lives has it. `absent`: neither, it may be a kept one. */
export type Presence = 'absent' | 'waiting' | 'held';

/** Whether BullMQ holds jobs that somebody will still take, or is working on. */
export class JobPresence {
  readonly #redis: Redis;
  readonly #queues: Queues;

  constructor(redis: Redis, queues: Queues) {
    this.#redis = redis;
    this.#queues = queues;
  }

  async executionJob(executionId: string, epoch: number): Promise<boolean> {
    return (await this.#presence(EXECUTIONS_QUEUE, executionJobId(executionId, epoch))) !== 'absent';
  }

  sliceJob(runtime: string, executionId: string, epoch: number, slice: number): Promise<Presence> {
    return this.#presence(runtimeQueueName(runtime), sliceJobId(executionId, epoch, slice));
  }

  /** Removes a finished job that is kept for Bull Board, which would keep one with the same id from being added. */
  async removeExecutionJob(executionId: string, epoch: number): Promise<void> {
    await this.#queues.get(EXECUTIONS_QUEUE).remove(executionJobId(executionId, epoch));
  }

  /** A finished job is kept for a while, with the time it finished. A worker that lives renews its lock on the job. */
  async #presence(queue: string, jobId: string): Promise<Presence> {
    const key = this.#queues.get(queue).toKey(jobId);
    const [[added, finished], locked] = await Promise.all([
      this.#redis.hmget(key, 'timestamp', 'finishedOn'),
      this.#redis.exists(`${key}:lock`),
    ]);
    if (added == null || finished != null) return 'absent';
    return locked === 1 ? 'held' : 'waiting';
  }
}
