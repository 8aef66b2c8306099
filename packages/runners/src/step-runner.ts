import type { ModuleKind, ModuleMetadataOf } from '@gantry/contracts/module-definition';
import type { WrittenContent } from '@gantry/domain/fact';
import type { Json, JsonObject } from '@gantry/domain/json';
import type { StatusMessage } from '@gantry/module-sdk/define-module';
import type { HeldLog, LogEntry, Progress, SpanReport, StepError, StepRequest } from './step-result.ts';
import type { StepSecrets } from './step-secrets.ts';

/**
 * How modules of one kind run: the seam between the engine and a kind.
 *
 * The engine (step-engine.ts) is above all kinds. It has the slots, the timeout, the grace between asking and killing,
 * the limits on output and reports, and it decides what came of a step. A runner has only the means: it starts a step,
 * passes on what the step tells, asks it to stop, kills it. `test/step-runner-conformance.ts` says in tests what is
 * expected of it, and every kind passes that.
 *
 * A process, thread or connection behind it may serve many steps, one after another or at the same time. What one step
 * does must not reach another one: a runner that cannot rule that out for what served a step does not use it again. Of
 * steps that were there when it was lost each ends as `crashed` and not `fresh`: it is run again, with nothing beside it.
 *
 * A new kind is a member of the union in contracts/module-definition.ts (and of RUNNABLE_KINDS), a runner here that
 * passes the suite, and a line among the runners in apps/worker/src/create-worker.ts.
 */
export interface StepRunner<Kind extends ModuleKind = ModuleKind> {
  /** Gets ready; called once, before anything else. Throws when steps of this kind cannot run on this machine. */
  start(): Promise<void>;

  /**
   * Begins a step, at once: what is still being started is waited for in `StepRun.ended`. Throws when this machine has
   * no room for what is to run it; nothing of it runs then.
   * @param tell takes what the step tells, in the order in which it tells it, and nothing after `ended` has settled.
   *   It is bounded and checked above; a runner only keeps a flood from filling memory on the way there. Never throws.
   * @param ahead what is to run after it, each on the output of the one before: a runner may go on with them by itself
   *   (`next` of a StepEnd says whether it did), and those that it does not begin are no concern of it. Their
   *   `previousOutput` is not known yet.
   */
  run(task: StepTask<Kind>, tell: (report: StepReport) => void, ahead?: readonly StepAhead<Kind>[]): StepRun;

  /** Kills what still runs and lets go of everything; called once, last. */
  close(): Promise<void>;
}

/** One step to run, and what its module is. */
export interface StepTask<Kind extends ModuleKind = ModuleKind> {
  module: ModuleMetadataOf<Kind>;
  request: StepRequest;
  /** Where the files of a published module lie. */
  folder?: string;
  /** What `secrets.get` of a module gives (rejects with a ModuleError), and what takes them out of what is told. */
  secrets: Pick<StepSecrets, 'get' | 'mask'>;
  /** It crashed before: nothing that served a step before may serve it, so that what is left there is not its end. */
  fresh: boolean;
}

/** A step that may follow another one without being asked for. */
export interface StepAhead<Kind extends ModuleKind = ModuleKind> {
  task: StepTask<Kind>;
  tell: (report: StepReport) => void;
}

/** A step that runs. */
export interface StepRun {
  /** How it ended. Never rejects, settles once, and always settles soon after `kill`. */
  readonly ended: Promise<StepEnd>;
  /** The same, from when it is known: a step ahead has often ended before anyone asks. A runner need not say it. */
  readonly end?: StepEnd | undefined;
  /**
   * Asks the step to stop; called once at most, at any moment after `run`, also while things still start. A step that
   * heeds it ends in its own way, which may be success. After the end it does nothing.
   */
  stop(stop: Stop): void;
  /** Ends the step by force, whatever it is doing: `ended` settles when nothing of it runs any more. After the end it does nothing. */
  kill(): void;
}

export interface Stop {
  outcome: 'aborted' | 'timed-out';
  error: StepError;
}

/** What a running step tells. */
export type StepReport =
  | { kind: 'log'; entry: LogEntry }
  /** So many log entries are missing before the next one. */
  | { kind: 'log-gap'; missing: number }
  /** So much is held back below, until the attempt ends. Then a gap comes first, be it of none. */
  | { kind: 'log-held'; held: HeldLog }
  | { kind: 'progress'; progress: Progress }
  | { kind: 'status'; message: StatusMessage }
  | { kind: 'event'; event: JsonObject }
  /** The step has written content. */
  | { kind: 'content'; content: WrittenContent }
  | { kind: 'span'; span: SpanReport }
  /** How far the step came, for an attempt after this one. */
  | { kind: 'checkpoint'; checkpoint: Json }
  /** The document family is to have a label once the step has succeeded, or not to have it. */
  | { kind: 'label'; label: string; labelled: boolean };

/** How a step ended, as its runner saw it; the engine checks it. */
export type StepEnd =
  /**
   * `outputJson`: the JSON text of the output. `at`: when it ended, in ms since 1970, if that is not now. `next`: the run
   * of the first step ahead, which has begun.
   */
  | { outcome: 'succeeded'; outputJson: string; at?: number; next?: StepRun }
  | { outcome: 'failed'; error: StepError }
  /** It will be answered elsewhere, by whoever was given `callBack` of the request: nothing of it runs here any more. */
  | { outcome: 'waiting' }
  /** What the step needs of Gantry was away (the content store, a module still being loaded): not its fault, and worth another try later. */
  | { outcome: 'unavailable'; error: StepError }
  /** It took down what it ran in, or was killed. `fresh`: nothing had run there before it. */
  | { outcome: 'crashed'; error: StepError; fresh: boolean };
