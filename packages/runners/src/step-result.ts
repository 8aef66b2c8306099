import type { WrittenContent } from '@gantry/domain/fact';
import type { Json, JsonObject } from '@gantry/domain/json';
import type { LogLevel, SpanAttributes, StatusMessage } from '@gantry/module-sdk/define-module';
import type { OptionProblem } from '@gantry/module-sdk/module-options';

/** What a step is given, as plain data. */
export interface StepRequest {
  /** `organization/slug` of the module. */
  ref: string;
  options: JsonObject;
  executionId: string;
  organizationId: string;
  stepId: string;
  stepIndex: number;
  attempt: number;
  epoch: number;
  context: JsonObject;
  documentFamily: JsonObject | null;
  contentObject: JsonObject | null;
  previousOutput: Json;
  /** What an attempt before kept last; null without. */
  checkpoint: Json;
  /** Where in a trace the step is (W3C), if anybody said so. */
  traceparent?: string;
  /** Where what runs elsewhere may say later how the step ended; not given where it cannot. */
  callBack?: string;
}

interface StackFrame {
  function: string;
  file: string;
  line: number;
  column: number;
}

export interface StepError {
  /** Of the engine (MODULE_FAILED, STEP_TIMEOUT, ...), or the code of the ModuleError or ContentError thrown. */
  code: string;
  message: string;
  errorType?: string;
  /** See ModuleError. */
  statusCode?: number;
  advice?: string;
  /** What else is known of what was thrown: see error-details.ts. */
  cause?: JsonObject;
  stackTrace?: StackFrame[];
  validationErrors?: OptionProblem[];
  /** Trying again is of no use. */
  permanent?: boolean;
  /** Seconds before which another try is of no use. */
  retryAfter?: number;
}

/** How a step ended; a value, never an exception. */
export type StepResult =
  /** `outputJson` is the text of `output`, as it was checked and measured; `at` is when it ended, in ms since 1970. */
  | { outcome: 'succeeded'; output: Json; outputJson: string; at: number }
  /** Whoever was given `callBack` will say. */
  | { outcome: 'waiting' }
  | { outcome: 'failed' | 'aborted' | 'timed-out' | 'unavailable'; error: StepError }
  /** It took down what it ran in. `fresh`: nothing had run there before it, so nobody else can be to blame. */
  | { outcome: 'crashed'; error: StepError; fresh: boolean };

export interface LogEntry {
  level: LogLevel;
  message: string;
  fields?: JsonObject;
  /** Milliseconds since the epoch. */
  loggedAt: number;
  /**
   * It stands for entries of the attempt that are held back until it ends, or that are missing for good. The next such
   * entry takes its place.
   */
  standsFor?: 'held' | 'missing';
}

/** What is held back of the log of an attempt, as of now. */
export interface HeldLog {
  /** How many entries, with those that there is no room for. */
  entries: number;
  /** Oldest first. */
  newest: LogEntry[];
}

export interface Progress {
  done: number;
  max: number | null;
}

/** A part of the step that its module tells of: that it began, within another one or none, and that it ended. */
export type SpanReport =
  | { kind: 'begun'; id: number; within: number | null; name: string; attributes: SpanAttributes; at: number }
  | { kind: 'ended'; id: number; error: string | null; at: number };

/** What a running step tells; bounded in number and size for each step. */
export interface StepListeners {
  onLog?: (entry: LogEntry) => void;
  onProgress?: (progress: Progress) => void;
  onStatusMessage?: (message: StatusMessage) => void;
  onEmit?: (event: JsonObject) => void;
  onContent?: (content: WrittenContent) => void;
  /** What the next attempt is to know, should this one fail; the newest counts. */
  onCheckpoint?: (checkpoint: Json) => void;
  onSpan?: (report: SpanReport) => void;
  /** `labelled`: whether the document family is to have the label. */
  onLabel?: (label: string, labelled: boolean) => void;
}
