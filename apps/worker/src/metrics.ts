import type { Metrics } from '@gantry/service/metrics';
import { tellRedis } from '@gantry/service/server-metrics';
import type { RuntimeWorkers } from './runtime-workers.ts';
import type { AttemptInTurn, AttemptResult } from './step-attempt.ts';

type WorkerMetrics = Metrics<'worker'>;

/** @returns `attempt`, measured */
export function measureAttempts(metrics: WorkerMetrics, attempt: AttemptInTurn): AttemptInTurn {
  return async function* (given, ahead) {
    if (given.attempt > 1) metrics.count('gantry_step_retries_total', { module: given.step.ref });
    const steps = [given, ...ahead].values();
    let beganAt = Date.now();
    for await (const result of attempt(given, ahead)) {
      const module = steps.next().value?.step.ref ?? '';
      const endedAt = result.kind === 'succeeded' ? result.at : Date.now();
      metrics.observe('gantry_step_attempt_duration_seconds', { module }, Math.max(0, endedAt - beganAt) / 1_000);
      metrics.count('gantry_step_attempts_total', { module, result: outcome(result) });
      beganAt = endedAt;
      yield result;
    }
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
