import type { ContentCredentials, ContentPlace } from '@gantry/contents/content-store';
import type { ModuleDescription } from './module-description.ts';
import type { StepError, StepRequest } from './step-result.ts';
import type { StepEnd, StepReport, Stop } from './step-runner.ts';

/*
 * What a worker and its module processes say to each other: a line of JSON for each message, on a socket of its own, so
 * that what a module prints is never taken for it.
 */

/** What a module process is given when it starts, as its argument. */
export interface ProcessSettings {
  contents: ContentPlace;
  maxOutputBytes: number;
  /** Where built-in modules may send requests besides the public Internet. */
  outboundAllow: readonly string[];
}

/** Taken in the order in which they are sent: a stop never meets a later order than the one that it is for. */
export type ProcessOrder =
  /**
   * `order` is its number in this process. `file` is where the module is, null for a built-in. The process goes on with the steps ahead by itself, each on the
   * output of the one before, as long as they are quick, succeed and leave nothing behind.
   */
  | { kind: 'run'; order: number; file: string | null; request: StepRequest; ahead: readonly OrderAhead[] }
  /** Of the step of the order that runs; none that is ahead follows it. */
  | { kind: 'stop'; order: number; stop: Stop }
  /** The answer to `secret-wanted`. */
  | { kind: 'secret'; order: number; id: number; given: SecretGiven }
  /** The answer to `credentials-wanted`. */
  | { kind: 'credentials'; given: CredentialsGiven }
  /** Imports built-in modules ahead of their steps and answers with `prepared`. */
  | { kind: 'prepare'; refs: readonly string[] }
  /** Imports a module file and answers with `inspected`. */
  | { kind: 'inspect'; file: string }
  /** Is answered with `pong`, unless something keeps the process from answering. */
  | { kind: 'ping' };

/** What is not as with the first step of the order. */
export type OrderAhead = { file: string | null } & Pick<
  StepRequest,
  'ref' | 'options' | 'stepId' | 'stepIndex' | 'attempt'
>;

/** A success is not among them: see `successLine`. */
export type ProcessMessage =
  | OrderMessage
  /** Left behind by a step that has ended, or by a file that was imported to inspect it, and thrown where no one could catch it. */
  | { kind: 'stray-error'; error: StepError; file: string | null }
  /** Of the content store; they are no argument, as everybody sees those. */
  | { kind: 'credentials-wanted' }
  | { kind: 'prepared' }
  | { kind: 'inspected'; module: ModuleDescription }
  | { kind: 'not-a-module'; error: StepError }
  | { kind: 'pong' };

/** What is said of an order, by its number. */
export type OrderMessage = { order: number } & (
  | StepReport
  | { kind: 'answer'; end: Exclude<StepEnd, { outcome: 'succeeded' | 'crashed' }> }
  /** Follows the last answer to it: what the step left behind, in words; nothing left: the process may run another step. */
  | { kind: 'rested'; left: string[] }
  /** Something was thrown where no one could catch it; the process ends next. */
  | { kind: 'crash'; error: StepError }
  /** The module asks for a secret. */
  | { kind: 'secret-wanted'; id: number; name: unknown }
);

export type SecretGiven = { value: string } | { error: StepError };
export type CredentialsGiven = { credentials: ContentCredentials | null } | { error: StepError };

const SUCCEEDED = /^\{"kind":"(succeeded|goes-on)","order":(\d+),"at":(\d+),"output":/;

export interface Success {
  order: number;
  outputJson: string;
  /** Milliseconds since 1970. */
  at: number;
  /** The process has begun the next step of its order. */
  goesOn: boolean;
}

/** The line of a success: its output is put in as text, which is long, and has been written and checked already. */
export function successLine({ order, outputJson, at, goesOn }: Success): string {
  return `{"kind":"${goesOn ? 'goes-on' : 'succeeded'}","order":${order},"at":${at},"output":${outputJson}}\n`;
}

/** @returns undefined when the line says something else */
export function readSuccess(line: string): Success | undefined {
  const [start, kind, order, at] = SUCCEEDED.exec(line) ?? [];
  if (start === undefined) return undefined;
  return { order: Number(order), outputJson: line.slice(start.length, -1), at: Number(at), goesOn: kind === 'goes-on' };
}

export function lineOf(message: ProcessMessage | ProcessOrder): string {
  return `${JSON.stringify(message)}\n`;
}
