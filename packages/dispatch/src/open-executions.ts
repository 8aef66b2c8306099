import type { SliceJob } from '@gantry/contracts/execution-job';
import type { FactOf } from '@gantry/domain/fact';
import { jobArguments, queueKeys } from './queues.ts';
import { loadScript } from './script.ts';
import { inScripts } from './script-sizes.ts';
import type { Shard, Shards } from './shards.ts';
import { queuedSlice } from './slice-queue.ts';

const script = loadScript('open-executions', { whenFull: true });

/**
 * `opened`: it may run now. `exists`: this planning was opened before. `closed`: cancelled or done. `stale`: a newer planning
 * came first.
 */
export type Opening = 'opened' | 'exists' | 'closed' | 'stale';

export interface Opened {
  planned: FactOf<'planned'>;
  /** Its first slice. */
  first: SliceJob;
}

/**
 * Gives the permissions to run executions, reports them as planned and enqueues their first slices in the order given, a
 * script for some two hundred at a time; see lua/open-executions.lua.
 * @returns one opening each, in order; `deposed`: a newer leader's planner is at work, which plans them again
 */
export async function openExecutions(
  shards: Shards,
  plans: readonly Opened[],
  term: number,
): Promise<Opening[] | 'deposed'> {
  const opening = shards
    .group([...plans.entries()], ([, { planned }]) => planned.executionId)
    .map(async ([shard, some]) => {
      const openings = await openInShard(
        shard,
        some.map(([, plan]) => plan),
        term,
      );
      return openings === 'deposed' ? openings : some.map(([index], at) => [index, openings[at]] as const);
    });
  const openings: Opening[] = [];
  for (const opened of await Promise.all(opening)) {
    if (opened === 'deposed') return opened;
    for (const [index, one] of opened) if (one) openings[index] = one;
  }
  return openings;
}

async function openInShard(
  { redis, keys, queues }: Shard,
  plans: readonly Opened[],
  term: number,
): Promise<Opening[] | 'deposed'> {
  const openings: Opening[] = [];
  const sized = plans.map(({ planned, first }) => {
    const { queue, job } = queuedSlice(first);
    return { planned, queue, args: jobArguments(job) };
  });
  for (const some of inScripts(sized, ({ args: [, , , data] }) => data.length)) {
    const names = [...new Set(some.map(({ queue }) => queue))];
    const queuesHere = names.map((name) => queueKeys(queues.get(name)));
    const reply = await script(
      redis,
      [
        ...[keys.journal, keys.runtimes, keys.term],
        ...queuesHere.flatMap(({ all }) => all),
        ...some.map(({ planned }) => keys.execution(planned.executionId)),
      ],
      [
        ...[term, Date.now(), names.length, ...queuesHere.map(({ jobs }) => jobs)],
        ...some.flatMap(({ planned, queue, args }) => [...openingOf(planned), names.indexOf(queue) + 1, ...args]),
      ],
    );
    if (reply === 'deposed') return reply;
    openings.push(...(reply as Opening[]));
  }
  return openings;
}

function openingOf(planned: FactOf<'planned'>): (string | number)[] {
  const { epoch, slices } = planned;
  const runtimes = slices.map((slice) => slice.runtime);
  return [epoch, JSON.stringify(planned), slices[0]?.firstStep ?? 0, runtimes.length, ...runtimes];
}
