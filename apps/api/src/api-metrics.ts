import { connectionUse, type Database } from '@gantry/record/connection/database';
import { ping } from '@gantry/record/connection/ping';
import { listContentUsage } from '@gantry/record/contents/content-usage';
import type { Metrics } from '@gantry/service/metrics';
import { tellDatabase, tellRedis } from '@gantry/service/server-metrics';

export interface ApiMetrics {
  observeRequest(route: { method: string; path: string }, status: number, durationMs: number): void;
  observeIngestBatch(events: number): void;
  /** Jobs that Redis did not take; the reconciler adds them later. */
  countLateJobs(jobs: number): void;
  countUnreferenced(contents: number): void;
  countQuotaRefusal(): void;
}

interface Servers {
  db: Database;
  redis: { ping(): Promise<unknown> };
}

export function createApiMetrics(metrics: Metrics<'api'>, { db, redis }: Servers): ApiMetrics {
  tellRedis(metrics, redis);
  tellDatabase(metrics, { connections: () => connectionUse(db), ping: () => ping(db) });
  metrics.beforeScrape(async () => {
    const usages = await listContentUsage(db);
    metrics.set(
      'gantry_content_bytes',
      usages.map(({ slug, bytes }) => [{ organization: slug }, bytes]),
    );
  });
  return {
    observeRequest: ({ method, path }, status, durationMs) =>
      metrics.observe('gantry_http_request_duration_seconds', { method, route: path, status }, durationMs / 1_000),
    observeIngestBatch: (events) => metrics.observe('gantry_ingest_batch_events', {}, events),
    countLateJobs: (jobs) => metrics.count('gantry_late_jobs_total', {}, jobs),
    countUnreferenced: (contents) => metrics.count('gantry_contents_unreferenced_total', {}, contents),
    countQuotaRefusal: () => metrics.count('gantry_content_quota_refusals_total', {}, 1),
  };
}
