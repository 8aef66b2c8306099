import type { Assistant } from '@gantry/contracts/http/assistant';
import { missingModule, moduleName, parseModuleRef } from '@gantry/domain/module-ref';
import type { Pipeline } from '@gantry/domain/pipeline';
import type { AssistantView } from '@gantry/record/assistants/assistant-view';
import { type FoundModule, findModules, moduleAmong } from '@gantry/record/modules/find-modules';
import { newestVersions } from '@gantry/record/modules/newest-versions';
import type { ApiDeps } from '../api-deps.ts';
import { countWorkers, liveWorkers, servesRuntime } from '../modules/module-workers.ts';
import { assistantAnswer } from './assistant-answer.ts';

type SaveDeps = Pick<ApiDeps, 'db' | 'workers' | 'logger'>;

/** An assistant that was saved, with what stands in the way of its steps: it is saved all the same, modules may come later. */
export async function savedAnswer(deps: SaveDeps, row: AssistantView): Promise<Assistant> {
  const warnings = await pipelineWarnings(deps, row.organization_id, row.options.pipeline);
  return warnings.length === 0 ? assistantAnswer(row) : { ...assistantAnswer(row), warnings };
}

async function pipelineWarnings(deps: SaveDeps, organizationId: string, pipeline: Pipeline | null | undefined) {
  const wanted = (pipeline?.steps ?? []).flatMap(({ ref }, index) => {
    const parsed = parseModuleRef(ref);
    if (parsed === undefined) return [];
    const { orgSlug, slug, version = null } = parsed;
    return [{ index, organizationId, orgSlug, slug, version }];
  });
  if (wanted.length === 0) return [];
  const [found, workers] = await Promise.all([findModules(deps.db, wanted), liveWorkers(deps)]);
  const missing = wanted.filter((step) => moduleAmong(found, step) === undefined);
  const newestOf = await newestVersions(deps.db, found, missing);
  return wanted.flatMap((step) => {
    const module = moduleAmong(found, step);
    const message =
      module === undefined ? noModule(step, newestOf(step)) : problemOf(moduleName(step), module, workers);
    return message === undefined ? [] : [{ field: `options.pipeline.steps.${step.index}.ref`, message }];
  });
}

function noModule(...missing: Parameters<typeof missingModule>): string {
  const { message, instead } = missingModule(...missing);
  return instead === undefined ? message : `${message} ${instead}`;
}

function problemOf(
  name: string,
  module: FoundModule,
  workers: Awaited<ReturnType<typeof liveWorkers>>,
): string | undefined {
  if (!module.active) return `The module ${name} is not active.`;
  if (workers === null) return undefined;
  const runtime = module.metadata.moduleRuntimeRef;
  if (!workers.some((worker) => servesRuntime(worker, runtime))) return `No worker serves ${runtime} at the moment.`;
  if (countWorkers(workers, { name, metadata: module.metadata }) === 0) return `No worker has the module ${name}.`;
  return undefined;
}
