import type { Metrics } from '@gantry/service/metrics';
import { tellRedis } from '@gantry/service/server-metrics';
import type { RuntimeWorkers } from './runtime-workers.ts';
import type { AttemptResult, StepAttempt } from './step-attempt.ts';

type WorkerMetrics = Metrics<'worker'>;
type Attempt = (attempt: StepAttempt) => Promise<AttemptResult>;

/** @returns `attempt`, measured */
export function measureAttempts(metrics: WorkerMetrics, attempt: Attempt): Attempt {
  return async (given) => {
    const module = given.step.ref;
    if (given.attempt > 1) metrics.count('gantry_step_retries_total', { module });
    const startedAt = performance.now();
    const result = await attempt(given);
    metrics.observe('gantry_step_attempt_duration_seconds', { module }, (performance.now() - startedAt) / 1_000);
    metrics.count('gantry_step_attempts_total', { module, result: outcome(result) });
    return result;
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
