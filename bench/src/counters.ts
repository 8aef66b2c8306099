import type { Redis } from 'ioredis';
import type { Client } from 'pg';

/** What work costs the servers, in numbers that do not depend on how fast the machine is. */
export const COUNTERS = {
  evalsha: 'scripts run by Redis',
  xadd: 'stream entries added in Redis',
  commands: 'other commands of Redis, those in scripts too',
  bytesToRedis: 'bytes to Redis',
  bytesFromRedis: 'bytes from Redis',
  statements: 'statements of Postgres',
  walRecords: 'changes of rows and indexes in the WAL',
  walBytes: 'bytes of WAL',
} as const;

export type Counter = keyof typeof COUNTERS;
export type Counts = Record<Counter, number>;

export const COUNTER_NAMES = Object.keys(COUNTERS) as Counter[];

/** What the servers have counted since they started. */
export async function readCounters(redis: Redis, postgres: Client): Promise<Counts> {
  const [stats, commands] = [fields(await redis.info('stats')), fields(await redis.info('commandstats'))];
  const calls = new Map([...commands].map(([name, text]) => [name, Number(/calls=(\d+)/.exec(text)?.[1] ?? 0)]));
  const evalsha = calls.get('cmdstat_evalsha') ?? 0;
  const xadd = calls.get('cmdstat_xadd') ?? 0;
  const all = [...calls.values()].reduce((sum, each) => sum + each, 0);
  const { rows } = await postgres.query<{ calls: string; records: string; bytes: string }>(
    'select sum(calls) as calls, sum(wal_records) as records, sum(wal_bytes) as bytes from pg_stat_statements',
  );
  return {
    evalsha,
    xadd,
    commands: all - evalsha - xadd,
    bytesToRedis: Number(stats.get('total_net_input_bytes')),
    bytesFromRedis: Number(stats.get('total_net_output_bytes')),
    statements: Number(rows[0]?.calls),
    walRecords: Number(rows[0]?.records),
    walBytes: Number(rows[0]?.bytes),
  };
}

/** @returns of(counter) for each of them */
export function eachCounter(of: (counter: Counter) => number): Counts {
  return Object.fromEntries(COUNTER_NAMES.map((counter) => [counter, of(counter)])) as Counts;
}

/** An answer of INFO: `name:value` in lines. */
function fields(info: string): Map<string, string> {
  return new Map(
    info.split('\r\n').flatMap((line): [string, string][] => {
      const colon = line.indexOf(':');
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)]];
    }),
  );
}
