import type { Redis } from 'ioredis';
import { EXECUTIONS_QUEUE, executionJobId, runtimeQueueName, sliceJobId } from './queue-names.ts';
import type { Queues } from './queues.ts';

/** Whether BullMQ holds jobs that somebody will still take, or is working on. */
export class JobPresence {
  readonly #redis: Redis;
  readonly #queues: Queues;

  constructor(redis: Redis, queues: Queues) {
    this.#redis = redis;
    this.#queues = queues;
  }

  executionJob(executionId: string, epoch: number): Promise<boolean> {
    return this.#lives(EXECUTIONS_QUEUE, executionJobId(executionId, epoch));
  }

  sliceJob(runtime: string, executionId: string, epoch: number, slice: number): Promise<boolean> {
    return this.#lives(runtimeQueueName(runtime), sliceJobId(executionId, epoch, slice));
  }

  /** Removes a finished job that is kept for Bull Board, which would keep one with the same id from being added. */
  async removeExecutionJob(executionId: string, epoch: number): Promise<void> {
    await this.#queues.get(EXECUTIONS_QUEUE).remove(executionJobId(executionId, epoch));
  }

  /** A finished job is kept for a while, with the time it finished. */
  async #lives(queue: string, jobId: string): Promise<boolean> {
    const [added, finished] = await this.#redis.hmget(this.#queues.get(queue).toKey(jobId), 'timestamp', 'finishedOn');
    return added != null && finished == null;
  }
}
