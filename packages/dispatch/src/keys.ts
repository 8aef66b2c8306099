import { hashTagOf, shareOf, slotOf } from './hash-slot.ts';

/**
 * The names of all of Gantry's own keys. One hash tag in the prefix keeps those of a shard in one slot of a Redis Cluster,
 * which scripts over several keys need. BullMQ's keys share the prefix.
 */
export const DEFAULT_PREFIX = '{gantry}';

/** Of one shard. What is of the whole system, and not of executions, is in the first one alone. */
export interface Keys {
  shard: number;
  prefix: string;
  /** The permission to run an execution: a hash (see lua/open-executions.lua). */
  execution: (executionId: string) => string;
  /** The stream of facts. */
  journal: string;
  /** Facts the record refused, with the reason: a list, newest first. */
  parked: string;
  /** The module runtimes that have been planned for: a set. */
  runtimes: string;
  /** Kept alive by the workers that serve a module runtime. */
  runtimeAlive: (runtime: string) => string;
  /** The ids of workers that have reported themselves: a set. */
  workers: string;
  /** What a worker says of itself (contracts/worker-report.ts), kept alive by it. */
  worker: (workerId: string) => string;
  /** What workers take no slices of (paused-work.ts); absent when nothing is paused. */
  paused: string;
  /** There while a worker is asked to end. */
  drain: (workerId: string) => string;
  /** The term of the newest leader: a planner of an older term may not open executions. */
  term: string;
  /** How far the record had come when its leader last looked: lineage and beat. */
  history: string;
  /** Channel on which the ids of closed executions are published to the workers. */
  closed: string;
  /** The bounded stream of changes of executions, for those who watch. */
  changes: string;
}

/**
 * @param system what all keys of the system begin with, REDIS_PREFIX
 * @param shards how many there are
 */
export function keysOf(system: string, shard = 0, shards = 1): Keys {
  const prefix = shardPrefix(system, shard, shards);
  return {
    shard,
    prefix,
    execution: (executionId) => `${prefix}:exec:${executionId}`,
    journal: `${prefix}:journal`,
    parked: `${prefix}:journal:parked`,
    runtimes: `${prefix}:runtimes`,
    runtimeAlive: (runtime) => `${prefix}:runtime:${runtime}:alive`,
    workers: `${prefix}:workers`,
    worker: (workerId) => `${prefix}:worker:${workerId}`,
    paused: `${prefix}:paused`,
    drain: (workerId) => `${prefix}:drain:${workerId}`,
    term: `${prefix}:term`,
    history: `${prefix}:history`,
    closed: `${prefix}:closed`,
    changes: `${prefix}:changes`,
  };
}

/**
 * The first shard has the prefix of the system, others a hash tag beside it. In a Cluster their slots are spread evenly:
 * masters that have as many slots have as many shards, if there are enough.
 */
function shardPrefix(system: string, shard: number, shards: number): string {
  if (shard === 0) return system;
  const tag = hashTagOf(system);
  if (tag === undefined) return `${system}.${shard}`;
  const wanted = (shareOf(slotOf(tag), shards) + shard) % shards;
  for (let attempt = 0; ; attempt += 1) {
    const own = `${tag}.${shard}.${attempt}`;
    if (shareOf(slotOf(own), shards) === wanted) return system.replace(`{${tag}}`, `{${own}}`);
  }
}
