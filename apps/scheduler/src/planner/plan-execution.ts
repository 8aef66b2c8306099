import type { ExecutionJob, SliceJob } from '@gantry/contracts/execution-job';
import { type ExceptionDetails, exception } from '@gantry/domain/exception-details';
import type { FactOf } from '@gantry/domain/fact';
import { missingModule } from '@gantry/domain/module-ref';
import { planSlices } from '@gantry/domain/plan';
import { type FoundModule, type ModuleWanted, moduleAmong } from '@gantry/record/modules/find-modules';
import { moduleWanted } from '@gantry/record/modules/modules-wanted';

export type Plan =
  | { kind: 'runnable'; planned: FactOf<'planned'>; first: SliceJob }
  /** All its steps are over, or there are none: it is finished by being planned. */
  | { kind: 'nothing-to-run'; planned: FactOf<'planned'> }
  | { kind: 'unplannable'; fact: FactOf<'unplannable'> };

/** What there is of the modules that steps name. */
export interface KnownModules {
  found: ReadonlyMap<string, FoundModule>;
  /** Versions of a module of which there is not the one that is named. */
  newestOf: (module: ModuleWanted) => readonly string[];
}

/** Freezes the module definition of each step and groups the steps into slices. A pure function of its arguments. */
export function planExecution(job: ExecutionJob, modules: KnownModules, now: number): Plan {
  const about = { executionId: job.executionId, epoch: job.epoch, at: now };
  const steps: SliceJob['steps'] = [];
  for (const [index, step] of job.steps.entries()) {
    const resolved = resolve(step.ref, moduleWanted(job, index), modules);
    if ('errorType' in resolved) {
      const error = { ...resolved, description: `Step ${index + 1} of the pipeline cannot be planned.` };
      return { kind: 'unplannable', fact: { kind: 'unplannable', ...about, error } };
    }
    const { orgSlug, slug, version, metadata } = resolved;
    steps.push({ ...step, module: { orgSlug, slug, version, metadata } });
  }
  const slices = planSlices(
    steps.map((step) => step.module.metadata.moduleRuntimeRef),
    job.firstStep,
  );
  const versions = steps.map(({ module }) => (module.metadata.bundle ? module.version : null));
  const frozen = versions.some((version) => version !== null) && { versions };
  const planned = { kind: 'planned', ...about, slices, ...frozen } as const;
  if (slices.length === 0) return { kind: 'nothing-to-run', planned };
  const { firstStep: _first, steps: _steps, versions: _versions, ...work } = job;
  return { kind: 'runnable', planned, first: { ...work, slice: 0, slices, steps } };
}

function resolve(
  ref: string,
  wanted: ModuleWanted | undefined,
  { found: modules, newestOf }: KnownModules,
): FoundModule | ExceptionDetails {
  if (wanted === undefined)
    return exception('MODULE_REF_INVALID', `"${ref}" is not a module reference.`, 'Write module://org/slug.');
  const found = moduleAmong(modules, wanted);
  if (found === undefined) {
    const { message, instead } = missingModule(wanted, newestOf(wanted));
    // Of the advice, since what fails with the same message is counted together.
    const advice = instead
      ? `Correct the ref of the step. ${instead}`
      : 'Create the module, or correct the ref of the step.';
    return exception('MODULE_NOT_FOUND', message, advice);
  }
  if (!found.active) return exception('MODULE_INACTIVE', `The module ${ref} is not active.`, 'Activate the module.');
  return found;
}
