import type { ExecutionJob } from '@gantry/contracts/execution-job';
import type { ExecutionQueue } from '@gantry/dispatch/execution-queue';
import type { Logger } from '@gantry/service/logger';
import type { ApiMetrics } from './api-metrics.ts';

/**
 * Enqueues executions that are in the record already. Redis being away makes them late and fails nothing: the
 * scheduler adds what is missing once it is back.
 */
export function createEnqueue(queue: Pick<ExecutionQueue, 'add'>, logger: Logger, metrics: ApiMetrics) {
  return async (jobs: readonly ExecutionJob[]): Promise<void> => {
    if (jobs.length === 0) return;
    try {
      await queue.add(jobs);
    } catch (error) {
      metrics.countLateJobs(jobs.length);
      logger.warn({ err: error, jobs: jobs.length }, 'Redis did not take executions: they will be late');
    }
  };
}
