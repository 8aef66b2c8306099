import { setTimeout as delay } from 'node:timers/promises';
import type { ModuleKind } from '@gantry/contracts/module-definition';
import type { Json } from '@gantry/domain/json';
import { isTooDeep } from '@gantry/domain/json-depth';
import { hasTooManyValues } from '@gantry/domain/json-values';
import { storableText } from '@gantry/module-sdk/json-text';
import { withDeclaredOptions } from './declared-options.ts';
import type { SecretMask } from './secret-mask.ts';
import type { SecretSource } from './secret-source.ts';
import { createSlots } from './slots.ts';
import { checkedError, describeError, maskedError } from './step-error.ts';
import type { StepError, StepListeners, StepResult } from './step-result.ts';
import type { StepEnd, StepRun, StepRunner, StepTask, Stop } from './step-runner.ts';
import { refersToSecrets, StepSecrets } from './step-secrets.ts';
import { TOO_DEEP, TOO_MANY } from './told-output.ts';
import { ToldStep } from './told-step.ts';

const MIB = 1024 * 1024;
/** Timers beyond this fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** What is killed ends within moments; what does not keeps its slot, while its step goes on without it. */
const END_LIMIT_MS = 5_000;

export interface EngineLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** A worker has a runner for each kind that it can run. */
export type StepRunners = { [Kind in ModuleKind]?: StepRunner<Kind> };

export interface StepEngineOptions {
  runners: StepRunners;
  /** Steps that run at the same time at most; others wait. */
  slots: number;
  logger: EngineLogger;
  /** Where secrets come from. Default: there are none. */
  secrets?: SecretSource;
  /** How long a module that was asked to stop may take before it is killed. Default 1000. */
  graceMs?: number;
  /** Length of an output's JSON text; more is OUTPUT_TOO_LARGE. Default 64 MiB. */
  maxOutputBytes?: number;
}

export const DEFAULT_MAX_OUTPUT_BYTES = 64 * MIB;

/** A step as it is asked for: its options still refer to secrets. */
export type StepOrder = Omit<StepTask, 'secrets'>;

export interface RunLimits extends StepListeners {
  signal?: AbortSignal;
  /** Counted from when the step has a slot. Default none. */
  timeoutMs?: number;
}

/** A step that is asked for, and how far it may go. */
export interface LimitedOrder {
  order: StepOrder;
  limits: RunLimits;
}

/** Runs steps of every kind; what is the same for all kinds is here (step-runner.ts has what is not). */
export class StepEngine {
  readonly #options: StepEngineOptions;
  readonly #graceMs: number;
  readonly #slots: ReturnType<typeof createSlots>;
  readonly #running = new Set<() => void>();
  #closed = false;

  constructor(options: StepEngineOptions) {
    this.#options = options;
    this.#graceMs = options.graceMs ?? 1_000;
    this.#slots = createSlots(options.slots);
  }

  /** Throws when a runner cannot get ready. */
  async start(): Promise<void> {
    await Promise.all(Object.values(this.#options.runners).map((runner) => runner.start()));
  }

  /** Runs one step; how it ended is the answer, whatever its module does. */
  async run(order: StepOrder, limits: RunLimits = {}): Promise<StepResult> {
    for await (const result of this.runInTurn({ order, limits })) return result;
    return ABORTED;
  }

  /**
   * Runs a step, and those that are to follow it as far as its runner goes on with them by itself, each on the output of
   * the one before. Whoever wants to know no more of them returns early: what has begun by then is killed.
   * @returns what came of each; those that are missing were not begun
   */
  async *runInTurn(first: LimitedOrder, ahead: readonly LimitedOrder[] = []): AsyncGenerator<StepResult> {
    const begun = await this.#begin(first, ahead);
    if ('outcome' in begun) return yield begun;
    let run: StepRun | undefined = begun.run;
    try {
      for (const step of begun.steps) {
        const { end, result }: Supervised = await this.#supervise(run, step);
        run = end?.outcome === 'succeeded' ? end.next : undefined;
        yield masked(withoutSecrets(result, step.secrets), step.secrets.mask);
        if (run === undefined || result.outcome !== 'succeeded') return;
      }
    } finally {
      run?.kill();
    }
  }

  /** Begins a step once it has a slot, which it gives back by itself. @returns why it could not begin, if so */
  async #begin({ order, limits }: LimitedOrder, ahead: readonly LimitedOrder[]): Promise<BegunSteps | StepResult> {
    // Each runner is kept under the kind whose tasks it takes.
    const runner = this.#options.runners[order.module.kind] as StepRunner | undefined;
    if (runner === undefined) return kindUnavailable(order.module.kind);
    if (!(await this.#slots.acquire(limits.signal))) return this.#closed ? CLOSED : ABORTED;
    const { request } = order;
    const secrets = new StepSecrets(this.#options.secrets ?? noSecrets, request);
    let first: LimitedStep;
    try {
      // As late as can be: until here, and wherever the step is written down, they are names.
      const options = await secrets.fill(await withDeclaredOptions(order.module, request.options));
      first = limitedStep({ ...order, request: { ...request, options } }, secrets, limits);
    } catch (error) {
      this.#slots.release();
      return { outcome: secrets.away ? 'unavailable' : 'failed', error: describeError(error) };
    }
    // It may have fired after the slot was given and before this line ran.
    if (limits.signal?.aborted) {
      this.#slots.release();
      return ABORTED;
    }
    const following = secrets.mask.empty ? this.#following(order, ahead) : [];
    const { task, tell } = first.told;
    try {
      const toldAhead = following.map(({ told }) => told);
      const run = runner.run(task, tell, toldAhead);
      void lastOf(run).then(() => this.#slots.release());
      return { run, steps: [first, ...following] };
    } catch (error) {
      // The machine has no memory, files or room left for a process: the step waits, and no attempt is counted.
      this.#slots.release();
      return { outcome: 'unavailable', error: describeError(error, 'MODULE_NOT_LOADED') };
    }
  }

  /** Those of the same kind, up to the first one that is given secrets: no other step gets to see those. */
  #following({ module }: StepOrder, ahead: readonly LimitedOrder[]): LimitedStep[] {
    const end = ahead.findIndex(
      ({ order }) => order.module.kind !== module.kind || order.fresh || refersToSecrets(order.request.options),
    );
    return (end < 0 ? ahead : ahead.slice(0, end)).map(({ order, limits }) =>
      limitedStep(order, new StepSecrets(this.#options.secrets ?? noSecrets, order.request), limits),
    );
  }

  /** Kills what runs; those steps are aborted, and so are those that wait for a slot. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#slots.close();
    for (const abort of this.#running) abort();
    await Promise.all(Object.values(this.#options.runners).map((runner) => runner.close()));
  }

  /** Asks a step to stop when its time is over or its signal fires, and kills it after the grace. */
  async #supervise(run: StepRun, { told, limits }: LimitedStep): Promise<Supervised> {
    told.begin();
    if (run.end !== undefined && !limits.signal?.aborted) {
      told.close();
      return { end: run.end, result: this.#judge(run.end, undefined, told.refused) };
    }
    let stop: Stop | undefined;
    let graceTimer: NodeJS.Timeout | undefined;
    const killed = Promise.withResolvers<void>();
    const kill = (): void => {
      run.kill();
      killed.resolve();
    };
    const askToStop = (reason: Stop): void => {
      if (stop !== undefined) return;
      stop = reason;
      run.stop(reason);
      graceTimer = setTimeout(() => {
        stop = withMessage(
          reason,
          `${reason.error.message}; it did not stop within ${this.#graceMs} ms and was killed`,
        );
        kill();
      }, this.#graceMs);
    };
    const onAbort = () => askToStop(ABORTED);
    const onClose = () => {
      stop ??= CLOSED;
      kill();
    };
    limits.signal?.addEventListener('abort', onAbort, { once: true });
    if (limits.signal?.aborted) onAbort();
    this.#running.add(onClose);
    const { timeoutMs } = limits;
    const timer = timeoutMs && setTimeout(() => askToStop(timedOut(timeoutMs)), Math.min(timeoutMs, MAX_TIMER_MS));

    const lingers = killed.promise.then(() => delay(END_LIMIT_MS, undefined, { ref: false }));
    const end = await Promise.race([run.ended, lingers]);
    if (timer) clearTimeout(timer);
    clearTimeout(graceTimer);
    limits.signal?.removeEventListener('abort', onAbort);
    this.#running.delete(onClose);
    told.close();
    if (end !== undefined) return { end, result: this.#judge(end, stop, told.refused) };
    this.#options.logger.warn({ ref: told.task.request.ref }, 'a step was killed and still runs: it keeps its slot');
    const result = withMessage(stop ?? CLOSED, `${(stop ?? CLOSED).error.message}; it was killed and still runs`);
    return { end, result };
  }

  /** The result of a step that was sent elsewhere and has ended there: checked as any, and without the secrets it was sent. */
  async settle({ request }: StepOrder, end: StepEnd): Promise<StepResult> {
    const secrets = new StepSecrets(this.#options.secrets ?? noSecrets, request);
    try {
      await secrets.fill(request.options);
    } catch (error) {
      return { outcome: secrets.away ? 'unavailable' : 'failed', error: describeError(error) };
    }
    return masked(this.#judge(end, undefined, undefined), secrets.mask);
  }

  /** A step that was asked to stop is stopped, however it ended then. */
  #judge(end: StepEnd, stop: Stop | undefined, refused: StepError | undefined): StepResult {
    if (stop !== undefined) return stop;
    switch (end.outcome) {
      case 'succeeded':
        if (refused !== undefined) return { outcome: 'failed', error: refused };
        return checkedOutput(end, this.#options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES);
      case 'waiting':
        return end;
      case 'crashed':
        return { outcome: 'crashed', error: checkedError(end.error), fresh: end.fresh };
      default:
        return { outcome: end.outcome, error: checkedError(end.error) };
    }
  }
}

/** A step, those who listen to it, and how far it may go. */
interface LimitedStep {
  told: ToldStep;
  secrets: StepSecrets;
  limits: RunLimits;
}

/** Steps that have begun, or may without being asked for: what runs is the first of them. */
interface BegunSteps {
  run: StepRun;
  steps: readonly LimitedStep[];
}

function limitedStep(order: StepOrder, secrets: StepSecrets, limits: RunLimits): LimitedStep {
  return { told: new ToldStep({ ...order, secrets }, limits), secrets, limits };
}

/** `end` is missing when it still runs, though it was killed. */
interface Supervised {
  end: StepEnd | undefined;
  result: StepResult;
}

/** Resolves when a step has ended, and those that its runner went on with. */
async function lastOf(first: StepRun): Promise<void> {
  let run: StepRun | undefined = first;
  while (run !== undefined) {
    const end: StepEnd = run.end ?? (await run.ended);
    run = end.outcome === 'succeeded' ? end.next : undefined;
  }
}

const ABORTED: Stop = { outcome: 'aborted', error: { code: 'STEP_ABORTED', message: 'The step was asked to stop' } };
const CLOSED: Stop = { outcome: 'aborted', error: { code: 'STEP_ABORTED', message: 'The worker is shutting down' } };

const noSecrets: SecretSource = async () => undefined;

/** A step that failed for want of a secret, because where it is kept was away, is not to blame. */
function withoutSecrets(result: StepResult, secrets: StepSecrets): StepResult {
  if (result.outcome !== 'failed' || result.error.code !== 'SECRETS_UNAVAILABLE' || !secrets.away) return result;
  return { outcome: 'unavailable', error: result.error };
}

/** How a step ended, without the secrets that it was given. */
function masked(result: StepResult, mask: SecretMask): StepResult {
  if (mask.empty || result.outcome === 'waiting') return result;
  if (result.outcome === 'succeeded') {
    const output = mask.json(result.output);
    return { ...result, output, outputJson: JSON.stringify(output) };
  }
  return { ...result, error: maskedError(result.error, mask) };
}

function timedOut(timeoutMs: number): Stop {
  return { outcome: 'timed-out', error: { code: 'STEP_TIMEOUT', message: `The step ran longer than ${timeoutMs} ms` } };
}

function withMessage({ outcome, error }: Stop, message: string): Stop {
  return { outcome, error: { ...error, message } };
}

function kindUnavailable(kind: ModuleKind): StepResult {
  const message = `This worker cannot run modules of the kind "${kind}"`;
  return { outcome: 'failed', error: { code: 'MODULE_KIND_UNAVAILABLE', message } };
}

/** The output as it came, once it is known to be JSON, of a size that is kept, and of characters that can be stored. */
function checkedOutput(given: Extract<StepEnd, { outcome: 'succeeded' }>, maxBytes: number): StepResult {
  try {
    if (hasTooManyValues(given.outputJson)) return TOO_MANY;
    const outputJson = storableText(given.outputJson, 'output', maxBytes);
    const output: Json = JSON.parse(outputJson);
    return isTooDeep(output) ? TOO_DEEP : { outcome: 'succeeded', output, outputJson, at: given.at ?? Date.now() };
  } catch (error) {
    return { outcome: 'failed', error: describeError(error, 'OUTPUT_NOT_JSON') };
  }
}
