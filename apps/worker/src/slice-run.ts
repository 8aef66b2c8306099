import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedStep, SliceJob, StepInput } from '@gantry/contracts/execution-job';
import type { JobEnd } from '@gantry/dispatch/job-worker';
import type { ComesNext, Reported, SliceLeases, StartedSlice } from '@gantry/dispatch/slice-lease';
import type { SliceQueue } from '@gantry/dispatch/slice-queue';
import { type ExceptionDetails, exception } from '@gantry/domain/exception-details';
import { judgeConditional } from '@gantry/domain/expression/conditional';
import type { Json } from '@gantry/domain/json';
import { moduleName } from '@gantry/domain/module-ref';
import { stepPolicy } from '@gantry/domain/pipeline';
import { afterFailure, type Tried, UNTRIED } from '@gantry/domain/retry';
import { endsExecution } from '@gantry/domain/step-status';
import type { Logger } from '@gantry/service/logger';
import { currentTraceparent } from '@gantry/service/spans';
import type { HeldSlice } from './held-slices.ts';
import { SliceFacts } from './slice-facts.ts';
import { SliceReports } from './slice-reports.ts';
import type { AttemptInTurn, AttemptResult, StepAttempt } from './step-attempt.ts';
import type { StepNotices } from './step-notices.ts';
import { type Attempted, NO_OUTPUT, type Outcome, OVER, putBack, SLICE_OVER, unsuccessful } from './step-outcome.ts';
import { untilAnswered } from './until-answered.ts';

export interface SliceRunDeps {
  leases: SliceLeases;
  slices: SliceQueue;
  attempt: AttemptInTurn;
  /** Whether another worker of the runtime has a module that this one lacks. */
  hasElsewhere: (module: string, runtime: string) => Promise<boolean>;
  workerId: string;
  logger: Logger;
}

/** So many workers may be lost under a slice before the slice is held to be the cause. */
const MAX_LOST_WORKERS = 10;
/** After as many, which may be chance, it runs beside no other slice that had as many: one of them is to blame, the others are not. */
const LOST_BY_CHANCE = 2;
/** So often a slice is leased at most by workers that lack a module of it, while others have it; waiting longer each time. */
const MAX_HAND_ONS = 100;
const HAND_ON_MS = 500;
const MAX_HAND_ON_MS = 30_000;
/** While what a step needs is away a slice keeps its slot, as others fare no better; for so long at most, and as long after it. */
const MAX_OUTAGE_WAIT_MS = 5_000;
/** So many steps more are handed over with one, to be gone on with when it has ended. */
const STEPS_AHEAD = 20;

type GivenAttempt = Pick<StepAttempt, 'step' | 'attempt' | 'policy' | 'input' | 'fresh'>;
type FailedResult = Extract<AttemptResult, { kind: 'failed' }>;

const END: ComesNext = { kind: 'end' };

/** One lease of one slice: the attempts of its steps, each reported when it happens or a moment later. */
export class SliceRun {
  readonly #deps: SliceRunDeps;
  readonly #job: SliceJob;
  readonly #held: HeldSlice;
  readonly #started: StartedSlice;
  /** One past the last step of the slice. */
  readonly #end: number;
  readonly #facts: SliceFacts;
  readonly #reports: SliceReports;
  /** What was begun and has not been asked for all of its results. */
  #inTurn: AsyncGenerator<AttemptResult> | undefined;
  /** By step: of its attempt that runs, if it has told something. */
  readonly #notices = new Map<number, StepNotices>();
  /** By step: how far its attempts came. */
  readonly #checkpoints = new Map<number, Json>();

  constructor(deps: SliceRunDeps, job: SliceJob, held: HeldSlice, started: StartedSlice, at: number) {
    const slice = job.slices[job.slice];
    if (slice === undefined) throw new RangeError('a slice job must be one of its own slices');
    this.#deps = deps;
    this.#job = job;
    this.#held = held;
    this.#started = started;
    this.#checkpoints.set(started.step, started.checkpoint);
    this.#end = slice.firstStep + slice.stepCount;
    this.#facts = new SliceFacts(held.lease, started.attempt, {
      tell: (fact) => this.#reports.tell(fact),
      logger: deps.logger,
    });
    const start = { ...this.#facts.about(started.step, started.stepAttempt, at), workerId: deps.workerId };
    // The script that leases the slice reports all starts but the first.
    this.#reports = new SliceReports(
      deps.leases,
      held,
      started.attempt > 1 ? undefined : { kind: 'step-started', ...start },
    );
  }

  async run(): Promise<JobEnd> {
    try {
      const end = await this.#run();
      await this.#reports.flush();
      return end;
    } finally {
      this.#reports.end();
      await this.#inTurn?.return(undefined);
    }
  }

  async #run(): Promise<JobEnd> {
    const { step: first, stepAttempt: attempt, stepFailures: failures, stepCrashes: crashes } = this.#started;
    let input = this.#started.input ?? this.#job.input;
    for (let step = first; step < this.#end; step += 1) {
      const tried = step === first ? { attempt, failures, crashes } : UNTRIED;
      const attempted = this.#skip(step, tried.attempt) ?? (await this.#try(step, input, tried));
      if (attempted.kind === 'slice-ends') return attempted.end;
      const { outcome } = attempted;
      if (outcome.status === 'SUCCEEDED') input = outcome.output;
      const reported = await this.#finish(step, outcome, input);
      if (reported !== 'ok' || endsExecution(outcome.status)) return OVER;
    }
    await addNext(this.#deps, this.#job);
    return OVER;
  }

  /** @returns the outcome of a step whose conditional does not hold */
  #skip(index: number, attempt: number): Attempted | undefined {
    const { executionId, steps } = this.#job;
    const step = steps[index];
    const verdict = this.#judge(step);
    if (verdict.run) return undefined;
    const { error } = verdict;
    this.#deps.logger.info(
      { executionId, step: index, conditional: step?.conditional, reason: error ?? 'it is false' },
      'step skipped',
    );
    const details = error === null ? null : exception('CONDITIONAL_FAILED', `The conditional has no answer: ${error}.`);
    return unsuccessful('SKIPPED', details, attempt);
  }

  #judge(step: PlannedStep | undefined): ReturnType<typeof judgeConditional> {
    const { context, documentFamily } = this.#job;
    return judgeConditional(step?.conditional, { context, metadata: documentFamily?.metadata ?? null });
  }

  /** Tries a step until it has an outcome, or until the slice has to be given up. */
  async #try(index: number, input: StepInput, earlier: Tried): Promise<Attempted> {
    const step = this.#job.steps[index];
    if (step === undefined) throw new RangeError(`the job has no step ${index}`);
    const { lost } = this.#started;
    if (lost > MAX_LOST_WORKERS) {
      const error = exception('WORKER_LOST', `${lost} workers were lost while they ran this step.`);
      return unsuccessful('FAILED', error, earlier.attempt);
    }
    const isSuspect = lost > LOST_BY_CHANCE && index === this.#started.step;
    if (isSuspect && !this.#held.takeSuspect()) return this.#handBack(this.#laterMs());

    const policy = stepPolicy(step, step.module.metadata.timeoutSeconds);
    let tried = earlier;
    // Whether it crashed or only failed before it waited outside of its slot is not known, so it is taken for a crash.
    let fresh = tried.failures > 0;
    while (true) {
      const { attempt } = tried;
      const result = await this.#attempt(index, { step, attempt, policy, input, fresh });
      if (this.#held.stopReason() === 'lease-lost') {
        if (result.kind === 'succeeded')
          await this.#reports.abandon({ ...this.#facts.about(index, attempt), ...result.output });
        return SLICE_OVER;
      }
      switch (result.kind) {
        case 'succeeded': {
          const { output, emitted, written, labels, at } = result;
          const outcome = { status: 'SUCCEEDED', output, error: null, emitted, written, labels, attempt, at } as const;
          return { kind: 'outcome', outcome };
        }
        case 'aborted':
          return this.#stopped(attempt);
        case 'waiting': {
          const awaited = await this.#reports.awaitCall();
          if (awaited === 'answered') continue;
          return awaited === 'ok'
            ? { kind: 'slice-ends', end: untilAnswered(this.#deps.leases, this.#job, policy.timeoutSeconds * 1_000) }
            : SLICE_OVER;
        }
        case 'unavailable':
          return this.#outage(index, attempt, result.error);
        case 'failed': {
          if (await this.#isElsewhere(step, result)) return this.#handOn(index, attempt, moduleName(step.module));
          const after = afterFailure(policy, tried, result.failure, result.wish);
          if (after.kind === 'exhausted') return unsuccessful(after.status, result.error, attempt);
          const end = await this.#retry(index, attempt, result, after);
          if (end !== undefined) return end;
          tried = after.tried;
          fresh = result.failure !== 'failed' || tried.crashes > 0;
        }
      }
    }
  }

  /** One attempt, and all that it told reported. It may have begun already, with the step before. */
  async #attempt(index: number, given: GivenAttempt): Promise<AttemptResult> {
    const begun = await this.#inTurn?.next();
    if (begun !== undefined && !begun.done) return this.#told(index, begun.value);
    // The report of the step before closes the call that was open; it must not come after this one's is opened.
    if (given.step.module.metadata.kind === 'http') await this.#reports.flush();
    this.#inTurn = this.#deps.attempt(this.#order(index, given), this.#ahead(index, given.step));
    const { value, done } = await this.#inTurn.next();
    if (done) throw new Error('an attempt has a result');
    return this.#told(index, value);
  }

  async #told(index: number, result: AttemptResult): Promise<AttemptResult> {
    await this.#notices.get(index)?.flush();
    return result;
  }

  #noticesOf(index: number, attempt: number): StepNotices {
    const notices = this.#notices.get(index) ?? this.#facts.noticesOf(index, attempt);
    this.#notices.set(index, notices);
    return notices;
  }

  /** What may follow a step at once: those of its kind whose conditionals hold, as none depends on an output. */
  #ahead(index: number, { module }: PlannedStep): StepAttempt[] {
    const ahead: StepAttempt[] = [];
    for (let next = index + 1; next < this.#end && ahead.length < STEPS_AHEAD; next += 1) {
      const step = this.#job.steps[next];
      if (step?.module.metadata.kind !== module.metadata.kind) break;
      const policy = stepPolicy(step, step.module.metadata.timeoutSeconds);
      const given = { step, policy, attempt: UNTRIED.attempt, input: NO_OUTPUT, fresh: false };
      if (this.#judge(step).run) ahead.push(this.#order(next, given));
    }
    return ahead;
  }

  #order(index: number, given: GivenAttempt): StepAttempt {
    this.#notices.delete(index);
    return {
      ...given,
      job: this.#job,
      lease: this.#held.lease,
      index,
      checkpoint: this.#checkpoints.get(index) ?? null,
      signal: this.#held.signal,
      onCheckpoint: (checkpoint) => this.#keepCheckpoint(index, checkpoint),
      onProgress: this.#facts.progressReporter(index, given.attempt),
      onLog: (entry) => this.#noticesOf(index, given.attempt).log(entry),
      onStatusMessage: (message) => this.#noticesOf(index, given.attempt).say(message),
    };
  }

  /** One that is lost on the way costs the next attempt time, no more. */
  #keepCheckpoint(step: number, checkpoint: Json): void {
    this.#checkpoints.set(step, checkpoint);
    this.#reports
      .keepCheckpoint(step, checkpoint)
      .catch((error) => this.#deps.logger.debug({ err: error }, 'checkpoint'));
  }

  /** Reports a failed attempt and waits for the next one. @returns how the slice ends if there is none here */
  async #retry(
    step: number,
    stepAttempt: number,
    { error, failure }: FailedResult,
    { waitMs, keepSlot }: { waitMs: number; keepSlot: boolean },
  ): Promise<Attempted | undefined> {
    const retryAt = Date.now() + waitMs;
    const fact = { kind: 'step-retrying', ...this.#facts.about(step, stepAttempt), error, retryAt } as const;
    const crashed = failure === 'crashed-fresh';
    const reported = await this.#reports.retry(fact, { keep: keepSlot, crashed });
    this.#deps.logger.info(
      { executionId: this.#job.executionId, step, attempt: stepAttempt, error: error.errorType, waitMs },
      'step failed, trying again',
    );
    if (reported !== 'ok') return SLICE_OVER;
    if (!keepSlot) return { kind: 'slice-ends', end: { kind: 'put-back', at: retryAt } };
    await delay(waitMs, undefined, { signal: this.#held.signal }).catch(() => {});
    return this.#held.signal.aborted ? this.#stopped(stepAttempt + 1) : undefined;
  }

  /** What it needs is away for now, as the content store, or not loaded yet: the slice waits, and no attempt is counted. */
  async #outage(step: number, stepAttempt: number, error: ExceptionDetails): Promise<Attempted> {
    const notices = this.#facts.noticesOf(step, stepAttempt);
    const message = `The step waits and is tried again: ${error.message}`;
    notices.log({ level: 'warn', message, loggedAt: Date.now() });
    await notices.flush();
    const waitMs = Math.min(this.#laterMs(), MAX_OUTAGE_WAIT_MS);
    await delay(waitMs, undefined, { signal: this.#held.signal }).catch(() => {});
    return this.#held.signal.aborted ? this.#stopped(stepAttempt) : this.#handBack(waitMs);
  }

  async #isElsewhere({ module }: PlannedStep, { error }: FailedResult): Promise<boolean> {
    if (error.errorType !== 'MODULE_NOT_FOUND' || this.#started.attempt > MAX_HAND_ONS) return false;
    return this.#deps.hasElsewhere(moduleName(module), module.metadata.moduleRuntimeRef);
  }

  /** For a worker that has the module. Any may take the slice next, so that it comes by all of them. */
  async #handOn(step: number, stepAttempt: number, module: string): Promise<Attempted> {
    const notices = this.#facts.noticesOf(step, stepAttempt);
    notices.say({ type: 'WAITING', title: `waiting for a worker that has ${module}` });
    await notices.flush();
    return this.#handBack(this.#laterMs());
  }

  /** Any worker may take the slice then; longer each time. */
  #laterMs(): number {
    return Math.min(HAND_ON_MS * 2 ** (this.#started.attempt - 1), MAX_HAND_ON_MS);
  }

  async #handBack(waitMs: number): Promise<Attempted> {
    const released = await this.#reports.release();
    if (released !== 'ok') return SLICE_OVER;
    return putBack(waitMs);
  }

  async #stopped(attempt: number): Promise<Attempted> {
    switch (this.#held.stopReason()) {
      case 'hand-back':
        return this.#handBack(0);
      case 'closed':
        return unsuccessful('CANCELLED', exception('STEP_CANCELLED', 'The step was told to stop.'), attempt);
      default:
        return SLICE_OVER;
    }
  }

  #finish(step: number, outcome: Outcome, input: StepInput): Promise<Reported> {
    const { status, output, error, emitted, written, labels, attempt, at } = outcome;
    const next = endsExecution(status) ? END : this.#after(step);
    const nextStep = next.kind === 'step' ? next.step : null;
    const { workerId } = this.#deps;
    const traceparent = currentTraceparent();
    const fact = {
      kind: 'step-finished',
      ...this.#facts.about(step, attempt, at),
      workerId,
      status,
      ...output,
      error,
      emitted,
      ...(written.length > 0 ? { written } : {}),
      ...(labels.length > 0 ? { labels } : {}),
      ...(traceparent !== null && { traceparent }),
      nextStep,
    } as const;
    const reported = this.#reports.finish(fact, next, input);
    if (next.kind !== 'step') this.#held.leaveSlot();
    return reported;
  }

  #after(step: number): ComesNext {
    if (step + 1 < this.#end) return { kind: 'step', step: step + 1 };
    const slice = this.#job.slices[this.#job.slice + 1];
    return slice ? { kind: 'slice', step: slice.firstStep, runtime: slice.runtime } : END;
  }
}

/** Enqueues the slice after this one, if there is one. */
export async function addNext({ slices }: SliceRunDeps, job: SliceJob): Promise<void> {
  if (job.slice + 1 < job.slices.length) await slices.add([{ ...job, slice: job.slice + 1 }]);
}
