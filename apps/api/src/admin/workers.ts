import { type Worker, workerSchema, workersSchema } from '@gantry/contracts/http/worker';
import type { WorkerReport } from '@gantry/contracts/worker-report';
import { auditAlone } from '@gantry/record/audit/audit';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { route } from '../http/route.ts';

export const listWorkers = route({
  method: 'get',
  path: '/api/admin/workers',
  summary: 'The workers that are there, those that started first, first',
  scopes: ['operator'],
  answers: { 200: workersSchema },
  errors: ['QUEUE_UNAVAILABLE'],
  async handle(_incoming, deps) {
    const reports = await readReports(deps);
    return { status: 200, body: { workers: reports.map(answer) } };
  },
});

export const drainWorker = route({
  method: 'post',
  path: '/api/admin/workers/:workerId/drain',
  summary: 'Let a worker take no more, hand back what does not end within its grace, and end',
  scopes: ['operator'],
  params: z.object({ workerId: z.string() }),
  answers: { 202: workerSchema },
  errors: ['QUEUE_UNAVAILABLE'],
  async handle({ caller, params: { workerId } }, deps) {
    const worker = (await readReports(deps)).find((report) => report.workerId === workerId);
    if (worker === undefined) throw notFound('worker', workerId);
    await deps.pausedWork.askToDrain(workerId).catch(() => {
      throw unavailable();
    });
    await auditAlone(deps.db, caller, { action: 'drain', resource: 'worker', id: workerId });
    return { status: 202, body: answer(worker) };
  },
});

async function readReports({ workers, logger }: ApiDeps): Promise<WorkerReport[]> {
  return workers.list().catch((error) => {
    logger.warn({ err: error }, 'Redis did not say which workers there are');
    throw unavailable();
  });
}

function unavailable(): ApiError {
  return new ApiError('QUEUE_UNAVAILABLE', 'Workers cannot be reached at the moment.', {
    headers: { 'retry-after': '2' },
  });
}

function answer({ workerId, startedAt, runtimes, modules }: WorkerReport): Worker {
  return { id: workerId, startedOn: new Date(startedAt).toISOString(), runtimes, modules: modules.length };
}
