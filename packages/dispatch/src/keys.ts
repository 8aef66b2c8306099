/**
 * The names of all of Gantry's own keys. One hash tag in the prefix keeps them in one slot of a Redis Cluster, which
 * scripts over several keys need. BullMQ's keys share the prefix.
 */
export const DEFAULT_PREFIX = '{gantry}';

export interface Keys {
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

export function keysOf(prefix: string): Keys {
  return {
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
