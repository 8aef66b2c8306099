import { setTimeout as delay } from 'node:timers/promises';
import type { ContentStores } from '@gantry/contents/content-store';
import type { ModuleInput } from '@gantry/module-sdk/define-module';
import { checkContent } from '@gantry/module-sdk/told';
import { createStepReporter } from './step-reporter.ts';
import type { StepReports } from './step-reports.ts';
import type { StepRequest } from './step-result.ts';
import { stepTrace } from './step-trace.ts';

/** What a module is given to run a step with. */
export function moduleInput(
  { ref: _ref, traceparent, ...step }: StepRequest,
  options: unknown,
  { reports, secrets }: { reports: StepReports; secrets: ModuleInput<unknown>['secrets'] },
  contents: ContentStores,
  signal: AbortSignal,
): ModuleInput<unknown> {
  const { logger, progress, statusMessage, labels, emit, keepCheckpoint } = createStepReporter(reports);
  const content = () => contents.forOrganization(step.organizationId);
  return {
    ...step,
    options,
    idempotencyKey: step.stepId,
    signal,
    logger,
    progress,
    statusMessage,
    labels,
    emit,
    keepCheckpoint,
    trace: stepTrace(reports, traceparent ?? null),
    secrets: { get: async (name) => secrets.get(name) },
    clock: { now: () => new Date(), sleep: async (ms) => void (await delay(ms, undefined, { signal })) },
    content: {
      read: async (ref, limits) => content().read(ref, limits),
      open: async (ref) => content().openRead(ref),
      write: async (bytes, about) => {
        checkContent(bytes, about);
        const stored = await content().write(bytes, about, { signal });
        const { contentType, name = null, temporary = false } = about;
        if (!temporary) reports.take({ kind: 'content', content: { ...stored, contentType, name } });
        return stored.ref;
      },
    },
  };
}
