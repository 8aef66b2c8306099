import type { Shards } from '@gantry/dispatch/shards';
import { Degraded } from '@gantry/service/health';

/** The api goes on while some shards are away: what it is told is in the record, and told to Redis later. */
export async function checkRedis(shards: Pick<Shards, 'count' | 'answering'>): Promise<void> {
  const away = shards.count - (await shards.answering());
  if (away === 0) return;
  throw new Degraded(`${away} of ${shards.count} shards of Redis away: their executions wait; events are accepted`);
}
