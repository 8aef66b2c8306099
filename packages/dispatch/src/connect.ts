import { Redis, type RedisOptions } from 'ioredis';

/**
 * For whoever must answer soon (the api, sweeps): a command fails within 1.5 s when Redis is away instead of waiting.
 * A command that timed out may still have happened, so whatever goes through here is safe to send twice.
 */
export function connectProducer(url: string, onError: (error: Error) => void): Redis {
  return connect(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1, commandTimeout: 1_500 }, onError);
}

/**
 * For whoever has nothing to do but wait (workers, the journal's reader): commands are sent again until Redis is back.
 * No commandTimeout: it would orphan a job that was fetched while the answer was late.
 */
export function connectWorker(url: string, onError: (error: Error) => void): Redis {
  return connect(url, { maxRetriesPerRequest: null }, onError);
}

/**
 * For reading a stream while waiting for its next entry: as for whoever waits, but a Redis that takes the command and
 * never answers is noticed.
 */
export function connectReader(url: string, onError: (error: Error) => void): Redis {
  return connect(url, { maxRetriesPerRequest: null, commandTimeout: 10_000 }, onError);
}

/** For a subscription. Once subscribed, a connection takes no other command, not even the one that asks whether Redis is ready. */
export function connectSubscriber(url: string, onError: (error: Error) => void): Redis {
  return connect(url, { maxRetriesPerRequest: null, enableReadyCheck: false }, onError);
}

function connect(url: string, options: RedisOptions, onError: (error: Error) => void): Redis {
  const redis = new Redis(url, {
    ...options,
    connectTimeout: 5_000,
    // Reconnect at once, then every 50 ms more up to a second: a restart of Redis costs well under 2 s.
    retryStrategy: (times) => Math.min(times * 50, 1_000),
  });
  redis.on('error', onError);
  return redis;
}
