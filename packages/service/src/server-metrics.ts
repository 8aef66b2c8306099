import type { MetricApp } from '@gantry/contracts/metric-catalogue';
import type { Metrics } from './metrics.ts';

interface Connections {
  busy: number;
  idle: number;
  awaited: number;
  limit: number;
}

/** Tells how long Redis takes to answer. */
export function tellRedis(metrics: Metrics<MetricApp>, redis: { ping(): Promise<unknown> }): void {
  metrics.beforeScrape(async () => {
    metrics.set('gantry_redis_round_trip_seconds', [[{}, await secondsOf(() => redis.ping())]]);
  });
}

/** Tells how an app's pool of connections is used, and how long Postgres takes to answer. */
export function tellDatabase(
  metrics: Metrics<MetricApp>,
  { connections, ping }: { connections: () => Connections; ping: () => Promise<unknown> },
): void {
  metrics.beforeScrape(async () => {
    const { busy, idle, awaited, limit } = connections();
    metrics.set('gantry_database_connections', [
      [{ state: 'busy' }, busy],
      [{ state: 'idle' }, idle],
      [{ state: 'awaited' }, awaited],
    ]);
    metrics.set('gantry_database_connections_limit', [[{}, limit]]);
    metrics.set('gantry_database_round_trip_seconds', [[{}, await secondsOf(ping)]]);
  });
}

/** How long something takes, in seconds. Fails as it fails. */
async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (performance.now() - startedAt) / 1_000;
}
