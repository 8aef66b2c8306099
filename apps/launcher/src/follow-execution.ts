import { setTimeout as delay } from 'node:timers/promises';
import { type Execution, executionSchema } from '@gantry/contracts/http/execution';
import type { ApiClient } from './api-client.ts';

const PAUSE_MS = 100;
const UNFINISHED: readonly Execution['status'][] = ['REQUESTED', 'PENDING', 'RUNNING', 'CANCELLING'];

/** Reads an execution with its outputs until it has finished, or until the limit; its status tells which. */
export async function followExecution(api: ApiClient, id: string, limitMs: number): Promise<Execution> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const execution = await api.get(`/api/executions/${id}?include=outputs`, executionSchema);
    if (!UNFINISHED.includes(execution.status) || performance.now() > deadline) return execution;
    await delay(PAUSE_MS);
  }
}
