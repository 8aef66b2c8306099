import { connectionUse, type Database } from '@gantry/record/connection/database';
import { ping } from '@gantry/record/connection/ping';
import type { Metrics } from '@gantry/service/metrics';
import { secondsOf } from '@gantry/service/seconds-of';

export interface ApiMetrics {
  observeRequest(route: { method: string; path: string }, status: number, durationMs: number): void;
  observeIngestBatch(events: number): void;
  /** Jobs that Redis did not take; the reconciler adds them later. */
  countLateJobs(jobs: number): void;
}

interface Servers {
  db: Database;
  redis: { ping(): Promise<unknown> };
}

export function createApiMetrics(metrics: Metrics<'api'>, { db, redis }: Servers): ApiMetrics {
  metrics.beforeScrape(async () => {
    metrics.set('gantry_redis_round_trip_seconds', [[{}, await secondsOf(() => redis.ping())]]);
  });
  metrics.beforeScrape(async () => {
    const { busy, idle, awaited, limit } = connectionUse(db);
    metrics.set('gantry_database_connections', [
      [{ state: 'busy' }, busy],
      [{ state: 'idle' }, idle],
      [{ state: 'awaited' }, awaited],
    ]);
    metrics.set('gantry_database_connections_limit', [[{}, limit]]);
    metrics.set('gantry_database_round_trip_seconds', [[{}, await secondsOf(() => ping(db))]]);
  });
  return {
    observeRequest: ({ method, path }, status, durationMs) =>
      metrics.observe('gantry_http_request_duration_seconds', { method, route: path, status }, durationMs / 1_000),
    observeIngestBatch: (events) => metrics.observe('gantry_ingest_batch_events', {}, events),
    countLateJobs: (jobs) => metrics.count('gantry_late_jobs_total', {}, jobs),
  };
}
