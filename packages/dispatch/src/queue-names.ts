export const EXECUTIONS_QUEUE = 'executions';

const RUNTIME_PREFIX = 'runtime.';

/** `gantry/default` is served from the BullMQ queue `runtime.gantry.default`. A dot inside a name is written otherwise. */
export function runtimeQueueName(runtime: string): string {
  return `${RUNTIME_PREFIX}${runtime.replaceAll('.', '%2E').replace('/', '.')}`;
}

/** The same planning has the same job id, so that adding it twice adds one job. */
export function executionJobId(executionId: string, epoch: number): string {
  return `${executionId}.${epoch}`;
}

/** Of executions that wait for their first planning together. */
export function batchJobId(queueBatch: string): string {
  return `batch.${queueBatch}`;
}

export function sliceJobId(executionId: string, epoch: number, slice: number): string {
  return `${executionId}.${epoch}.${slice}`;
}
