import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { findModuleFiles } from './find-module-files.ts';
import { BUILT_IN_REFS, type Discovery } from './module-registry.ts';
import { ModuleThread } from './module-thread.ts';
import { describeError } from './step-error.ts';
import { tellListeners } from './step-reports.ts';
import type { StepListeners, StepRequest, StepResult } from './step-result.ts';
import type { Stop } from './thread-messages.ts';
import { createThreadSlots } from './thread-slots.ts';

const MIB = 1024 * 1024;
const DAY_MS = 24 * 60 * 60 * 1_000;
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
  const files = await discover(options, logger);
  const slots = createThreadSlots(maxThreads);
  const threads = new Set<ModuleThread>();
  /** The one that ran last is taken first: it is awake and its memory is warm. */
  const idle: ModuleThread[] = [];
  let closed = false;

  function startThread(): ModuleThread {
    const thread = new ModuleThread({
      contentDir,
      maxHeapMb,
      maxOutputBytes: options.maxOutputBytes ?? 64 * MIB,
      env: options.env ?? {},
      onStrayError: (error) =>
        logger.warn({ error }, 'a module left something behind that failed after its step had ended'),
      onEnd: (ended, error) => {
        threads.delete(ended);
        const at = idle.indexOf(ended);
        if (at < 0 || closed) return;
        idle.splice(at, 1);
        logger.warn({ error }, 'an idle module thread ended');
      },
    });
    threads.add(thread);
    return thread;
  }

  // The first step need not wait for a thread to start.
  idle.push(startThread());

  async function runInThread(request: StepRequest, file: string | null, limits: RunLimits): Promise<StepResult> {
    const thread = idle.pop() ?? startThread();
    const state: { stop: Stop | null } = { stop: null };
    let graceTimer: NodeJS.Timeout | undefined;

    const endThread = async (): Promise<void> => {
      if (await thread.end()) return;
      logger.warn({ ref: request.ref }, 'the thread of a module does not end: it is in a blocking call');
    };
    const askToStop = (stop: Stop): void => {
      if (state.stop !== null) return;
      state.stop = stop;
      thread.stop(stop);
      graceTimer = setTimeout(() => {
        const { outcome, error } = stop;
        const message = `${error.message}; the module did not stop within ${graceMs} ms and its thread was ended`;
        state.stop = { outcome, error: { ...error, message } };
        void endThread();
      }, graceMs);
    };
    const onAbort = () => askToStop(ABORTED);
    limits.signal?.addEventListener('abort', onAbort, { once: true });
    const timeout =
      limits.timeoutMs === undefined
        ? undefined
        : setTimeout(askToStop, Math.min(limits.timeoutMs, MAX_TIMER_MS), timedOut(limits.timeoutMs));

    const answer = await thread.run({ file, request }, (report) => tellListeners(limits, report));
    clearTimeout(timeout);
    clearTimeout(graceTimer);
    limits.signal?.removeEventListener('abort', onAbort);
    if (thread.usable) idle.push(thread);

    if (answer.outcome === 'crashed') return state.stop ?? (closed ? CLOSED : answer);
    if (state.stop?.outcome === 'timed-out') return state.stop;
    if (answer.outcome !== 'succeeded') return answer;
    const { outcome, outputJson } = answer;
    return { outcome, output: JSON.parse(outputJson), outputJson };
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
      await Promise.all([...threads].map((thread) => thread.end()));
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

async function discover(
  { modulesDirs, env = {} }: NodeRuntimeOptions,
  logger: RuntimeLogger,
): Promise<Discovery['files']> {
  if (modulesDirs.length === 0) return {};
  try {
    const found = await findModuleFiles(modulesDirs, env);
    for (const problem of found.problems) logger.warn({ problem }, 'a module file was left out');
    logger.info({ modules: Object.keys(found.files) }, 'module files found');
    return found.files;
  } catch (error) {
    throw new Error(`The folders of modules cannot be read: ${describeError(error).message}`, { cause: error });
  }
}
