import { TURN_IN } from '@gantry/domain/priority';
import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import { loadScript } from './script.ts';
import type { Shard, Shards } from './shards.ts';

const raise = loadScript('raise-passed-over', { whenFull: true });

/** Of a queue, in one look. */
const MOST_RAISED = 100;

/** Gives what more urgent jobs of its queue have been taken before for too long a turn now and then. */
export class PassedOver {
  readonly #shards: Shards;
  /** Up to where what was taken from a queue has been counted, by what the keys of its jobs begin with. */
  readonly #counted = new Map<string, number>();

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /**
   * To be called every second or so. From a queue that is looked at for the first time one job gets a turn at once.
   * @param patienceMs how long a job may wait before
   */
  async giveTurns(patienceMs: number, now = Date.now()): Promise<void> {
    await Promise.all(this.#shards.all.map((shard) => this.#giveTurnsIn(shard, patienceMs, now)));
  }

  async #giveTurnsIn({ redis, keys, queues }: Shard, patienceMs: number, now: number): Promise<void> {
    const runtimes = await redis.smembers(keys.runtimes);
    const raising = [EXECUTIONS_QUEUE, ...runtimes.map(runtimeQueueName)].map(async (name) => {
      const queue = queues.get(name);
      const jobs = queue.toKey('');
      const args = [jobs, now, now - patienceMs, TURN_IN, MOST_RAISED, this.#counted.get(jobs) ?? ''];
      const counted = await raise(redis, [queue.toKey('prioritized'), queue.toKey('pc')], args);
      this.#counted.set(jobs, Number(counted));
    });
    await Promise.all(raising);
  }
}
