import { toQueuePriority } from '@gantry/domain/priority';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import type { Queues } from './queues.ts';
import { withTimeout } from './with-timeout.ts';

/** Workers announce themselves every five seconds; one that pauses or is replaced leaves its runtime served for this long. */
const ALIVE_MS = 15_000;

const ANSWER_MS = 1_500;

/** The module runtimes that executions have been planned for, and which of them workers serve. */
export class RuntimeRegistry {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @returns names such as `gantry/default`, sorted */
  async list(): Promise<string[]> {
    return (await this.#redis.smembers(this.#keys.runtimes)).sort();
  }

  /** Says that a worker serves these runtimes at this moment. */
  async announce(runtimes: readonly string[]): Promise<void> {
    await Promise.all(
      runtimes.map((runtime) => this.#redis.set(this.#keys.runtimeAlive(runtime), '1', 'PX', ALIVE_MS)),
    );
  }

  /**
   * The runtimes that no worker serves, each with the number of its slices in Redis. Fails within 1.5 s when Redis is away.
   */
  unserved(queues: Queues): Promise<{ runtime: string; waiting: number }[]> {
    return withTimeout(this.#findUnserved(queues), ANSWER_MS);
  }

  /**
   * How many executions and slices wait in Redis for a planner or for workers, from a priority on.
   * @param unserved runtimes that do not count
   */
  waiting(queues: Queues, priority: number, unserved: readonly string[]): Promise<number> {
    return withTimeout(this.#countWaiting(queues, priority, unserved), ANSWER_MS);
  }

  async #countWaiting(queues: Queues, priority: number, unserved: readonly string[]): Promise<number> {
    const runtimes = (await this.list()).filter((runtime) => !unserved.includes(runtime));
    const keys = [EXECUTIONS_QUEUE, ...runtimes.map(runtimeQueueName)].map((name) =>
      queues.get(name).toKey('prioritized'),
    );
    // The score of a job in BullMQ is its priority, the most urgent being 1, and below that a counter of 32 bits.
    const end = (toQueuePriority(priority) + 1) * 2 ** 32;
    const counts = await Promise.all(keys.map((key) => this.#redis.zcount(key, '-inf', `(${end}`)));
    return counts.reduce((sum, count) => sum + count, 0);
  }

  async #findUnserved(queues: Queues): Promise<{ runtime: string; waiting: number }[]> {
    const runtimes = await this.list();
    if (runtimes.length === 0) return [];
    const alive = await this.#redis.mget(runtimes.map(this.#keys.runtimeAlive));
    return Promise.all(
      runtimes
        .filter((_, index) => alive[index] === null)
        .map(async (runtime) => ({
          runtime,
          waiting: await queues
            .get(runtimeQueueName(runtime))
            .getJobCountByTypes('prioritized', 'wait', 'delayed', 'active'),
        })),
    );
  }
}
