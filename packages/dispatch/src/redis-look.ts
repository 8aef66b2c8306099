import type { RedisFindings } from '@gantry/domain/diagnosis';
import type { Redis } from 'ioredis';
import { Journal } from './journal.ts';
import type { Keys } from './keys.ts';
import type { Queues } from './queues.ts';
import { RuntimeRegistry } from './runtime-registry.ts';

/** Looks at Redis for the doctor. Needs no more than INFO, which managed services allow too: CONFIG they do not. */
export class RedisLook {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #queues: Queues;

  constructor(redis: Redis, keys: Keys, queues: Queues) {
    this.#redis = redis;
    this.#keys = keys;
    this.#queues = queues;
  }

  /** Rejects when Redis is away. */
  async find(): Promise<RedisFindings> {
    const [info, [seconds, microseconds], journalEntries, parkedFacts, unservedRuntimes] = await Promise.all([
      this.#redis.info(),
      this.#redis.time(),
      new Journal(this.#redis, this.#keys).length(),
      this.#redis.llen(this.#keys.parked),
      new RuntimeRegistry(this.#redis, this.#keys).unserved(this.#queues),
    ]);
    const says = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
    return {
      version: says('valkey_version') ?? says('redis_version') ?? '0',
      persistence: persistenceOf(says('aof_enabled'), says('rdb_saves')),
      evictionPolicy: says('maxmemory_policy'),
      usedBytes: Number(says('used_memory') ?? 0),
      maxBytes: Number(says('maxmemory') ?? 0),
      aheadMs: Number(seconds) * 1_000 + Number(microseconds) / 1_000 - Date.now(),
      journalEntries,
      parkedFacts,
      unservedRuntimes,
    };
  }
}

/** When it saves snapshots it does not say, only how many it has saved since it started. */
function persistenceOf(aof: string | null, snapshots: string | null): RedisFindings['persistence'] {
  if (aof === null) return null;
  if (aof === '1') return 'aof';
  return snapshots === null ? null : snapshots === '0' ? 'none' : 'rdb';
}
