import { runtimeQueueName } from './queue-names.ts';
import { loadScript } from './script.ts';
import type { Shard, Shards } from './shards.ts';
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
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** Fails within 1.5 s when Redis is away. @returns in the order asked for */
  read(runtimes: readonly string[]): Promise<RuntimeLoad[]> {
    return withTimeout(Promise.all(runtimes.map((runtime) => this.#readOne(runtime))), ANSWER_MS);
  }

  async #readOne(runtime: string): Promise<RuntimeLoad> {
    const loads = await Promise.all(this.#shards.all.map((shard) => loadIn(shard, runtime)));
    const sum = (count: (load: RuntimeLoad) => number) => loads.reduce((total, load) => total + count(load), 0);
    const oldest = Math.min(...loads.map(({ oldestAt }) => oldestAt ?? Number.POSITIVE_INFINITY));
    return {
      runtime,
      waiting: sum(({ waiting }) => waiting),
      delayed: sum(({ delayed }) => delayed),
      active: sum(({ active }) => active),
      // Each takes from all of them.
      workers: Math.max(...loads.map(({ workers }) => workers)),
      oldestAt: Number.isFinite(oldest) ? oldest : null,
    };
  }
}

async function loadIn({ redis, queues }: Shard, runtime: string): Promise<RuntimeLoad> {
  const queue = queues.get(runtimeQueueName(runtime));
  const [counts, workers, oldest] = await Promise.all([
    queue.getJobCounts('wait', 'prioritized', 'delayed', 'active'),
    queue.getWorkersCount(),
    oldestWaiting(redis, [queue.toKey('prioritized'), queue.toKey('wait')], [queue.toKey('')]),
  ]);
  const { wait = 0, prioritized = 0, delayed = 0, active = 0 } = counts;
  return { runtime, waiting: wait + prioritized, delayed, active, workers, oldestAt: Number(oldest) || null };
}
