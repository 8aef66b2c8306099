import { ChangePublisher } from '@gantry/dispatch/change-publisher';
import { CHANGES_KEPT, ChangeStream } from '@gantry/dispatch/change-stream';
import type { ProducerRedis, ReaderRedis } from '@gantry/dispatch/connect';
import type { Keys } from '@gantry/dispatch/keys';
import type { Logger } from '@gantry/service/logger';
import { ChangeReader } from './change-reader.ts';
import { Watchers, type WatchLimits } from './watchers.ts';

interface WatchingDeps {
  /** Over which executions are enqueued too: their changes are published before they can go on. */
  redis: ProducerRedis;
  /** Its own connection: reading blocks it. */
  readerRedis: ReaderRedis;
  keys: Keys;
  logger: Logger;
  limits?: Partial<WatchLimits> | undefined;
}

const LIMITS: WatchLimits = {
  perKey: 100,
  total: 1_000,
  window: CHANGES_KEPT,
  heartbeatMs: 15_000,
  lingerMs: 5_000,
};

/**
 * Wires how this api publishes what it changes, and shows to those who watch what anybody changed. The reader is started
 * before the api listens, the watchers are stopped before it stops listening.
 */
export function wireWatching({ redis, readerRedis, keys, logger, limits }: WatchingDeps) {
  const publisher = new ChangePublisher(new ChangeStream(redis, keys), (error) =>
    logger.warn({ err: error }, 'Redis did not take changes: those who watch will be told'),
  );
  const watchers = new Watchers({ ...LIMITS, ...limits });
  const stream = new ChangeStream(readerRedis, keys);
  return { publisher, watchers, reader: new ChangeReader({ redis: readerRedis, stream, watchers, logger }) };
}
