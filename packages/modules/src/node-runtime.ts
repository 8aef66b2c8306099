import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { BroadcastChannel } from 'node:worker_threads';
import { Piscina } from 'piscina';
import { createFolderContentStore } from './folder-content-store.ts';
import { BUILT_IN_REFS, type Discovery } from './module-registry.ts';
import { describeError } from './step-error.ts';
import { receiveStepReports, type StepReports } from './step-reports.ts';
import type { StepListeners, StepRequest, StepResult } from './step-result.ts';
import { describeThreadLoss, endThreadOf } from './thread-end.ts';
import {
  isThreadMessage,
  type Stop,
  type StopRequest,
  type ThreadAnswer,
  type ThreadSettings,
  type ThreadTask,
} from './thread-messages.ts';
import { createThreadSlots } from './thread-slots.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1_000;
const DISCOVERY_LIMIT_MS = 30_000;
/** Timers beyond this fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

interface RuntimeLogger {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

export interface NodeRuntimeOptions {
  /** Folders with module files, besides the built-in modules. */
  modulesDirs: string[];
  contentDir: string;
  maxThreads: number;
  logger: RuntimeLogger;
  /** How long a module that was asked to stop may take before its thread is ended. Default 1000. */
  graceMs?: number;
  /** Heap of one thread; more is MODULE_OUT_OF_MEMORY. Default 512. */
  maxHeapMb?: number;
  /** Length of an output's JSON text; more is OUTPUT_TOO_LARGE. Default 64 MiB. */
  maxOutputBytes?: number;
  /** The environment modules see. Default none: the worker's own holds credentials. */
  env?: Record<string, string>;
}

export interface RunLimits extends StepListeners {
  signal?: AbortSignal;
  /** Counted from when the step has a thread. Default none. */
  timeoutMs?: number;
}

export interface NodeRuntime {
  /** Runs one step in a thread; how it ended is the answer, whatever the module does. */
  run(request: StepRequest, limits?: RunLimits): Promise<StepResult>;
  hasModule(ref: string): boolean;
  /** Ends all threads; steps that still run are aborted. */
  close(): Promise<void>;
}

/** Starts the threads in which `node` modules run; throws when a folder of modules cannot be read. */
export async function createNodeRuntime(options: NodeRuntimeOptions): Promise<NodeRuntime> {
  const { contentDir, maxThreads, logger, graceMs = 1_000, maxHeapMb = 512 } = options;
  await createFolderContentStore(contentDir).sweepTemporaryFiles(DAY_MS);
  const settings: ThreadSettings = {
    contentDir,
    maxOutputBytes: options.maxOutputBytes ?? 64 * MIB,
    stopChannel: `gantry-stop-${randomUUID()}`,
  };
  const pool = new Piscina<ThreadTask, ThreadAnswer>({
    filename: fileURLToPath(new URL('./node-thread.ts', import.meta.url)),
    name: 'runStep',
    minThreads: 1,
    maxThreads,
    idleTimeout: Number.POSITIVE_INFINITY,
    // Plain messages: with Atomics an idle thread sleeps, and sockets or timers a module keeps would sleep with it.
    atomics: 'disabled',
    recordTiming: false,
    workerData: settings,
    execArgv: [],
    env: options.env ?? {},
    resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
  });
  const slots = createThreadSlots(maxThreads);
  const stopChannel = new BroadcastChannel(settings.stopChannel);
  stopChannel.unref();
  const running = new Map<number, StepReports>();
  let lastRunId = 0;
  let closed = false;

  pool.on('error', (error: unknown) => logger.warn({ error: describeError(error) }, 'an idle module thread ended'));
  pool.on('message', (message: unknown) => {
    if (!isThreadMessage(message)) return;
    const { gantryRunId, report } = message;
    if (report.kind === 'stray-error') {
      logger.warn({ error: report.error }, 'a module left something behind that failed after its step had ended');
    }
    running.get(gantryRunId)?.receive(report);
  });

  const files = await discover(pool, options.modulesDirs, logger);

  async function runInThread(request: StepRequest, file: string | null, limits: RunLimits): Promise<StepResult> {
    const runId = ++lastRunId;
    const reports = receiveStepReports(limits);
    running.set(runId, reports);
    const hardStop = new AbortController();
    const state: { stop: Stop | null; threadEnd: Promise<boolean> | null } = { stop: null, threadEnd: null };
    let graceTimer: NodeJS.Timeout | undefined;

    const askToStop = (stop: Stop): void => {
      if (state.stop !== null) return;
      state.stop = stop;
      stopChannel.postMessage({ runId, ...stop } satisfies StopRequest);
      graceTimer = setTimeout(() => {
        const { outcome, error } = stop;
        const message = `${error.message}; the module did not stop within ${graceMs} ms and its thread was ended`;
        state.stop = { outcome, error: { ...error, message } };
        state.threadEnd = endThreadOf(pool, hardStop);
      }, graceMs);
    };
    const onAbort = () => askToStop(ABORTED);
    limits.signal?.addEventListener('abort', onAbort, { once: true });
    const timeout =
      limits.timeoutMs === undefined
        ? undefined
        : setTimeout(askToStop, Math.min(limits.timeoutMs, MAX_TIMER_MS), timedOut(limits.timeoutMs));

    try {
      const answer = await pool.run({ runId, file, request }, { signal: hardStop.signal });
      await reports.complete(answer.reports);
      return state.stop?.outcome === 'timed-out' ? state.stop : toStepResult(answer.result);
    } catch (error) {
      if ((await state.threadEnd) === false)
        logger.warn({ ref: request.ref }, 'the thread of a module does not end: it is in a blocking call');
      if (state.stop !== null) return state.stop;
      if (closed) return CLOSED;
      return { outcome: 'crashed', error: reports.crash() ?? describeThreadLoss(error, maxHeapMb) };
    } finally {
      clearTimeout(timeout);
      clearTimeout(graceTimer);
      limits.signal?.removeEventListener('abort', onAbort);
      running.delete(runId);
    }
  }

  const hasModule = (ref: string) => BUILT_IN_REFS.includes(ref) || Object.hasOwn(files, ref);

  return {
    hasModule,

    async run(request, limits = {}) {
      if (!hasModule(request.ref)) return notFound(request.ref);
      if (!(await slots.acquire(limits.signal))) return closed ? CLOSED : ABORTED;
      try {
        // It may have fired after the slot was given and before this line ran.
        if (limits.signal?.aborted) return ABORTED;
        return await runInThread(request, files[request.ref] ?? null, limits);
      } finally {
        slots.release();
      }
    },

    async close() {
      if (closed) return;
      closed = true;
      slots.close();
      await pool.destroy();
      stopChannel.close();
    },
  };
}

const ABORTED: Stop = { outcome: 'aborted', error: { code: 'STEP_ABORTED', message: 'The step was asked to stop' } };
const CLOSED: Stop = { outcome: 'aborted', error: { code: 'STEP_ABORTED', message: 'The worker is shutting down' } };

function timedOut(timeoutMs: number): Stop {
  return { outcome: 'timed-out', error: { code: 'STEP_TIMEOUT', message: `The step ran longer than ${timeoutMs} ms` } };
}

function notFound(ref: string): StepResult {
  const message = `This worker has no module ${ref}`;
  return { outcome: 'failed', error: { code: 'MODULE_NOT_FOUND', message } };
}

function toStepResult(result: ThreadAnswer['result']): StepResult {
  if (result.outcome !== 'succeeded') return result;
  const { outcome, outputJson } = result;
  return { outcome, output: JSON.parse(outputJson), outputJson };
}

async function discover(pool: Piscina, folders: string[], logger: RuntimeLogger): Promise<Discovery['files']> {
  if (folders.length === 0) return {};
  try {
    const signal = AbortSignal.timeout(DISCOVERY_LIMIT_MS);
    const found: Discovery = await pool.run(folders, { name: 'discover', signal });
    for (const problem of found.problems) logger.warn({ problem }, 'a module file was left out');
    logger.info({ modules: Object.keys(found.files) }, 'module files found');
    return found.files;
  } catch (error) {
    await pool.destroy();
    throw new Error(`The folders of modules cannot be read: ${describeError(error).message}`, { cause: error });
  }
}
