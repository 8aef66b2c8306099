import type { ExceptionDetails } from './exception-details.ts';
import type { LabelChange, WrittenContent } from './fact.ts';
import type { Json } from './json.ts';
import type { ExecutionStatus } from './status.ts';
import type { StepAttempt } from './step-attempt.ts';
import type { StepStatus } from './step-status.ts';

/** The part of an execution that facts can change: what the fold reads and gives back. Instants in ms since 1970. */
export interface ExecutionState {
  status: ExecutionStatus;
  /** Set while a deadline is being enforced: the execution ends FAILED, not CANCELLED, once it has stopped. */
  stopReason: 'TIMEOUT' | null;
  epoch: number;
  /** When its first step did; it is RUNNING before. */
  startedAt: number | null;
  finishedAt: number | null;
  exceptionDetails: ExceptionDetails | null;
  slices: SliceState[];
  /** One entry for each step of the pipeline, in order. */
  steps: StepState[];
}

export interface SliceState {
  runtime: string;
  firstStep: number;
  stepCount: number;
  attempt: number;
  /** Highest fact number seen of that attempt; -1 before the first. */
  seq: number;
  workerId: string | null;
  queuedAt: number;
  /** When `attempt` began. */
  leasedAt: number | null;
  startedAt: number | null;
  finishedAt: number | null;
}

export interface StepState {
  status: StepStatus;
  attempt: number;
  /** When the present attempt began, or begins; who runs it, or will most likely. */
  attemptStartedAt: number | null;
  workerId: string | null;
  /** Those before the present one, oldest first: the newest of them. */
  earlierAttempts: readonly StepAttempt[];
  startedAt: number | null;
  finishedAt: number | null;
  progress: number | null;
  progressMax: number | null;
  output: Json;
  outputRef: string | null;
  outputId: string | null;
  /** What its module wrote besides. */
  written: readonly WrittenContent[];
  /** What it changed about the labels of the document family, in order. */
  labels: readonly LabelChange[];
  exceptionDetails: ExceptionDetails | null;
}

export const PENDING_STEP: Readonly<StepState> = {
  status: 'PENDING',
  attempt: 0,
  attemptStartedAt: null,
  workerId: null,
  earlierAttempts: [],
  startedAt: null,
  finishedAt: null,
  progress: null,
  progressMax: null,
  output: null,
  outputRef: null,
  outputId: null,
  written: [],
  labels: [],
  exceptionDetails: null,
};
