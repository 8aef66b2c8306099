import { EXECUTIONS_QUEUE, runtimeQueueName } from './queue-names.ts';
import { unlessRefused } from './refusal.ts';
import type { Shard } from './shards.ts';

const TYPES_OF_QUEUE = {
  prioritized: 'zset',
  delayed: 'zset',
  completed: 'zset',
  failed: 'zset',
  marker: 'zset',
  wait: 'list',
  active: 'list',
  meta: 'hash',
  stalled: 'set',
  'stalled-check': 'string',
  pc: 'string',
  events: 'stream',
} as const;

/**
 * Deletes what is in the place of a key that everything in a shard goes through and is of another type than it, so that it can be
 * made anew: as long as it is there, every script fails.
 * @returns the names of the keys that were deleted
 */
export async function removeWrongKeys({ redis, keys, queues }: Shard): Promise<string[]> {
  const own: [string, string][] = [
    [keys.journal, 'stream'],
    [keys.changes, 'stream'],
    [keys.parked, 'list'],
    [keys.runtimes, 'set'],
    [keys.term, 'string'],
    [keys.history, 'string'],
  ];
  const runtimes = await unlessRefused(redis.smembers(keys.runtimes), () => []);
  const ofQueues = [EXECUTIONS_QUEUE, ...runtimes.map(runtimeQueueName)].flatMap((name) =>
    Object.entries(TYPES_OF_QUEUE).map(([key, type]): [string, string] => [queues.get(name).toKey(key), type]),
  );
  const expected = [...own, ...ofQueues];
  const found = await Promise.all(expected.map(([key]) => redis.type(key)));
  const wrong = expected.filter(([, type], index) => found[index] !== type && found[index] !== 'none');
  if (wrong.length > 0) await redis.del(wrong.map(([key]) => key));
  return wrong.map(([key]) => key);
}
