import type { ExecutionJob } from '@gantry/contracts/execution-job';
import { parseModuleRef } from '@gantry/domain/module-ref';
import type { ModuleWanted } from './find-modules.ts';

type Referring = Pick<ExecutionJob, 'organizationId' | 'steps' | 'versions'>;

/** The modules that the steps of these refer to, each once. */
export function modulesWanted(jobs: readonly Referring[]): ModuleWanted[] {
  const wanted = jobs.flatMap((job) => job.steps.flatMap((_, index) => moduleWanted(job, index) ?? []));
  return [...new Map(wanted.map((module) => [JSON.stringify(module), module])).values()];
}

/** Undefined where the step refers to none. */
export function moduleWanted({ organizationId, steps, versions }: Referring, index: number): ModuleWanted | undefined {
  const parsed = parseModuleRef(steps[index]?.ref ?? '');
  if (parsed === undefined) return undefined;
  const frozen = versions?.[index];
  const { orgSlug, slug, version = null } = parsed;
  return frozen
    ? { organizationId, orgSlug, slug, version: frozen, frozen: true }
    : { organizationId, orgSlug, slug, version };
}
