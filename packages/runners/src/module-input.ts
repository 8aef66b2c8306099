import type { FolderContentStore } from '@gantry/contents/folder-content-store';
import type { ModuleInput } from '@gantry/module-sdk/define-module';
import { createStepReporter } from './step-reporter.ts';
import type { StepReports } from './step-reports.ts';
import type { StepRequest } from './step-result.ts';

/** What a module is given to run a step with. */
export function moduleInput(
  { ref: _ref, ...step }: StepRequest,
  options: unknown,
  { reports, secrets }: { reports: StepReports; secrets: ModuleInput<unknown>['secrets'] },
  contents: FolderContentStore,
  signal: AbortSignal,
): ModuleInput<unknown> {
  const { logger, progress, statusMessage, emit } = createStepReporter(reports);
  const content = () => contents.forOrganization(step.organizationId);
  return {
    ...step,
    options,
    signal,
    logger,
    progress,
    statusMessage,
    emit,
    secrets: { get: async (name) => secrets.get(name) },
    content: {
      read: async (ref, limits) => content().read(ref, limits),
      write: async (bytes, about) => {
        const stored = await content().write(bytes, about, { signal });
        const { contentType, name = null } = about;
        reports.take({ kind: 'content', content: { ...stored, contentType, name } });
        return stored.ref;
      },
    },
  };
}
