import type { RedisFindings } from '@gantry/domain/diagnosis';
import type { Redis } from 'ioredis';
import { Journals } from './journals.ts';
import { RuntimeRegistry } from './runtime-registry.ts';
import type { Shards } from './shards.ts';

type ServerFindings = Omit<RedisFindings, 'journalEntries' | 'parkedFacts' | 'unservedRuntimes'>;

/** From the worst on. */
const PERSISTENCES: readonly RedisFindings['persistence'][] = ['none', 'rdb', null, 'aof'];
const GOOD_POLICY = 'noeviction';

/** Looks at Redis for the doctor. Needs no more than INFO, which managed services allow too: CONFIG they do not. */
export class RedisLook {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** Of several servers that have shards it tells the worst. Rejects when Redis is away. */
  async find(): Promise<RedisFindings> {
    const { all } = this.#shards;
    const [servers, journalEntries, parked, unservedRuntimes] = await Promise.all([
      Promise.all(all.map(({ redis }) => lookAtServer(redis))),
      new Journals(this.#shards).length(),
      Promise.all(all.map(({ redis, keys }) => redis.llen(keys.parked))),
      new RuntimeRegistry(this.#shards).unserved(),
    ]);
    const parkedFacts = parked.reduce((sum, facts) => sum + facts, 0);
    return { ...servers.reduce(worse), journalEntries, parkedFacts, unservedRuntimes };
  }
}

async function lookAtServer(redis: Redis): Promise<ServerFindings> {
  const [info, [seconds, microseconds]] = await Promise.all([redis.info(), redis.time()]);
  const says = (name: string) => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? null;
  return {
    version: says('valkey_version') ?? says('redis_version') ?? '0',
    persistence: persistenceOf(says('aof_enabled'), says('rdb_saves')),
    evictionPolicy: says('maxmemory_policy'),
    usedBytes: Number(says('used_memory') ?? 0),
    maxBytes: Number(says('maxmemory') ?? 0),
    aheadMs: Number(seconds) * 1_000 + Number(microseconds) / 1_000 - Date.now(),
  };
}

/** What is worse of each, of servers of one version. */
function worse(one: ServerFindings, other: ServerFindings): ServerFindings {
  const fuller = fullness(other) > fullness(one) ? other : one;
  const lessKept = PERSISTENCES.indexOf(other.persistence) < PERSISTENCES.indexOf(one.persistence) ? other : one;
  return {
    version: one.version,
    persistence: lessKept.persistence,
    evictionPolicy: one.evictionPolicy === GOOD_POLICY ? other.evictionPolicy : one.evictionPolicy,
    usedBytes: fuller.usedBytes,
    maxBytes: fuller.maxBytes,
    aheadMs: Math.abs(other.aheadMs) > Math.abs(one.aheadMs) ? other.aheadMs : one.aheadMs,
  };
}

function fullness({ usedBytes, maxBytes }: ServerFindings): number {
  return maxBytes > 0 ? usedBytes / maxBytes : 0;
}

/** When it saves snapshots it does not say, only how many it has saved since it started. */
function persistenceOf(aof: string | null, snapshots: string | null): RedisFindings['persistence'] {
  if (aof === null) return null;
  if (aof === '1') return 'aof';
  return snapshots === null ? null : snapshots === '0' ? 'none' : 'rdb';
}
