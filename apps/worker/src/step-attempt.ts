import type { FolderContentStore } from '@gantry/contents/folder-content-store';
import type { PlannedStep, SliceJob, StepInput } from '@gantry/contracts/execution-job';
import { type ExceptionDetails, exception } from '@gantry/domain/exception-details';
import type { WrittenContent } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import { LIMITS } from '@gantry/domain/limits';
import { moduleName } from '@gantry/domain/module-ref';
import type { ExecutionPolicy } from '@gantry/domain/pipeline';
import type { NodeRuntime } from '@gantry/runners/node-runtime';
import type { StepError, StepListeners } from '@gantry/runners/step-result';
import type { Logger } from '@gantry/service/logger';
import { loadInput, storeOutput } from './step-content.ts';

/** One try of one step. */
export interface StepAttempt extends Required<Pick<StepListeners, 'onProgress' | 'onLog' | 'onStatusMessage'>> {
  job: SliceJob;
  index: number;
  step: PlannedStep;
  attempt: number;
  policy: ExecutionPolicy;
  input: StepInput;
  signal: AbortSignal;
}

export type AttemptResult =
  | { kind: 'succeeded'; output: StepInput; emitted: JsonObject[]; written: WrittenContent[] }
  | { kind: 'aborted' }
  /** `crashed`: it took its own thread down. */
  | { kind: 'failed'; error: ExceptionDetails; crashed: boolean };

interface AttemptDeps {
  runtime: NodeRuntime;
  contents: FolderContentStore;
  logger: Logger;
}

/** Runs a module once. Whatever it does, the answer is a value. */
export async function attemptStep(deps: AttemptDeps, attempt: StepAttempt): Promise<AttemptResult> {
  try {
    return await run(deps, attempt);
  } catch (error) {
    // The content store failed us, not the module.
    deps.logger.error(
      { err: error, executionId: attempt.job.executionId, step: attempt.index },
      'step input or output',
    );
    return failed(
      exception('CONTENT_UNAVAILABLE', `The step's input or output could not be read or kept: ${String(error)}`),
    );
  }
}

async function run({ runtime, contents, logger }: AttemptDeps, attempt: StepAttempt): Promise<AttemptResult> {
  const { job, index, step, policy, signal } = attempt;
  const { kind } = step.module.metadata;
  if (kind !== 'node') {
    return failed(exception('MODULE_KIND_UNAVAILABLE', `Modules of the kind "${kind}" cannot be run yet.`));
  }
  // Made when it is needed: most steps log nothing, and making one costs more than all else here.
  let log: Logger | undefined;
  const emitted: JsonObject[] = [];
  const written: WrittenContent[] = [];
  const result = await runtime.run(
    {
      ref: moduleName(step.module),
      options: step.options ?? {},
      executionId: job.executionId,
      organizationId: job.organizationId,
      stepId: `${job.executionId}.${index}`,
      stepIndex: index,
      attempt: attempt.attempt,
      epoch: job.epoch,
      context: job.context,
      documentFamily: job.documentFamily,
      contentObject: job.contentObject,
      previousOutput: await loadInput(contents, job, attempt.input),
    },
    {
      signal,
      timeoutMs: policy.timeoutSeconds * 1_000,
      onLog: (entry) => {
        log ??= logger.child({ executionId: job.executionId, slice: job.slice, step: index, module: step.ref });
        log[entry.level]({ fields: entry.fields }, entry.message);
        attempt.onLog(entry);
      },
      onStatusMessage: attempt.onStatusMessage,
      onProgress: attempt.onProgress,
      onEmit: (event) => {
        if (emitted.length < LIMITS.emittedEventsPerStep) emitted.push(event);
      },
      onContent: (content) => written.push(content),
    },
  );
  if (result.outcome === 'succeeded')
    return { kind: 'succeeded', output: await storeOutput(contents, job, result), emitted, written };
  if (result.outcome === 'aborted') return { kind: 'aborted' };
  return failed(describe(result.error), result.outcome === 'crashed');
}

function failed(error: ExceptionDetails, crashed = false): AttemptResult {
  return { kind: 'failed', error, crashed };
}

function describe({ code, message, errorType, stackTrace, validationErrors }: StepError): ExceptionDetails {
  return {
    ...exception(code, message),
    ...(errorType === undefined ? {} : { cause: { errorType } }),
    ...(stackTrace === undefined ? {} : { stackTrace: stackTrace.map((frame) => ({ ...frame })) }),
    ...(validationErrors === undefined ? {} : { validationErrors }),
  };
}
