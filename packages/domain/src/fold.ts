import { endEarlier } from './attempt-history.ts';
import { type ExceptionDetails, exception } from './exception-details.ts';
import { type ExecutionState, PENDING_STEP, type SliceState, type StepState } from './execution-state.ts';
import type { Fact, FactOf } from './fact.ts';
import { isFinished } from './status.ts';
import { isStepFinished, type StepStatus } from './step-status.ts';

/**
 * Folds facts about one execution into its state and returns the new state; the same state object if nothing changed.
 *
 * The order within `facts` does not matter, and facts seen before change nothing: they are put into their one order
 * (epoch, slice, attempt, seq) first, and lower epochs, lower attempts and facts about a finished execution are ignored.
 * Implied states are passed through: a batch that holds a whole life takes PENDING to SUCCEEDED. One that is REQUESTED
 * was not admitted to the queue, so nothing can have happened to it.
 */
export function fold(state: ExecutionState, facts: readonly Fact[]): ExecutionState {
  if (state.status === 'REQUESTED') return state;
  let next = state;
  for (const fact of [...facts].sort(inOrder)) {
    if (isFinished(next.status)) break;
    next = settle(apply(next, fact), fact.at);
  }
  return next;
}

function apply(state: ExecutionState, fact: Fact): ExecutionState {
  switch (fact.kind) {
    case 'planned':
      return fact.epoch > state.epoch ? plan(state, fact) : state;
    case 'unplannable':
      return fact.epoch > state.epoch && !stopping(state) ? fail(state, fact) : state;
    case 'stopped':
      return fact.epoch === UNPLANNED || fact.epoch >= state.epoch ? stop(state, fact.at) : state;
    case 'step-logged':
    case 'step-said':
    case 'output-abandoned':
      return state;
    default:
      return bySlice(state, fact);
  }
}

function plan(state: ExecutionState, fact: FactOf<'planned'>): ExecutionState {
  return {
    ...state,
    status: state.status === 'PENDING' ? 'RUNNING' : state.status,
    epoch: fact.epoch,
    // Nothing will start where there is nothing to do.
    startedAt: state.startedAt ?? (state.steps.length === 0 ? fact.at : null),
    slices: fact.slices.map((slice) => ({
      ...slice,
      attempt: 0,
      seq: -1,
      workerId: null,
      queuedAt: fact.at,
      leasedAt: null,
      startedAt: null,
      finishedAt: null,
    })),
    steps: state.steps.map((step) =>
      step.status === 'SUCCEEDED' || step.status === 'SKIPPED' ? step : planAgain(step),
    ),
  };
}

/** Whatever is told of it was lost, but for its attempts. */
function planAgain(step: StepState): StepState {
  const earlierAttempts = endEarlier(step, null);
  return earlierAttempts.length === 0 ? PENDING_STEP : { ...PENDING_STEP, earlierAttempts };
}

type SliceFact = FactOf<'step-started' | 'step-retrying' | 'step-progress' | 'step-finished'>;

function bySlice(state: ExecutionState, fact: SliceFact): ExecutionState {
  const slice = state.slices[fact.slice];
  const step = state.steps[fact.step];
  if (fact.epoch !== state.epoch || slice === undefined || step === undefined) return state;
  if (fact.attempt < slice.attempt || (fact.attempt === slice.attempt && fact.seq <= slice.seq)) return state;

  const steps = state.steps.with(fact.step, stepAfter(step, fact));
  const nextStep = fact.kind === 'step-finished' ? fact.nextStep : null;
  const upcoming = nextStep === null ? undefined : steps[nextStep];
  if (nextStep !== null && upcoming)
    steps[nextStep] = startStep(upcoming, { attempt: 1, at: fact.at, workerId: sliceAfter(slice, fact).workerId });
  const slices = state.slices.with(fact.slice, sliceAfter(slice, fact));
  return { ...state, startedAt: state.startedAt ?? beganAt(fact), steps, slices };
}

/** When what the fact tells of began, as far as it says so. */
function beganAt(fact: SliceFact): number {
  return (fact.kind === 'step-finished' ? fact.startedAt : undefined) ?? fact.at;
}

function stepAfter(step: StepState, fact: SliceFact): StepState {
  switch (fact.kind) {
    case 'step-started':
      return startStep(step, { attempt: fact.stepAttempt, at: fact.at, workerId: fact.workerId });
    case 'step-retrying':
      return retryStep(step, fact);
    case 'step-progress':
      return { ...step, progress: fact.progress, progressMax: fact.progressMax };
    case 'step-finished':
      return {
        ...begunStep(step, fact),
        status: fact.status,
        attempt: fact.stepAttempt,
        workerId: fact.workerId,
        finishedAt: fact.at,
        output: fact.output,
        outputRef: fact.outputRef,
        outputId: fact.outputId,
        written: fact.written ?? [],
        labels: fact.labels ?? [],
        exceptionDetails: fact.error,
      };
  }
}

function begunStep(step: StepState, { stepAttempt, startedAt, workerId }: FactOf<'step-finished'>): StepState {
  return startedAt === undefined ? step : startStep(step, { attempt: stepAttempt, at: startedAt, workerId });
}

interface AttemptStart {
  attempt: number;
  at: number;
  workerId: string | null;
}

/**
 * Each attempt begins its work anew; the time of the step counts from the first one. One that was due to be made again
 * begins under its number; another one that has not ended was lost.
 */
function startStep(step: StepState, { attempt, at, workerId }: AttemptStart): StepState {
  return {
    ...step,
    status: 'RUNNING',
    earlierAttempts: attempt === step.attempt ? step.earlierAttempts : endEarlier(step, null),
    attempt,
    attemptStartedAt: at,
    workerId,
    startedAt: step.startedAt ?? at,
    progress: null,
    progressMax: null,
  };
}

function retryStep(step: StepState, { at, stepAttempt, error, retryAt }: FactOf<'step-retrying'>): StepState {
  const tried = { ...step, attempt: stepAttempt };
  const earlierAttempts = endEarlier(tried, { at, error });
  const next = startStep({ ...tried, earlierAttempts }, { attempt: stepAttempt, at, workerId: step.workerId });
  return { ...next, attempt: stepAttempt + 1, attemptStartedAt: retryAt, exceptionDetails: error };
}

function sliceAfter(slice: SliceState, fact: SliceFact): SliceState {
  const ended = fact.kind === 'step-finished' && fact.nextStep === null;
  return {
    ...slice,
    attempt: fact.attempt,
    seq: fact.seq,
    workerId: 'workerId' in fact ? fact.workerId : slice.workerId,
    leasedAt: fact.attempt > slice.attempt ? beganAt(fact) : slice.leasedAt,
    startedAt: slice.startedAt ?? beganAt(fact),
    finishedAt: ended ? fact.at : null,
  };
}

/** Ends the execution as soon as its steps say that nothing more of it will run. */
function settle(state: ExecutionState, at: number): ExecutionState {
  if (isFinished(state.status) || state.epoch === 0) return state;
  const failed = state.steps.find((step) => step.status === 'FAILED');
  if (failed === undefined && !state.steps.every((step) => step.status === 'SUCCEEDED' || step.status === 'SKIPPED')) {
    return state;
  }
  if (stopping(state)) return stop(state, at);
  if (failed === undefined) return { ...state, status: 'SUCCEEDED', finishedAt: at };
  return fail(state, { at, error: failed.exceptionDetails });
}

function stopping(state: ExecutionState): boolean {
  return state.status === 'CANCELLING' || state.stopReason !== null;
}

/** Nothing of it runs any more: a cancel ends CANCELLED, a passed deadline FAILED. Without either, it means nothing. */
function stop(state: ExecutionState, at: number): ExecutionState {
  if (!stopping(state)) return state;
  const stopped = { ...state, steps: endSteps(state, 'CANCELLED') };
  return state.status === 'CANCELLING'
    ? { ...stopped, status: 'CANCELLED', finishedAt: at }
    : fail(stopped, { at, error: exception('EXECUTION_TIMEOUT', 'The execution did not finish before its deadline.') });
}

function fail(state: ExecutionState, { at, error }: { at: number; error: ExceptionDetails | null }): ExecutionState {
  return { ...state, status: 'FAILED', finishedAt: at, exceptionDetails: error, steps: endSteps(state, 'SKIPPED') };
}

/** Nothing more of them will run. */
function endSteps({ steps }: ExecutionState, status: StepStatus): StepState[] {
  return steps.map((step) => (isStepFinished(step.status) ? step : { ...step, status }));
}

/** The epoch of what is said of an execution that Redis knows no planning of: nothing of any epoch runs. */
const UNPLANNED = 0;
const LAST = Number.MAX_SAFE_INTEGER;

/**
 * A plan comes before all of its epoch's facts, a stop after them: what ran before it was stopped did run. Two may have
 * reported the same; then the first one counts.
 */
function inOrder(a: Fact, b: Fact): number {
  return epochOf(a) - epochOf(b) || sliceOf(a) - sliceOf(b) || withinSlice(a, b) || a.at - b.at;
}

function epochOf({ kind, epoch }: Fact): number {
  return kind === 'stopped' && epoch === UNPLANNED ? LAST : epoch;
}

function sliceOf(fact: Fact): number {
  if ('slice' in fact) return fact.slice;
  return fact.kind === 'stopped' ? LAST : -1;
}

/** Both of the same slice, or neither of any. */
function withinSlice(a: Fact, b: Fact): number {
  return 'slice' in a && 'slice' in b ? a.attempt - b.attempt || a.seq - b.seq : 0;
}
