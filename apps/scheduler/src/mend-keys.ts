import type { Shard } from '@gantry/dispatch/shards';
import { removeWrongKeys } from '@gantry/dispatch/wrong-keys';
import type { Logger } from '@gantry/service/logger';

/** Clears what stands in the place of keys that everything in a shard goes through, and says so. */
export async function mendKeys(shard: Shard, logger: Logger): Promise<void> {
  const removed = await removeWrongKeys(shard);
  if (removed.length > 0) logger.error({ removed }, 'keys in Redis were of the wrong type: removed');
}
