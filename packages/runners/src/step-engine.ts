import { setTimeout as delay } from 'node:timers/promises';
import type { ModuleKind } from '@gantry/contracts/module-definition';
import { storableText } from '@gantry/module-sdk/json-text';
import { withDeclaredOptions } from './declared-options.ts';
import type { SecretMask } from './secret-mask.ts';
import type { SecretSource } from './secret-source.ts';
import { createSlots } from './slots.ts';
import { checkedError, describeError, maskedError } from './step-error.ts';
import { StepReports } from './step-reports.ts';
import type { StepError, StepListeners, StepResult } from './step-result.ts';
import type { StepEnd, StepReport, StepRunner, StepTask, Stop } from './step-runner.ts';
import { StepSecrets } from './step-secrets.ts';

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
    // Each runner is kept under the kind whose tasks it takes.
    const runner = this.#options.runners[order.module.kind] as StepRunner | undefined;
    if (runner === undefined) return kindUnavailable(order.module.kind);
    if (!(await this.#slots.acquire(limits.signal))) return this.#closed ? CLOSED : ABORTED;
    const { request } = order;
    const secrets = new StepSecrets(this.#options.secrets ?? noSecrets, request);
    let task: StepTask;
    try {
      // As late as can be: until here, and wherever the step is written down, they are names.
      const options = await secrets.fill(await withDeclaredOptions(order.module, request.options));
      task = { ...order, request: { ...request, options }, secrets };
    } catch (error) {
      this.#slots.release();
      return { outcome: secrets.away ? 'unavailable' : 'failed', error: describeError(error) };
    }
    // It may have fired after the slot was given and before this line ran.
    if (limits.signal?.aborted) {
      this.#slots.release();
      return ABORTED;
    }
    return masked(withoutSecrets(await this.#supervise(runner, task, limits), secrets), secrets.mask);
  }

  /** Kills what runs; those steps are aborted, and so are those that wait for a slot. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#slots.close();
    for (const abort of this.#running) abort();
    await Promise.all(Object.values(this.#options.runners).map((runner) => runner.close()));
  }

  /** Runs a step that has a slot: asks it to stop when its time is over or its signal fires, and kills it after the grace. */
  async #supervise(runner: StepRunner, task: StepTask, limits: RunLimits): Promise<StepResult> {
    let refused: StepError | undefined;
    let stop: Stop | undefined;
    let graceTimer: NodeJS.Timeout | undefined;
    const killed = Promise.withResolvers<void>();

    const reports = new StepReports((report) => tellListeners(limits, maskedReport(report, task.secrets.mask)));
    const take = (report: StepReport): void => {
      try {
        reports.take(report);
      } catch (error) {
        refused ??= describeError(error);
      }
    };
    const run = runner.run(task, take);
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
    this.#running.add(onClose);
    const { timeoutMs } = limits;
    const timer = timeoutMs && setTimeout(() => askToStop(timedOut(timeoutMs)), Math.min(timeoutMs, MAX_TIMER_MS));

    const released = run.ended.finally(() => this.#slots.release());
    const lingers = killed.promise.then(() => delay(END_LIMIT_MS, undefined, { ref: false }));
    const end = await Promise.race([released, lingers]);
    if (timer) clearTimeout(timer);
    clearTimeout(graceTimer);
    limits.signal?.removeEventListener('abort', onAbort);
    this.#running.delete(onClose);
    reports.close();
    if (end !== undefined) return this.#judge(end, stop, refused);
    this.#options.logger.warn({ ref: task.request.ref }, 'a step was killed and still runs: it keeps its slot');
    return withMessage(stop ?? CLOSED, `${(stop ?? CLOSED).error.message}; it was killed and still runs`);
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
        return checkedOutput(end.outputJson, this.#options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES);
      case 'waiting':
        return end;
      case 'crashed':
        return { outcome: 'crashed', error: checkedError(end.error), fresh: end.fresh };
      default:
        return { outcome: end.outcome, error: checkedError(end.error) };
    }
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

/** What a step tells, without the secrets that it was given. */
function maskedReport(report: StepReport, mask: SecretMask): StepReport {
  if (mask.empty) return report;
  switch (report.kind) {
    case 'log': {
      const { message, fields, ...entry } = report.entry;
      const kept = { ...entry, message: mask.text(message) };
      return { kind: 'log', entry: fields === undefined ? kept : { ...kept, fields: mask.json(fields) } };
    }
    case 'status': {
      const { title, subtitle, type } = report.message;
      const kept = { title: mask.text(title), type };
      return { kind: 'status', message: subtitle === undefined ? kept : { ...kept, subtitle: mask.text(subtitle) } };
    }
    case 'event':
      return { kind: 'event', event: mask.json(report.event) };
    case 'label':
      return { ...report, label: mask.text(report.label) };
    case 'span':
      return { kind: 'span', span: mask.json(report.span) };
    case 'content': {
      const { name, contentType } = report.content;
      const about = { name: mask.json(name), contentType: mask.text(contentType) };
      return { kind: 'content', content: { ...report.content, ...about } };
    }
    default:
      return report;
  }
}

/** The same for how it ended: its output, or its error. */
function masked(result: StepResult, mask: SecretMask): StepResult {
  if (mask.empty || result.outcome === 'waiting') return result;
  if (result.outcome === 'succeeded') {
    const output = mask.json(result.output);
    return { outcome: 'succeeded', output, outputJson: JSON.stringify(output) };
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
function checkedOutput(given: string, maxBytes: number): StepResult {
  try {
    const outputJson = storableText(given, 'output', maxBytes);
    return { outcome: 'succeeded', output: JSON.parse(outputJson), outputJson };
  } catch (error) {
    return { outcome: 'failed', error: describeError(error, 'OUTPUT_NOT_JSON') };
  }
}

function tellListeners(listeners: StepListeners, report: StepReport): void {
  switch (report.kind) {
    case 'log':
      listeners.onLog?.(report.entry);
      break;
    case 'log-gap':
      listeners.onLog?.(gap(report.missing));
      break;
    case 'progress':
      listeners.onProgress?.(report.progress);
      break;
    case 'status':
      listeners.onStatusMessage?.(report.message);
      break;
    case 'event':
      listeners.onEmit?.(report.event);
      break;
    case 'content':
      listeners.onContent?.(report.content);
      break;
    case 'span':
      listeners.onSpan?.(report.span);
      break;
    case 'label':
      listeners.onLabel?.(report.label, report.labelled);
      break;
  }
}

function gap(missing: number) {
  const message = `${missing} log entries are missing here: of an attempt that logs much the first and the last are kept, warnings and errors before others.`;
  return { level: 'warn', message, loggedAt: Date.now() } as const;
}
