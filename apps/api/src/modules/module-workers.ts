import type { ModuleMetadata } from '@gantry/contracts/module-definition';
import type { WorkerReport } from '@gantry/contracts/worker-report';
import type { ApiDeps } from '../api-deps.ts';

/** The workers that are there; null when Redis does not say. */
export async function liveWorkers({ workers, logger }: Pick<ApiDeps, 'workers' | 'logger'>) {
  return workers.list().catch((error) => {
    logger.debug({ err: error }, 'Redis did not say which workers there are');
    return null;
  });
}

export function servesRuntime({ runtimes }: WorkerReport, runtime: string): boolean {
  return runtimes.includes(runtime) || runtimes.includes('*');
}

/** How many of them can run a module. */
export function countWorkers(
  workers: readonly WorkerReport[],
  {
    name,
    metadata: { kind, moduleRuntimeRef, bundle },
  }: { name: string; metadata: Pick<ModuleMetadata, 'kind' | 'moduleRuntimeRef' | 'bundle'> },
): number {
  return workers.filter(
    (worker) =>
      servesRuntime(worker, moduleRuntimeRef) &&
      (kind !== 'node' || bundle !== undefined || worker.modules.includes(name)),
  ).length;
}
