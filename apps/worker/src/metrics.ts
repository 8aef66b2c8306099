import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { HeldSlices } from './held-slices.ts';
import type { AttemptResult, StepAttempt } from './step-attempt.ts';

type Attempt = (attempt: StepAttempt) => Promise<AttemptResult>;

/** What a worker tells of its work. @returns `attempt`, measured */
export function measureAttempts(registry: Registry, held: HeldSlices, attempt: Attempt): Attempt {
  new Gauge({
    name: 'gantry_worker_slices',
    help: 'Slices being run',
    registers: [registry],
    collect() {
      this.set(held.size);
    },
  });
  const attempts = new Counter({
    name: 'gantry_step_attempts_total',
    help: 'Attempts of steps by how they ended',
    labelNames: ['result'],
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'gantry_step_attempt_seconds',
    help: 'Duration of attempts of steps',
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 300, 900],
    registers: [registry],
  });
  return async (given) => {
    const stopTimer = duration.startTimer();
    const result = await attempt(given);
    stopTimer();
    attempts.inc({ result: result.kind });
    return result;
  };
}
