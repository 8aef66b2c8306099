import type { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import type { ModuleDescription } from '@gantry/runners/module-description';

interface ModulesElsewhereDeps {
  registry: Pick<WorkerRegistry, 'list'>;
  workerId: string;
  /** Of this worker. */
  modules: () => ModuleDescription[];
}

/** Tells whether another worker of a runtime reports a module that this one lacks. With Redis away none does. */
export function modulesElsewhere({ registry, workerId, modules }: ModulesElsewhereDeps) {
  return async (module: string, runtime: string): Promise<boolean> => {
    // One that is here and fails with that code has said it itself.
    if (modules().some(({ ref }) => ref === module)) return false;
    const workers = await registry.list().catch(() => []);
    return workers.some(
      (other) =>
        other.workerId !== workerId &&
        other.modules.includes(module) &&
        (other.runtimes.includes(runtime) || other.runtimes.includes('*')),
    );
  };
}
