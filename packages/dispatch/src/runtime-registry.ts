import { MAX_PRIORITY, toQueuePriority } from '@gantry/domain/priority';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import type { Shards } from './shards.ts';
import { withTimeout } from './with-timeout.ts';

/** Workers announce themselves every five seconds; one that pauses or is replaced leaves its runtime served for this long. */
const ALIVE_MS = 15_000;

const ANSWER_MS = 1_500;

/** The module runtimes that executions have been planned for, and which of them workers serve. */
export class RuntimeRegistry {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** @returns names such as `gantry/default`, sorted */
  async list(): Promise<string[]> {
    const lists = await Promise.all(this.#shards.all.map(({ redis, keys }) => redis.smembers(keys.runtimes)));
    return [...new Set(lists.flat())].sort();
  }

  /** Says that a worker serves these runtimes at this moment. */
  async announce(runtimes: readonly string[]): Promise<void> {
    const { redis, keys } = this.#shards.first;
    await Promise.all(runtimes.map((runtime) => redis.set(keys.runtimeAlive(runtime), '1', 'PX', ALIVE_MS)));
  }

  /**
   * The runtimes that no worker serves, each with the number of its slices in Redis. Fails within 1.5 s when Redis is away.
   */
  unserved(): Promise<{ runtime: string; waiting: number }[]> {
    return withTimeout(this.#findUnserved(), ANSWER_MS);
  }

  /**
   * How many executions and slices wait in Redis for a planner or for workers, from a priority on, and below it.
   * @param unserved runtimes that do not count
   */
  waiting(priority: number, unserved: readonly string[]): Promise<{ waiting: number; lessUrgent: number }> {
    return withTimeout(this.#countWaiting(priority, unserved), ANSWER_MS);
  }

  async #countWaiting(priority: number, unserved: readonly string[]): Promise<{ waiting: number; lessUrgent: number }> {
    const runtimes = (await this.list()).filter((runtime) => !unserved.includes(runtime));
    const names = [EXECUTIONS_QUEUE, ...runtimes.map(runtimeQueueName)];
    // The score of a job in BullMQ is its priority, the most urgent being 1, and below that a counter of 32 bits.
    const from = toQueuePriority(MAX_PRIORITY) * 2 ** 32;
    const end = (toQueuePriority(priority) + 1) * 2 ** 32;
    const jobs = this.#shards.all.flatMap(({ redis, queues }) =>
      names.map((name) => ({ redis, key: queues.get(name).toKey('prioritized') })),
    );
    const [all, urgent] = await Promise.all([
      Promise.all(jobs.map(({ redis, key }) => redis.zcard(key))),
      Promise.all(jobs.map(({ redis, key }) => redis.zcount(key, from, `(${end}`))),
    ]);
    const waiting = sumOf(urgent);
    return { waiting, lessUrgent: sumOf(all) - waiting };
  }

  async #findUnserved(): Promise<{ runtime: string; waiting: number }[]> {
    const runtimes = await this.list();
    if (runtimes.length === 0) return [];
    const { redis, keys } = this.#shards.first;
    const alive = await redis.mget(runtimes.map(keys.runtimeAlive));
    return Promise.all(
      runtimes
        .filter((_, index) => alive[index] === null)
        .map(async (runtime) => ({
          runtime,
          waiting: await this.#countAll(runtimeQueueName(runtime)),
        })),
    );
  }

  async #countAll(queue: string): Promise<number> {
    const counting = this.#shards.all.map(({ queues }) =>
      queues.get(queue).getJobCountByTypes('prioritized', 'wait', 'delayed', 'active'),
    );
    return sumOf(await Promise.all(counting));
  }
}

function sumOf(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
