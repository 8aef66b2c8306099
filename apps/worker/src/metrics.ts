import type { Metrics } from '@gantry/service/metrics';
import { tellRedis } from '@gantry/service/server-metrics';
import type { RuntimeWorkers } from './runtime-workers.ts';
import type { AttemptMeter, AttemptResult } from './step-attempt.ts';

type WorkerMetrics = Metrics<'worker'>;

export function attemptMeter(metrics: WorkerMetrics): AttemptMeter {
  return {
    begins({ step, attempt }) {
      if (attempt > 1) metrics.count('gantry_step_retries_total', { module: step.ref });
    },
    ended({ step }, result, ms) {
      const module = step.ref;
      metrics.observe('gantry_step_attempt_duration_seconds', { module }, ms / 1_000);
      metrics.count('gantry_step_attempts_total', { module, result: outcome(result) });
    },
  };
}

function outcome(result: AttemptResult): string {
  return result.kind === 'failed' && result.failure !== 'failed' ? 'crashed' : result.kind;
}

/** What a worker tells of itself. */
export function tellWorkerMetrics(
  metrics: WorkerMetrics,
  { redis, workers }: { redis: { ping(): Promise<unknown> }; workers: Pick<RuntimeWorkers, 'slots'> },
): void {
  metrics.beforeScrape(async () => {
    const slots = workers.slots;
    metrics.set(
      'gantry_worker_slots',
      slots.map(({ runtime, limit }) => [{ runtime }, limit] as const),
    );
    metrics.set(
      'gantry_worker_slots_used',
      slots.map(({ runtime, used }) => [{ runtime }, used] as const),
    );
  });
  tellRedis(metrics, redis);
}
