import { type ReportedModule, reportedModuleSchema } from '@gantry/contracts/worker-report';
import type { WorkerRegistry } from '@gantry/dispatch/worker-registry';
import { parseModuleRef } from '@gantry/domain/module-ref';
import type { ModuleDescription } from '@gantry/runners/module-description';
import { BUILT_IN_REFS } from '@gantry/runners/module-registry';
import type { Logger } from '@gantry/service/logger';
import { type Periodic, periodic } from '@gantry/service/periodic';

interface WorkerReporterDeps {
  registry: Pick<WorkerRegistry, 'announce' | 'withdraw'>;
  workerId: string;
  /** Module runtimes. */
  served: () => string[];
  /** Of its module files. */
  modules: () => ModuleDescription[];
  /** Of a module that names none. */
  defaultRuntime: string;
  logger: Logger;
}

const EVERY_MS = 3_000;

/** Says again and again, and when it is woken, which module runtimes this worker serves and which modules it has, until it stops. */
export function workerReporter(deps: WorkerReporterDeps): Periodic {
  const { registry, workerId, logger } = deps;
  const startedAt = Date.now();
  const refused = new Set<string>();
  const reporting = periodic({
    name: 'worker-report',
    everyMs: EVERY_MS,
    logger,
    run: async () => {
      const definitions = deps.modules().flatMap((module) => {
        const definition = definitionOf(module, deps.defaultRuntime);
        if (definition !== undefined) return [definition];
        if (!refused.has(module.ref)) logger.warn({ module }, 'a module says of itself what cannot be registered');
        refused.add(module.ref);
        return [];
      });
      const modules = [...BUILT_IN_REFS, ...deps.modules().map(({ ref }) => ref)];
      await registry.announce({ workerId, startedAt, runtimes: deps.served(), modules, definitions });
    },
  });
  return {
    ...reporting,
    stop: async () => {
      await reporting.stop();
      await registry.withdraw(workerId).catch(() => {});
    },
  };
}

function definitionOf({ ref, runtime, ...said }: ModuleDescription, otherwise: string): ReportedModule | undefined {
  const { orgSlug, slug } = parseModuleRef(ref) ?? {};
  const { version, name, description, options } = said;
  const given = { orgSlug, slug, version, name, description, options, moduleRuntimeRef: runtime ?? otherwise };
  return reportedModuleSchema.safeParse(given).data;
}
