import { readyWithin } from './connect.ts';
import type { Shards } from './shards.ts';
import { withTimeout } from './with-timeout.ts';

const ANSWER_MS = 1_500;

/** What Redis holds is spread over another number of shards than this app is told of. */
export class ShardCountError extends Error {
  constructor(own: number, noted: number) {
    super(
      `REDIS_SHARDS is ${own} here, but what Redis holds is in ${noted === 1 ? 'one shard' : `${noted} shards`}: ` +
        'set it to that, or change it as docs/redis.md says',
    );
    this.name = 'ShardCountError';
  }
}

/** What a leader notes of itself in each shard: how far the record had come, and how many shards there are. */
export interface Noted {
  lineage: string;
  beat: number;
  shards: number;
}

export function writeNoted({ lineage, beat, shards }: Noted): string {
  return `${lineage} ${beat} ${shards}`;
}

/** Undefined where nothing was noted. Before there were shards their number was not. */
export function readNoted(text: string | null | undefined): Noted | undefined {
  const [lineage, beat, shards = '1'] = text?.split(' ') ?? [];
  return lineage && beat ? { lineage, beat: Number(beat), shards: Number(shards) } : undefined;
}

/**
 * Whether all apps mean the same by a shard: one that took another number would look for executions where they are not.
 * Rejects when Redis is away. A Redis that is new, or was emptied, takes any number.
 * @throws ShardCountError
 */
export async function checkShardCount({ first, count }: Shards): Promise<void> {
  const noted = readNoted(await first.redis.get(first.keys.history));
  if (noted !== undefined && noted.shards !== count) throw new ShardCountError(count, noted.shards);
}

/**
 * Resolves once all of them can be used, or after `patienceMs`: an app starts without Redis too.
 * @throws ShardCountError
 */
export async function shardsWithin(shards: Shards, patienceMs: number): Promise<void> {
  await Promise.all(shards.all.map(({ redis }) => readyWithin(redis, patienceMs)));
  await withTimeout(checkShardCount(shards), ANSWER_MS).catch((error) => {
    if (error instanceof ShardCountError) throw error;
  });
}
