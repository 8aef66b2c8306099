import type { Assistant } from '@gantry/contracts/http/assistant';
import { moduleName, parseModuleRef } from '@gantry/domain/module-ref';
import type { Pipeline } from '@gantry/domain/pipeline';
import type { AssistantView } from '@gantry/record/assistants/assistant-view';
import { type FoundModule, findModules, moduleAmong } from '@gantry/record/modules/find-modules';
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
  return wanted.flatMap((step) => {
    const message = problemOf(moduleName(step), moduleAmong(found, step), workers);
    return message === undefined ? [] : [{ field: `options.pipeline.steps.${step.index}.ref`, message }];
  });
}

function problemOf(
  name: string,
  module: FoundModule | undefined,
  workers: Awaited<ReturnType<typeof liveWorkers>>,
): string | undefined {
  if (module === undefined) return `There is no module ${name}.`;
  if (!module.active) return `The module ${name} is not active.`;
  if (workers === null) return undefined;
  const runtime = module.metadata.moduleRuntimeRef;
  if (!workers.some((worker) => servesRuntime(worker, runtime))) return `No worker serves ${runtime} at the moment.`;
  if (countWorkers(workers, { name, metadata: module.metadata }) === 0) return `No worker has the module ${name}.`;
  return undefined;
}
