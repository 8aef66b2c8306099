import { AsyncLocalStorage } from 'node:async_hooks';
import { format } from 'node:util';
import { workerData } from 'node:worker_threads';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import type { GantryModule, LogLevel, ModuleInput } from '@gantry/module-sdk/define-module';
import { offerImportsToModuleFiles } from './author-imports.ts';
import { cleanText, toJsonText } from './json-text.ts';
import { loadModule } from './module-registry.ts';
import { describeError } from './step-error.ts';
import { createStepReporter, type StepReporter } from './step-reporter.ts';
import type { StepRequest } from './step-result.ts';
import type { Stop, ThreadAnswer, ThreadMessage, ThreadOrder, ThreadSettings, ThreadTask } from './thread-messages.ts';

/*
 * What runs in each thread of the node runtime: one step at a time. The thread answers with a value whatever the
 * module does; only what ends the thread (process.exit, an uncaught error, an exhausted heap) reaches the runtime
 * as the loss of a thread.
 */

interface Run {
  reporter: StepReporter;
  abort: AbortController;
  stop: Stop | null;
}

const { port, ...settings }: ThreadSettings = workerData;
const contentStore = createFolderContentStore(settings.contentDir);
const runOfCallback = new AsyncLocalStorage<Run>();
let current: Run | null = null;
let importsOffered = false;

port.on('message', (order: ThreadOrder) => {
  if (order.kind === 'run') void runStep(order.task);
  else stopStep(order.stop);
});

async function runStep({ file, request }: ThreadTask): Promise<void> {
  const run: Run = { reporter: createStepReporter(send), abort: new AbortController(), stop: null };
  current = run;
  const answer = await runOfCallback.run(run, () => runModule(run, file, request));
  current = null;
  run.reporter.close();
  send({ kind: 'answer', answer });
}

function stopStep(stop: Stop): void {
  if (current === null || current.stop !== null) return;
  current.stop = stop;
  const name = stop.outcome === 'timed-out' ? 'TimeoutError' : 'AbortError';
  current.abort.abort(new DOMException(stop.error.message, name));
}

async function runModule(run: Run, file: string | null, request: StepRequest): Promise<ThreadAnswer> {
  let module: GantryModule;
  try {
    if (file !== null) offerImports();
    module = await loadModule(request.ref, file);
  } catch (error) {
    return { outcome: 'failed', error: describeError(error, 'MODULE_NOT_LOADED') };
  }
  try {
    let options: unknown = request.options;
    if (module.options !== undefined) {
      const { parseModuleOptions } = await import('./module-options.ts');
      const parsed = await parseModuleOptions(module.options, request.options);
      if (parsed.error !== undefined) return { outcome: 'failed', error: parsed.error };
      options = parsed.options;
    }
    run.abort.signal.throwIfAborted();
    const output = await module.infer(moduleInput(run, request, options));
    if (run.stop !== null) return run.stop;
    return { outcome: 'succeeded', outputJson: toJsonText(output, 'output', settings.maxOutputBytes) };
  } catch (error) {
    return run.stop ?? { outcome: 'failed', error: describeError(error) };
  }
}

function moduleInput(run: Run, request: StepRequest, options: unknown): ModuleInput<unknown> {
  const { ref: _ref, ...step } = request;
  const { signal } = run.abort;
  const { logger, progress, statusMessage, emit, wrote } = run.reporter;
  return {
    ...step,
    options,
    signal,
    logger,
    progress,
    statusMessage,
    emit,
    content: {
      read: async (ref, limits) => contentStore.forOrganization(request.organizationId).read(ref, limits),
      async write(bytes, about) {
        const content = contentStore.forOrganization(request.organizationId);
        const stored = await content.write(bytes, about, { signal });
        const { contentType, name } = about;
        wrote({
          ...stored,
          contentType: cleanText(contentType, 200),
          name: name === undefined ? null : cleanText(name, 255),
        });
        return stored.ref;
      },
    },
  };
}

function offerImports(): void {
  if (!importsOffered) offerImportsToModuleFiles();
  importsOffered = true;
}

function send(message: ThreadMessage): void {
  port.postMessage(message);
}

// What a module or a library prints belongs to the step, not between the worker's own structured log lines.
const log =
  (level: LogLevel) =>
  (...printed: unknown[]) =>
    current?.reporter.logger[level](format(...printed));
Object.assign(console, {
  debug: log('debug'),
  log: log('info'),
  info: log('info'),
  warn: log('warn'),
  error: log('error'),
});

// The state of a thread after an uncaught error is unknown, so it ends, unless the error is of an earlier run: the
// step that runs now is not to blame for it.
process.on('uncaughtException', (thrown) => {
  const error = describeError(thrown, 'MODULE_CRASHED');
  const run = runOfCallback.getStore() ?? current;
  if (run === null || run !== current) return send({ kind: 'stray-error', error });
  send({ kind: 'crash', error });
  process.exit(1);
});
