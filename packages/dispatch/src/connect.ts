import { parseClusterUrl, parseSentinelUrl } from '@gantry/contracts/redis-url';
import type { Redis, RedisOptions } from 'ioredis';
import { BatchingRedis } from './batching-redis.ts';
import { clusterConnector } from './cluster-connector.ts';
import { hashTagOf, slotOf } from './hash-slot.ts';
import { DEFAULT_PREFIX } from './keys.ts';
import { runWhenFull } from './script.ts';
import { withoutEvents } from './without-events.ts';

/** A Redis that has said nothing for so long while it was asked is given up, and connected to anew. */
const SILENT_MS = 4_000;

/** BullMQ waits up to 10 s for a job. It notices by itself, too, that no answer comes, in most cases earlier. */
const SILENT_BLOCKED_MS = 12_000;

/** How long a reader may wait for an entry. */
export const LONGEST_READ_MS = 5_000;

/** The kernel finds out by itself that the machine of an idle connection is gone. */
const KEEP_ALIVE_MS = 5_000;

type OnError = (error: Error) => void;

declare const use: unique symbol;

/** A connection that says what it is for: none can be taken for another by mistake. */
type RedisFor<Use extends string> = Redis & { readonly [use]: Use };

export type ProducerRedis = RedisFor<'commands that fail fast'>;
export type SweeperRedis = RedisFor<'what is done again and again'>;
export type WorkerRedis = RedisFor<'waiting for jobs'>;
export type ReaderRedis = RedisFor<'blocking reads'>;
export type SubscriberRedis = RedisFor<'a subscription'>;

/** No longer the master, or cut off from its replicas or the Cluster: Sentinel, or other nodes, know which one is. */
const NOT_MASTER = /^(READONLY|NOREPLICAS|MOVED|CLUSTERDOWN)/;
const LOOK_EVERY_MS = 1_000;

/**
 * For whoever must answer soon (the api): a command fails within 1.5 s when Redis is away instead of waiting.
 * A command that timed out may still have happened, so whatever goes through here is safe to send twice.
 */
export function connectProducer(url: string, onError: OnError, prefix?: string): ProducerRedis {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1_500 };
  return connect(url, { ...options, socketTimeout: SILENT_MS }, onError, prefix);
}

/**
 * For what is done again and again (sweeps, the journal's reader): fails at once when Redis is away, and within 4 s when
 * it goes away or falls silent. What was under way is not sent again, so that whoever asked learns that the answer may
 * have been lost.
 */
export function connectSweeper(url: string, onError: OnError, prefix?: string): SweeperRedis {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  return connect(url, { ...options, socketTimeout: SILENT_MS }, onError, prefix);
}

/**
 * For whoever has nothing to do but wait (workers of queues): commands are sent again until Redis is back.
 * No commandTimeout: it would orphan a job that was fetched while the answer was late.
 */
export function connectWorker(url: string, onError: OnError, prefix?: string): WorkerRedis {
  const options = { maxRetriesPerRequest: null, socketTimeout: SILENT_MS };
  return connect(url, options, onError, prefix, JobRedis);
}

/** A sweeper that reads a stream and waits up to 5 s for its next entry. */
export function connectReader(url: string, onError: OnError, prefix?: string): ReaderRedis {
  const options = { enableOfflineQueue: false, maxRetriesPerRequest: 0 };
  return connect(url, { ...options, socketTimeout: LONGEST_READ_MS + SILENT_MS }, onError, prefix);
}

/** For a subscription. Once subscribed, a connection takes no other command, not even the one that asks whether Redis is ready. */
export function connectSubscriber(url: string, onError: OnError, prefix?: string): SubscriberRedis {
  return connect(
    url,
    { maxRetriesPerRequest: null, enableReadyCheck: false, socketTimeout: SILENT_MS },
    onError,
    prefix,
  );
}

/** Resolves once the connection can be used, or after `patienceMs`: an app starts without Redis too. */
export async function readyWithin(redis: Redis, patienceMs: number): Promise<void> {
  if (redis.status === 'ready') return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, patienceMs);
  redis.once('ready', resolve);
  await promise;
  clearTimeout(timer);
  redis.off('ready', resolve);
}

/** BullMQ's scripts become commands of the connection. On this one they keep no events, which nobody reads. */
class QueueRedis extends BatchingRedis {
  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number; readOnly?: boolean }): void {
    super.defineCommand(name, { ...definition, lua: withoutEvents(definition.lua) });
  }
}

/** BullMQ duplicates it for a connection of its own that waits for jobs. What moves jobs on is run by a Redis that is full, too. */
class JobRedis extends QueueRedis {
  override defineCommand(name: string, definition: { lua: string; numberOfKeys?: number; readOnly?: boolean }): void {
    super.defineCommand(name, { ...definition, lua: runWhenFull(definition.lua) });
  }

  override duplicate(override?: Partial<RedisOptions>): Redis {
    const redis = super.duplicate(override);
    // Only an answer that may take long is waited for that long: connecting must not.
    const socketTimeout = () => (redis.status === 'ready' ? SILENT_BLOCKED_MS : SILENT_MS);
    Object.defineProperty(redis.options, 'socketTimeout', { get: socketTimeout });
    return redis;
  }
}

function connect<Use extends string>(
  url: string,
  options: RedisOptions,
  onError: OnError,
  prefix = DEFAULT_PREFIX,
  Connection: typeof QueueRedis = QueueRedis,
): RedisFor<Use> {
  const settings: RedisOptions = {
    ...options,
    connectTimeout: SILENT_MS,
    keepAlive: KEEP_ALIVE_MS,
    retryStrategy: pauseMs,
    reconnectOnError: leaveReplaced(),
  };
  const found = sentinelOptions(url) ?? clusterOptions(url, prefix);
  const redis = found ? new Connection({ ...found, ...settings }) : new Connection(url, settings);
  redis.on('error', onError);
  return redis as Redis as RedisFor<Use>;
}

/** @param prefix what the keys of the shard begin with */
function clusterOptions(url: string, prefix: string): RedisOptions | undefined {
  const cluster = parseClusterUrl(url);
  if (cluster === undefined) return undefined;
  const tag = hashTagOf(prefix);
  if (tag === undefined) throw new RangeError('REDIS_PREFIX: a Redis Cluster needs a hash tag, such as {gantry}');
  const { username, password } = cluster;
  return {
    Connector: clusterConnector(cluster, slotOf(tag)),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  };
}

function sentinelOptions(url: string): RedisOptions | undefined {
  const parsed = parseSentinelUrl(url);
  if (parsed === undefined) return undefined;
  const { sentinels, master, username, password, db, tls, sentinelUsername, sentinelPassword } = parsed;
  return {
    sentinels,
    name: master,
    db,
    sentinelRetryStrategy: pauseMs,
    sentinelCommandTimeout: SILENT_MS,
    ...(tls && { tls: {}, sentinelTLS: {}, enableTLSForSentinelMode: true }),
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(sentinelUsername !== undefined && { sentinelUsername }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
  };
}

/** What to do on an error: look for the master and send the command again (2), but not without end if there is none. */
function leaveReplaced(): (error: Error) => 2 | false {
  let leftAtMs = Number.NEGATIVE_INFINITY;
  return ({ message }) => {
    if (!NOT_MASTER.test(message) || performance.now() - leftAtMs < LOOK_EVERY_MS) return false;
    leftAtMs = performance.now();
    return 2;
  };
}

/** Reconnect at once, then every 50 ms more up to a second: a restart of Redis costs well under 2 s. */
function pauseMs(times: number): number {
  return Math.min(times * 50, 1_000);
}
