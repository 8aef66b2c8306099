import type { JsonObject } from '@gantry/domain/json';
import type { StatusMessage } from './define-module.ts';
import type { LogEntry, Progress, StepError, StepRequest } from './step-result.ts';

/** What every thread of a runtime is told when it starts. */
export interface ThreadSettings {
  contentDir: string;
  maxOutputBytes: number;
  /** Name of the broadcast channel on which runs are asked to stop: nothing has to be set up for each run. */
  stopChannel: string;
}

export interface ThreadTask {
  runId: number;
  /** Where the module is, null for a built-in. */
  file: string | null;
  request: StepRequest;
}

export interface Stop {
  outcome: 'aborted' | 'timed-out';
  error: StepError;
}

export interface StopRequest extends Stop {
  runId: number;
}

export type ThreadReport =
  | { kind: 'log'; entry: LogEntry }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'status'; message: StatusMessage }
  | { kind: 'event'; event: JsonObject }
  /** Something was thrown where no one could catch it; the thread ends next. */
  | { kind: 'crash'; error: StepError }
  /** The same, left behind by a run that has ended. */
  | { kind: 'stray-error'; error: StepError };

/** Sent to the runtime over the thread's own port, apart from the answers of runs. */
export interface ThreadMessage {
  gantryRunId: number;
  report: ThreadReport;
}

export interface ThreadAnswer {
  result: { outcome: 'succeeded'; outputJson: string } | { outcome: 'failed'; error: StepError } | Stop;
  /** How many reports were sent for this run: they travel apart from the answer and may come after it. */
  reports: number;
}

export function isThreadMessage(message: unknown): message is ThreadMessage {
  return typeof message === 'object' && message !== null && 'gantryRunId' in message;
}
