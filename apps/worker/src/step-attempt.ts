import { ContentError, type ContentStores } from '@gantry/contents/content-store';
import type { PlannedStep, SliceJob, StepInput } from '@gantry/contracts/execution-job';
import type { Lease } from '@gantry/dispatch/slice-lease';
import { type ExceptionDetails, exception, moduleException } from '@gantry/domain/exception-details';
import type { LabelChange, WrittenContent } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import { moduleName } from '@gantry/domain/module-ref';
import type { ExecutionPolicy } from '@gantry/domain/pipeline';
import type { AttemptFailure, RetryWish } from '@gantry/domain/retry';
import type { StepEngine } from '@gantry/runners/step-engine';
import type { LogEntry, StepError, StepListeners } from '@gantry/runners/step-result';
import type { Logger } from '@gantry/service/logger';
import { boundToSpan } from '@gantry/service/spans';
import type { StepCalls } from './step-calls.ts';
import { loadInput, storeOutput } from './step-content.ts';

/** One try of one step. */
export interface StepAttempt extends Required<Pick<StepListeners, 'onProgress' | 'onLog' | 'onStatusMessage'>> {
  job: SliceJob;
  lease: Lease;
  index: number;
  step: PlannedStep;
  attempt: number;
  policy: ExecutionPolicy;
  input: StepInput;
  /** It crashed before: it gets what nothing else has run in. */
  fresh: boolean;
  signal: AbortSignal;
  /** Where in a trace it is (W3C). */
  traceparent?: string | null;
  onSpan?: NonNullable<StepListeners['onSpan']>;
}

export type AttemptResult =
  | { kind: 'succeeded'; output: StepInput; emitted: JsonObject[]; written: WrittenContent[]; labels: LabelChange[] }
  | { kind: 'aborted' }
  /** Its endpoint answers later. */
  | { kind: 'waiting' }
  /** What the step needs is away (contents, a module still being loaded): not its fault, nor an attempt that counts. */
  | { kind: 'unavailable'; error: ExceptionDetails }
  | { kind: 'failed'; error: ExceptionDetails; failure: AttemptFailure; wish: RetryWish };

interface AttemptDeps {
  engine: StepEngine;
  calls: StepCalls;
  contents: ContentStores;
  logger: Logger;
}

/** Runs a module once. Whatever it does, the answer is a value. */
export async function attemptStep(deps: AttemptDeps, attempt: StepAttempt): Promise<AttemptResult> {
  try {
    return await run(deps, attempt);
  } catch (error) {
    // The step's own input or output; what a module asks of the content store is the module's to handle.
    const { job, index } = attempt;
    deps.logger.error({ err: error, executionId: job.executionId, step: index }, 'step input or output');
    const code = error instanceof ContentError ? error.code : 'CONTENT_UNAVAILABLE';
    const details = exception(code, `The step's input or output could not be read or kept: ${messageOf(error)}`);
    return code === 'CONTENT_UNAVAILABLE' ? { kind: 'unavailable', error: details } : failed(details);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

async function run({ engine, calls, contents, logger }: AttemptDeps, attempt: StepAttempt): Promise<AttemptResult> {
  const { job, index, step, policy, signal } = attempt;
  // Made when it is needed: most steps log nothing, and making one costs more than all else here.
  let log: Logger | undefined;
  const emitted: JsonObject[] = [];
  const written: WrittenContent[] = [];
  const labels: LabelChange[] = [];
  const request = {
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
    ...(attempt.traceparent && { traceparent: attempt.traceparent }),
  };
  const timeoutMs = policy.timeoutSeconds * 1_000;
  const called = await calls.open(step, attempt.lease, timeoutMs);
  const order = { module: step.module.metadata, request: { ...request, ...called.request }, fresh: attempt.fresh };
  const ended = called.end === undefined ? called.result : await engine.settle(order, called.end);
  const result =
    ended ??
    (await engine.run(order, {
      signal,
      timeoutMs,
      // Called by what reads the process of the module, for all its steps.
      onLog: boundToSpan((entry: LogEntry) => {
        log ??= logger.child({ executionId: job.executionId, slice: job.slice, step: index, module: step.ref });
        log[entry.level]({ fields: entry.fields }, entry.message);
        attempt.onLog(entry);
      }),
      onStatusMessage: attempt.onStatusMessage,
      ...(attempt.onSpan && { onSpan: attempt.onSpan }),
      onProgress: attempt.onProgress,
      onEmit: (event) => void emitted.push(event),
      onContent: (content) => void written.push(content),
      onLabel: (label, labelled) => void labels.push({ label, labelled }),
    }));
  switch (result.outcome) {
    case 'succeeded':
      return { kind: 'succeeded', output: await storeOutput(contents, job, result), emitted, written, labels };
    case 'aborted':
    case 'waiting':
      return { kind: result.outcome };
    case 'unavailable':
      return { kind: 'unavailable', error: describe(result.error) };
    case 'crashed':
      return failed(describe(result.error), result.fresh ? 'crashed-fresh' : 'crashed');
    default:
      return failed(describe(result.error), 'failed', wishOf(result.error));
  }
}

function failed(error: ExceptionDetails, failure: AttemptFailure = 'failed', wish: RetryWish = {}): AttemptResult {
  return { kind: 'failed', error, failure, wish };
}

function wishOf({ permanent = false, retryAfter = 0 }: StepError): RetryWish {
  return { permanent, retryAfter };
}

function describe({ code, message, errorType, cause, statusCode, advice, ...more }: StepError): ExceptionDetails {
  const { stackTrace, validationErrors } = more;
  return {
    ...moduleException(code, message, advice),
    ...(statusCode === undefined ? {} : { statusCode }),
    ...(errorType === undefined ? {} : { cause: { errorType, ...cause } }),
    ...(stackTrace === undefined ? {} : { stackTrace: stackTrace.map((frame) => ({ ...frame })) }),
    ...(validationErrors === undefined ? {} : { validationErrors }),
  };
}
