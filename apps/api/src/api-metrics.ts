import { Counter, Histogram, type Registry } from 'prom-client';

export interface ApiMetrics {
  observeRequest(route: { method: string; path: string }, status: number, durationMs: number): void;
  observeIngestBatch(events: number): void;
  /** Jobs that Redis did not take; the reconciler adds them later. */
  countLateJobs(jobs: number): void;
}

export function createApiMetrics(registry: Registry): ApiMetrics {
  const requests = new Histogram({
    name: 'gantry_http_request_duration_seconds',
    help: 'Time from the arrival of a request to its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  });
  const batches = new Histogram({
    name: 'gantry_ingest_batch_events',
    help: 'Events that were written in one transaction.',
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000],
    registers: [registry],
  });
  const lateJobs = new Counter({
    name: 'gantry_late_jobs_total',
    help: 'Executions that Redis did not take when they were created.',
    registers: [registry],
  });
  return {
    observeRequest: ({ method, path }, status, durationMs) =>
      requests.observe({ method, route: path, status }, durationMs / 1_000),
    observeIngestBatch: (events) => batches.observe(events),
    countLateJobs: (jobs) => lateJobs.inc(jobs),
  };
}
