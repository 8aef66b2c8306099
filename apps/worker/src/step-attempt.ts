import { ContentError, type ContentStores } from '@gantry/contents/content-store';
import type { PlannedStep, SliceJob, StepInput } from '@gantry/contracts/execution-job';
import type { Lease } from '@gantry/dispatch/slice-lease';
import { type ExceptionDetails, exception, moduleException } from '@gantry/domain/exception-details';
import type { LabelChange, WrittenContent } from '@gantry/domain/fact';
import type { Json, JsonObject } from '@gantry/domain/json';
import { moduleName } from '@gantry/domain/module-ref';
import type { ExecutionPolicy } from '@gantry/domain/pipeline';
import type { AttemptFailure, RetryWish } from '@gantry/domain/retry';
import type { RunLimits, StepEngine, StepOrder } from '@gantry/runners/step-engine';
import type { LogEntry, StepError, StepListeners, StepRequest, StepResult } from '@gantry/runners/step-result';
import type { Logger } from '@gantry/service/logger';
import { boundToSpan } from '@gantry/service/spans';
import type { StepCalls } from './step-calls.ts';
import { loadInput, storeOutput } from './step-content.ts';

/** One try of one step. */
export interface StepAttempt
  extends Required<Pick<StepListeners, 'onProgress' | 'onLog' | 'onStatusMessage' | 'onCheckpoint'>> {
  job: SliceJob;
  lease: Lease;
  index: number;
  step: PlannedStep;
  attempt: number;
  policy: ExecutionPolicy;
  input: StepInput;
  /** What an attempt before kept; null without. */
  checkpoint: Json;
  /** It crashed before: it gets what nothing else has run in. */
  fresh: boolean;
  signal: AbortSignal;
  /** Where in a trace it is (W3C). */
  traceparent?: string | null;
  onSpan?: NonNullable<StepListeners['onSpan']>;
}

export type AttemptResult =
  | ({ kind: 'succeeded'; output: StepInput } & Told & {
        /** When the step ended, in ms since 1970. */
        at: number;
      })
  | { kind: 'aborted' }
  /** Its endpoint answers later. */
  | { kind: 'waiting' }
  /** What the step needs is away (contents, a module still being loaded): not its fault, nor an attempt that counts. */
  | { kind: 'unavailable'; error: ExceptionDetails }
  | { kind: 'failed'; error: ExceptionDetails; failure: AttemptFailure; wish: RetryWish };

/** What a step has told that counts once it has succeeded. */
interface Told {
  emitted: JsonObject[];
  written: WrittenContent[];
  labels: LabelChange[];
}

/**
 * Tries a step, and those that are to follow it as far as they are gone on with at once. Whatever they do, each answer is
 * a value; those that are missing were not begun. Whoever returns early ends what runs.
 */
export type AttemptInTurn = (given: StepAttempt, ahead: readonly StepAttempt[]) => AsyncGenerator<AttemptResult>;

/** Whoever counts attempts, and how long they take. */
export interface AttemptMeter {
  /** Not of those that follow another one at once. */
  begins(attempt: StepAttempt): void;
  ended(attempt: StepAttempt, result: AttemptResult, ms: number): void;
}

interface AttemptDeps {
  engine: StepEngine;
  calls: StepCalls;
  contents: ContentStores;
  logger: Logger;
  meter?: AttemptMeter;
}

export function attemptSteps(deps: AttemptDeps): AttemptInTurn {
  const { engine, calls, contents, meter } = deps;
  return async function* (given, ahead) {
    meter?.begins(given);
    let beganAt = Date.now();
    const measured = (attempt: StepAttempt, result: AttemptResult): AttemptResult => {
      const endedAt = result.kind === 'succeeded' ? result.at : Date.now();
      meter?.ended(attempt, result, Math.max(0, endedAt - beganAt));
      beganAt = endedAt;
      return result;
    };

    const first = new ToldAttempt(deps, given);
    const { step, lease, policy, job, input } = given;
    const timeoutMs = timeoutOf(policy);
    let order: StepOrder;
    let ended: StepResult | undefined;
    try {
      const previousOutput = await loadInput(contents, job, input);
      const called = await calls.open(step, lease, timeoutMs);
      order = first.order({ previousOutput, ...called.request });
      ended = called.end === undefined ? called.result : await engine.settle(order, called.end);
    } catch (error) {
      return yield measured(given, first.broken(error));
    }
    if (ended !== undefined) return yield measured(given, await first.conclude(ended));
    const following = ahead.map((attempt) => new ToldAttempt(deps, attempt));
    const results = engine.runInTurn(
      { order, limits: first.limits },
      following.map((attempt) => ({ order: attempt.order({ previousOutput: null }), limits: attempt.limits })),
    );
    const attempts = [first, ...following].values();
    for await (const result of results) {
      const told = attempts.next().value;
      if (told !== undefined) yield measured(told.attempt, await told.conclude(result));
    }
  };
}

function timeoutOf({ timeoutSeconds }: ExecutionPolicy): number {
  return timeoutSeconds * 1_000;
}

/** An attempt, and what it has told. */
class ToldAttempt {
  readonly attempt: StepAttempt;
  readonly #deps: AttemptDeps;
  readonly #told: Told = { emitted: [], written: [], labels: [] };
  /** Made when it is needed: most steps log nothing, and making one costs more than all else here. */
  #log: Logger | undefined;

  constructor(deps: AttemptDeps, attempt: StepAttempt) {
    this.#deps = deps;
    this.attempt = attempt;
  }

  order(known: Pick<StepRequest, 'previousOutput' | 'callBack'>): StepOrder {
    const { job, index, step, attempt, checkpoint, fresh, traceparent } = this.attempt;
    const request = {
      ref: moduleName(step.module),
      options: step.options ?? {},
      executionId: job.executionId,
      organizationId: job.organizationId,
      stepId: `${job.executionId}.${index}`,
      stepIndex: index,
      attempt,
      checkpoint,
      epoch: job.epoch,
      context: job.context,
      documentFamily: job.documentFamily,
      contentObject: job.contentObject,
      ...(traceparent && { traceparent }),
    };
    return { module: step.module.metadata, request: { ...request, ...known }, fresh };
  }

  get limits(): RunLimits {
    const { signal, policy, onStatusMessage, onProgress, onCheckpoint, onSpan } = this.attempt;
    const { emitted, written, labels } = this.#told;
    return {
      signal,
      timeoutMs: timeoutOf(policy),
      // Called by what reads the process of the module, for all its steps.
      onLog: boundToSpan((entry: LogEntry) => this.#take(entry)),
      onStatusMessage,
      ...(onSpan && { onSpan }),
      onProgress,
      onCheckpoint,
      onEmit: (event) => void emitted.push(event),
      onContent: (content) => void written.push(content),
      onLabel: (label, labelled) => void labels.push({ label, labelled }),
    };
  }

  async conclude(result: StepResult): Promise<AttemptResult> {
    switch (result.outcome) {
      case 'succeeded':
        try {
          const output = await storeOutput(this.#deps.contents, this.attempt.job, result);
          return { kind: 'succeeded', output, ...this.#told, at: result.at };
        } catch (error) {
          return this.broken(error);
        }
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

  /** The step's own input or output; what a module asks of the content store is the module's to handle. */
  broken(error: unknown): AttemptResult {
    const { job, index } = this.attempt;
    this.#deps.logger.error({ err: error, executionId: job.executionId, step: index }, 'step input or output');
    const code = error instanceof ContentError ? error.code : 'CONTENT_UNAVAILABLE';
    const details = exception(code, `The step's input or output could not be read or kept: ${messageOf(error)}`);
    return code === 'CONTENT_UNAVAILABLE' ? { kind: 'unavailable', error: details } : failed(details);
  }

  #take(entry: LogEntry): void {
    const { job, index, step, onLog } = this.attempt;
    const about = { executionId: job.executionId, slice: job.slice, step: index, module: step.ref };
    this.#log ??= this.#deps.logger.child(about);
    if (entry.standsFor !== 'held') this.#log[entry.level]({ fields: entry.fields }, entry.message);
    onLog(entry);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
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
