import type { FactOf } from '@gantry/domain/fact';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

const script = loadScript('open-executions', { whenFull: true });

/**
 * `opened`: it may run now. `exists`: this planning was opened before, its first job may still be missing.
 * `closed`: cancelled or done. `stale`: a newer planning came first.
 */
export type Opening = 'opened' | 'exists' | 'closed' | 'stale';

/**
 * Gives the permissions to run executions and reports them as planned, all at once; see lua/open-executions.lua.
 * @returns one opening each, in order; `deposed`: a newer leader's planner is at work, none was opened
 */
export async function openExecutions(
  redis: Redis,
  keys: Keys,
  plans: readonly FactOf<'planned'>[],
  term: number,
): Promise<Opening[] | 'deposed'> {
  if (plans.length === 0) return [];
  return (await script(
    redis,
    [keys.journal, keys.runtimes, keys.term, ...plans.map((planned) => keys.execution(planned.executionId))],
    [term, ...plans.flatMap(openingOf)],
  )) as Opening[] | 'deposed';
}

function openingOf(planned: FactOf<'planned'>): (string | number)[] {
  const { epoch, slices } = planned;
  const runtimes = slices.map((slice) => slice.runtime);
  return [epoch, JSON.stringify(planned), slices[0]?.firstStep ?? 0, runtimes.length, ...runtimes];
}
