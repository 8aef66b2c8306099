import type { MessagePort } from 'node:worker_threads';
import type { WrittenContent } from '@gantry/domain/fact';
import type { JsonObject } from '@gantry/domain/json';
import type { StatusMessage } from '@gantry/module-sdk/define-module';
import type { LogEntry, Progress, StepError, StepRequest } from './step-result.ts';

/** What a thread is given when it starts. */
export interface ThreadSettings {
  /** A port of its own: what libraries do with the thread's parent port is none of the runtime's business. */
  port: MessagePort;
  contentDir: string;
  maxOutputBytes: number;
}

export interface ThreadTask {
  /** Where the module is, null for a built-in. */
  file: string | null;
  request: StepRequest;
}

export interface Stop {
  outcome: 'aborted' | 'timed-out';
  error: StepError;
}

/** Taken in the order in which they are sent: a stop never meets a later step than the one that it is for. */
export type ThreadOrder = { kind: 'run'; task: ThreadTask } | { kind: 'stop'; stop: Stop };

export type ThreadReport =
  | { kind: 'log'; entry: LogEntry }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'status'; message: StatusMessage }
  | { kind: 'event'; event: JsonObject }
  | { kind: 'content'; content: WrittenContent };

export type ThreadAnswer =
  | { outcome: 'succeeded'; outputJson: string }
  | { outcome: 'failed'; error: StepError }
  | Stop;

/** Come in the order in which they are sent: all reports of a step before its answer. */
export type ThreadMessage =
  | ThreadReport
  | { kind: 'answer'; answer: ThreadAnswer }
  /** Something was thrown where no one could catch it; the thread ends next. */
  | { kind: 'crash'; error: StepError }
  /** The same, left behind by a run that has ended. */
  | { kind: 'stray-error'; error: StepError };
