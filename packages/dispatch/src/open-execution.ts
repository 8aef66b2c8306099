import type { FactOf } from '@gantry/domain/fact';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

const script = loadScript('open-execution', { whenFull: true });

/**
 * `opened`: it may run now. `exists`: this planning was opened before, its first job may still be missing.
 * `closed`: cancelled or done. `stale`: a newer planning came first.
 * `deposed`: a newer leader's planner is at work, the job is its own.
 */
export type Opening = 'opened' | 'exists' | 'closed' | 'stale' | 'deposed';

/** Gives the permission to run an execution and reports it as planned; see lua/open-execution.lua. */
export async function openExecution(
  redis: Redis,
  keys: Keys,
  planned: FactOf<'planned'>,
  term: number,
): Promise<Opening> {
  return (await script(
    redis,
    [keys.execution(planned.executionId), keys.journal, keys.runtimes, keys.term],
    [planned.epoch, JSON.stringify(planned), term, ...planned.slices.map((slice) => slice.runtime)],
  )) as Opening;
}
