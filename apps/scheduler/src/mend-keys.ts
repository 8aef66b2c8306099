import type { SweeperRedis } from '@gantry/dispatch/connect';
import type { Keys } from '@gantry/dispatch/keys';
import type { Queues } from '@gantry/dispatch/queues';
import { removeWrongKeys } from '@gantry/dispatch/wrong-keys';
import type { Logger } from '@gantry/service/logger';

interface MendDeps {
  redis: SweeperRedis;
  keys: Keys;
  queues: Queues;
  logger: Logger;
}

/** Clears what stands in the place of keys that everything goes through, and says so. */
export async function mendKeys({ redis, keys, queues, logger }: MendDeps): Promise<void> {
  const removed = await removeWrongKeys(redis, keys, queues);
  if (removed.length > 0) logger.error({ removed }, 'keys in Redis were of the wrong type: removed');
}
