import { setTimeout as delay } from 'node:timers/promises';
import type { SliceJob, StepInput } from '@gantry/contracts/execution-job';
import type { JobEnd } from '@gantry/dispatch/job-worker';
import type { ComesNext, SliceLeases, StartedSlice } from '@gantry/dispatch/slice-lease';
import type { SliceQueue } from '@gantry/dispatch/slice-queue';
import { type ExceptionDetails, exception } from '@gantry/domain/exception-details';
import { judgeConditional } from '@gantry/domain/expression/conditional';
import type { FactOf, WrittenContent } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import { stepPolicy } from '@gantry/domain/pipeline';
import { backoffMs } from '@gantry/domain/retry';
import type { Progress } from '@gantry/runners/step-result';
import type { Logger } from '@gantry/service/logger';
import type { HeldSlice } from './held-slices.ts';
import type { AttemptResult, StepAttempt } from './step-attempt.ts';
import { StepNotices } from './step-notices.ts';

export interface SliceRunDeps {
  leases: SliceLeases;
  slices: SliceQueue;
  attempt: (attempt: StepAttempt) => Promise<AttemptResult>;
  workerId: string;
  logger: Logger;
}

const OVER: JobEnd = { kind: 'over' };

/** So many workers may be lost under a slice before the slice is held to be the cause. */
const MAX_LOST_WORKERS = 10;
/** A step that took its own thread down this often is not tried again, whatever its policy says. */
const MAX_CRASHES = 2;
/** A longer wait gives the slot to others. */
const MAX_WAIT_IN_SLOT_MS = 5_000;
const PROGRESS_EVERY_MS = 500;

/** Runs a slice from its checkpoint on, if it may still run. */
export async function runSlice(deps: SliceRunDeps, job: SliceJob, held: HeldSlice): Promise<JobEnd> {
  const started = await deps.leases.start(held.lease, deps.workerId, Date.now());
  if (started.kind === 'started') return new SliceRun(deps, job, held, started).run();
  if (started.kind === 'advanced') await addNext(deps, job);
  deps.logger.debug({ executionId: job.executionId, slice: job.slice, found: started.kind }, 'slice dropped');
  return OVER;
}

async function addNext({ slices }: SliceRunDeps, job: SliceJob): Promise<void> {
  if (job.slice + 1 < job.slices.length) await slices.add([{ ...job, slice: job.slice + 1 }]);
}

interface Outcome {
  status: FactOf<'step-finished'>['status'];
  output: StepInput;
  error: ExceptionDetails | null;
  emitted: JsonObject[];
  written: WrittenContent[];
  attempt: number;
}

type FailedResult = Extract<AttemptResult, { kind: 'failed' }>;

/** What was tried of a step before: the number of the next attempt, and of those that failed and that crashed. */
interface Tried {
  attempt: number;
  failures: number;
  crashes: number;
}

const FRESH: Tried = { attempt: 1, failures: 0, crashes: 0 };

const NO_OUTPUT: StepInput = { output: null, outputRef: null, outputId: null };

/** One lease of one slice: the attempts of its steps, each reported as it happens. */
class SliceRun {
  readonly #deps: SliceRunDeps;
  readonly #job: SliceJob;
  readonly #held: HeldSlice;
  readonly #started: StartedSlice;
  /** One past the last step of the slice. */
  readonly #end: number;
  /** `start` reported number 0 of this attempt. */
  #seq = 0;

  constructor(deps: SliceRunDeps, job: SliceJob, held: HeldSlice, started: StartedSlice) {
    const slice = job.slices[job.slice];
    if (slice === undefined) throw new RangeError('a slice job must be one of its own slices');
    this.#deps = deps;
    this.#job = job;
    this.#held = held;
    this.#started = started;
    this.#end = slice.firstStep + slice.stepCount;
  }

  async run(): Promise<JobEnd> {
    const { step: first, stepAttempt: attempt, stepFailures: failures, stepCrashes: crashes } = this.#started;
    let input = this.#started.input ?? this.#job.input;
    for (let step = first; step < this.#end; step += 1) {
      const earlier = step === first ? { attempt, failures, crashes } : FRESH;
      const outcome = this.#skip(step, earlier.attempt) ?? (await this.#try(step, input, earlier));
      if ('kind' in outcome) return outcome;
      if (outcome.status === 'SUCCEEDED') input = outcome.output;
      const reported = await this.#finish(step, outcome, input);
      if (reported === 'lost') await this.#abandon(step, outcome.attempt, outcome.output);
      if (reported !== 'ok' || outcome.status === 'FAILED') return OVER;
    }
    await addNext(this.#deps, this.#job);
    return OVER;
  }

  /** @returns the outcome of a step whose conditional does not hold */
  #skip(index: number, attempt: number): Outcome | undefined {
    const { executionId, context, documentFamily, steps } = this.#job;
    const step = steps[index];
    const verdict = judgeConditional(step?.conditional, { context, metadata: documentFamily?.metadata ?? null });
    if (verdict.run) return undefined;
    const { error } = verdict;
    this.#deps.logger.info(
      { executionId, step: index, conditional: step?.conditional, reason: error ?? 'it is false' },
      'step skipped',
    );
    const details = error === null ? null : exception('CONDITIONAL_FAILED', `The conditional has no answer: ${error}.`);
    return ended('SKIPPED', details, attempt);
  }

  /** Tries a step until it has an outcome, or until the slice has to be given up. */
  async #try(index: number, input: StepInput, earlier: Tried): Promise<JobEnd | Outcome> {
    const step = this.#job.steps[index];
    if (step === undefined) throw new RangeError(`the job has no step ${index}`);
    const { lost } = this.#started;
    if (lost > MAX_LOST_WORKERS)
      return ended(
        'FAILED',
        exception('WORKER_LOST', `${lost} workers were lost while they ran this step.`),
        earlier.attempt,
      );

    const policy = stepPolicy(step, step.module.metadata.timeoutSeconds);
    let { failures, crashes } = earlier;
    for (let { attempt } = earlier; ; attempt += 1) {
      const notices = this.#noticesOf(index, attempt);
      const result = await this.#deps.attempt({
        job: this.#job,
        index,
        step,
        attempt,
        policy,
        input,
        signal: this.#held.signal,
        onProgress: this.#progressReporter(index, attempt),
        onLog: (entry) => notices.log(entry),
        onStatusMessage: (message) => notices.say(message),
      });
      await notices.flush();
      if (this.#held.stopReason() === 'lease-lost') {
        if (result.kind === 'succeeded') await this.#abandon(index, attempt, result.output);
        return OVER;
      }
      if (result.kind === 'succeeded') {
        const { output, emitted, written } = result;
        return { status: 'SUCCEEDED', output, error: null, emitted, written, attempt };
      }
      if (result.kind === 'aborted') return this.#stopped(attempt);

      failures += 1;
      if (result.crashed) crashes += 1;
      if (result.crashed ? crashes >= MAX_CRASHES : failures >= policy.maxAttempts) {
        return ended(policy.onExhausted === 'skip' ? 'SKIPPED' : 'FAILED', result.error, attempt);
      }
      const given = await this.#retry(index, attempt, result, backoffMs(policy, failures));
      if (given) return given;
    }
  }

  /** Reports a failed attempt and waits for the next one. @returns how the slice ends if there is none here */
  async #retry(
    step: number,
    stepAttempt: number,
    { error, crashed }: FailedResult,
    waitMs: number,
  ): Promise<JobEnd | Outcome | undefined> {
    const { leases, logger } = this.#deps;
    const keep = waitMs <= MAX_WAIT_IN_SLOT_MS;
    const retryAt = Date.now() + waitMs;
    const fact = { kind: 'step-retrying', ...this.#about(step, stepAttempt), error, retryAt } as const;
    const reported = await leases.retryStep(this.#held.lease, fact, { keep, crashed });
    logger.info(
      { executionId: this.#job.executionId, step, attempt: stepAttempt, error: error.errorType, waitMs },
      'step failed, trying again',
    );
    if (reported !== 'ok') return OVER;
    if (!keep) return { kind: 'put-back', at: retryAt };
    await delay(waitMs, undefined, { signal: this.#held.signal }).catch(() => {});
    return this.#held.signal.aborted ? this.#stopped(stepAttempt + 1) : undefined;
  }

  async #stopped(attempt: number): Promise<JobEnd | Outcome> {
    switch (this.#held.stopReason()) {
      case 'hand-back': {
        const released = await this.#deps.leases.release(this.#held.lease, Date.now());
        return released === 'ok' ? { kind: 'put-back', at: Date.now() } : OVER;
      }
      case 'closed':
        return ended('CANCELLED', exception('STEP_CANCELLED', 'The step was told to stop.'), attempt);
      default:
        return OVER;
    }
  }

  #finish(step: number, { status, output, error, emitted, written, attempt }: Outcome, input: StepInput) {
    const next = status === 'FAILED' || status === 'CANCELLED' ? END : this.#after(step);
    const nextStep = next.kind === 'step' ? next.step : null;
    const { workerId, leases } = this.#deps;
    const fact = {
      kind: 'step-finished',
      ...this.#about(step, attempt),
      workerId,
      status,
      ...output,
      error,
      emitted,
      ...(written.length > 0 ? { written } : {}),
      nextStep,
    } as const;
    return leases.finishStep(this.#held.lease, fact, next, input);
  }

  /** An output that was kept and not reported. It may have been, with only the answer lost: the record decides. */
  async #abandon(step: number, stepAttempt: number, { outputRef }: StepInput): Promise<void> {
    if (outputRef === null) return;
    await this.#deps.leases.abandonOutput({ kind: 'output-abandoned', ...this.#about(step, stepAttempt), outputRef });
  }

  #after(step: number): ComesNext {
    if (step + 1 < this.#end) return { kind: 'step', step: step + 1 };
    const slice = this.#job.slices[this.#job.slice + 1];
    return slice ? { kind: 'slice', step: slice.firstStep, runtime: slice.runtime } : END;
  }

  /** Reports progress, the newest at most twice a second; what is lost on the way is overtaken by the next. */
  #progressReporter(step: number, stepAttempt: number): (progress: Progress) => void {
    let reportedAt = 0;
    return ({ done, max }) => {
      const now = Date.now();
      if (now - reportedAt < PROGRESS_EVERY_MS && done !== max) return;
      reportedAt = now;
      const fact = {
        kind: 'step-progress',
        ...this.#about(step, stepAttempt),
        progress: done,
        progressMax: max,
      } as const;
      this.#deps.leases
        .report(this.#held.lease, fact)
        .catch((error) => this.#deps.logger.debug({ err: error }, 'progress'));
    };
  }

  #noticesOf(step: number, stepAttempt: number): StepNotices {
    const { leases, logger } = this.#deps;
    return new StepNotices(
      (notice) => leases.report(this.#held.lease, { ...this.#about(step, stepAttempt), ...notice }),
      (error) => logger.warn({ err: error, executionId: this.#job.executionId, step }, 'log entries not reported'),
    );
  }

  #about(step: number, stepAttempt: number) {
    const { executionId, epoch, slice } = this.#held.lease;
    this.#seq += 1;
    return {
      executionId,
      epoch,
      slice,
      attempt: this.#started.attempt,
      seq: this.#seq,
      step,
      stepAttempt,
      at: Date.now(),
    };
  }
}

const END: ComesNext = { kind: 'end' };

function ended(status: Outcome['status'], error: ExceptionDetails | null, attempt: number): Outcome {
  return { status, output: NO_OUTPUT, error, emitted: [], written: [], attempt };
}
