import type { Redis } from 'ioredis';
import { runtimeQueueName } from './queue-names.ts';
import type { Queues } from './queues.ts';
import { loadScript } from './script.ts';
import { withTimeout } from './with-timeout.ts';

const oldestWaiting = loadScript('oldest-waiting', { whenFull: false });

const ANSWER_MS = 1_500;

/** How much a module runtime has to do, and who does it. Slices of all organizations that share it count. */
export interface RuntimeLoad {
  runtime: string;
  /** Slices that wait for a worker. */
  waiting: number;
  /** Slices that wait for the time of their next attempt. */
  delayed: number;
  /** Slices that workers run. */
  active: number;
  workers: number;
  /** When the slice was enqueued that waits longest, ms since 1970; null when none waits. */
  oldestAt: number | null;
}

/** Looks at the queues of module runtimes. */
export class RuntimeLoads {
  readonly #redis: Redis;
  readonly #queues: Queues;

  constructor(redis: Redis, queues: Queues) {
    this.#redis = redis;
    this.#queues = queues;
  }

  /** Fails within 1.5 s when Redis is away. @returns in the order asked for */
  read(runtimes: readonly string[]): Promise<RuntimeLoad[]> {
    return withTimeout(Promise.all(runtimes.map((runtime) => this.#readOne(runtime))), ANSWER_MS);
  }

  async #readOne(runtime: string): Promise<RuntimeLoad> {
    const queue = this.#queues.get(runtimeQueueName(runtime));
    const [counts, workers, oldest] = await Promise.all([
      queue.getJobCounts('wait', 'prioritized', 'delayed', 'active'),
      queue.getWorkersCount(),
      oldestWaiting(this.#redis, [queue.toKey('prioritized'), queue.toKey('wait')], [queue.toKey('')]),
    ]);
    const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
    return { runtime, waiting: wait + prioritized, delayed, active, workers, oldestAt: Number(oldest) || null };
  }
}
