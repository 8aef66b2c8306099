import { shardOf } from '@gantry/domain/shard';
import type { Redis } from 'ioredis';
import { type Keys, keysOf } from './keys.ts';
import { Queues } from './queues.ts';

/** A part of what is in Redis, by itself: some of the executions with all that belongs to them. */
export interface Shard<Connection extends Redis = Redis> {
  redis: Connection;
  keys: Keys;
  queues: Queues;
}

/** Settings of apps: where the shards are, what all keys begin with, and how many there are. */
export interface ShardSettings {
  REDIS_URL: string;
  REDIS_PREFIX: string;
  REDIS_SHARDS: number;
}

/** All of what is in Redis: each execution is in one of the shards, the first one has besides what is of none. */
export class Shards<Connection extends Redis = Redis> {
  readonly all: readonly Shard<Connection>[];
  readonly first: Shard<Connection>;

  /** @param connections one for each shard */
  constructor(connections: readonly [Connection, ...Connection[]], prefix: string) {
    const [first, ...others] = connections;
    const open = (redis: Connection, index: number): Shard<Connection> => {
      const keys = keysOf(prefix, index, connections.length);
      return { redis, keys, queues: new Queues(redis, keys.prefix) };
    };
    this.first = open(first, 0);
    this.all = [this.first, ...others.map((redis, index) => open(redis, index + 1))];
  }

  get count(): number {
    return this.all.length;
  }

  of(executionId: string): Shard<Connection> {
    return this.all[shardOf(executionId, this.all.length)] ?? this.first;
  }

  /** Those of each shard that has some, in order. */
  group<Thing>(things: readonly Thing[], executionIdOf: (thing: Thing) => string): [Shard<Connection>, Thing[]][] {
    return [...Map.groupBy(things, (thing) => this.of(executionIdOf(thing)))];
  }

  /** Rejects if one of them does not answer, or takes nothing as it is a replica. */
  async ping(): Promise<void> {
    await Promise.all(this.all.map(({ redis }) => askMaster(redis)));
  }

  /** How many answer and take something. Rejects if none does. */
  async answering(): Promise<number> {
    const asked = this.all.map(({ redis }) => askMaster(redis));
    const answers = await Promise.allSettled(asked);
    await Promise.any(asked);
    return answers.filter(({ status }) => status === 'fulfilled').length;
  }

  /** Their queues; the connections stay. */
  async closeQueues(): Promise<void> {
    await Promise.all(this.all.map(({ queues }) => queues.close()));
  }

  async close(): Promise<void> {
    await this.closeQueues();
    for (const { redis } of this.all) redis.disconnect();
  }
}

/** A replica, as a master is after a failover, answers PING as well. */
async function askMaster(redis: Redis): Promise<void> {
  if (/^role:slave/m.test(await redis.info('replication')))
    throw new Error('This Redis is a replica: it takes nothing');
}

/** @param connect makes a connection to the shard whose keys begin with `prefix` */
export function openShards<Connection extends Redis>(
  { REDIS_URL: url, REDIS_PREFIX: prefix, REDIS_SHARDS: count }: ShardSettings,
  connect: (url: string, onError: (error: Error) => void, prefix: string) => Connection,
  onError: (error: Error) => void,
): Shards<Connection> {
  const open = (shard: number) => connect(url, onError, keysOf(prefix, shard, count).prefix);
  const others = Array.from({ length: count - 1 }, (_, index) => open(index + 1));
  return new Shards([open(0), ...others], prefix);
}
