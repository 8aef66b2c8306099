import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFolderContentStore } from '@gantry/contents/folder-content-store';
import { type AllowList, writeAllowList } from '@gantry/outbound/address-rules';
import type { ModuleDescription } from './module-description.ts';
import { ModuleFiles } from './module-files.ts';
import { ModuleProcess, type ModuleProcessOptions } from './module-process.ts';
import { BUILT_IN_REFS } from './module-registry.ts';
import { residentMemory } from './resident-memory.ts';
import { DEFAULT_MAX_OUTPUT_BYTES, type EngineLogger } from './step-engine.ts';
import type { StepEnd, StepReport, StepRun, StepRunner, StepTask, Stop } from './step-runner.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const WEIGH_EVERY_MS = 100;

export interface NodeRunnerOptions {
  /** Folders with module files, besides the built-in modules. */
  modulesDirs: string[];
  contentDir: string;
  logger: EngineLogger;
  /** Processes that wait for a step at most. */
  maxIdle: number;
  /** Memory of a step: heap, buffers and all else; more is MODULE_OUT_OF_MEMORY. Default 512. */
  maxMemoryMb?: number;
  maxOutputBytes?: number;
  /** What a module file may take to be imported at first, in ms. Default 10,000. */
  importLimitMs?: number;
  /** The environment modules see. Default none: the worker's own holds credentials. */
  env?: Record<string, string>;
  /** Where built-in modules may send requests besides the public Internet. Default nowhere. */
  outboundAllow?: AllowList;
}

/** Runs `node` modules, each step in a process that runs nothing else at the time, and serves the next one after it. */
export class NodeRunner implements StepRunner<'node'> {
  readonly #options: NodeRunnerOptions;
  readonly #processOptions: ModuleProcessOptions;
  readonly #files: ModuleFiles;
  readonly #processes = new Set<ModuleProcess>();
  /** The one that ran last is taken first: it is awake and its memory is warm. */
  readonly #idle: ModuleProcess[] = [];
  #scales: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(options: NodeRunnerOptions) {
    const { modulesDirs, contentDir, logger, importLimitMs } = options;
    this.#options = options;
    this.#processOptions = {
      contentDir,
      maxMemoryMb: options.maxMemoryMb ?? 512,
      maxOutputBytes: options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES,
      compiledDir: mkdtempSync(join(tmpdir(), 'gantry-compiled-')),
      env: options.env ?? {},
      outboundAllow: options.outboundAllow === undefined ? [] : writeAllowList(options.outboundAllow),
      onStrayError: (error) =>
        logger.warn({ error }, 'a module left something behind that failed after its step had ended'),
    };
    this.#files = new ModuleFiles({
      folders: modulesDirs,
      logger,
      ...(importLimitMs !== undefined && { importLimitMs }),
      openProcess: (onStrayError) => this.#open({ ...this.#processOptions, onStrayError }),
      onChange: () => this.#renew(),
    });
  }

  /** The modules of its files, besides the built-in ones. */
  get modules(): ModuleDescription[] {
    return this.#files.modules;
  }

  /** Throws when a folder of modules cannot be read. */
  async start(): Promise<void> {
    await createFolderContentStore(this.#options.contentDir).sweepTemporaryFiles(DAY_MS);
    this.#scales = setTimeout(() => void this.#weigh(), WEIGH_EVERY_MS).unref();
    await this.#files.start();
    // The first step need not wait for a process to start.
    this.#idle.push(this.#open());
  }

  run(task: StepTask<'node'>, tell: (report: StepReport) => void): StepRun {
    const { request, fresh } = task;
    const file = this.#files.fileOf(request.ref);
    if (file === undefined && !BUILT_IN_REFS.includes(request.ref)) {
      return over(this.#files.incomplete ? notYet(request.ref) : notFound(request.ref));
    }
    const served = this.#take(fresh);
    const ended = served.run(file ?? null, task, tell);
    void this.#keepWhenRested(served, this.#files.generation);
    return {
      ended,
      stop: (stop: Stop) => served.stop(stop),
      kill: () => void served.kill(),
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#scales);
    this.#files.stop();
    await Promise.all([...this.#processes].map((one) => one.kill()));
    await rm(this.#processOptions.compiledDir, { recursive: true, force: true });
  }

  /** @param fresh one in which nothing has run: one of those that wait makes room for it, the others wait on */
  #take(fresh: boolean): ModuleProcess {
    const at = this.#idle.findLastIndex((one) => !one.gone && (!fresh || one.fresh));
    const [taken] = at === -1 ? [] : this.#idle.splice(at, 1);
    if (taken !== undefined) return taken;
    if (this.#processes.size >= this.#options.maxIdle) void this.#idle.shift()?.kill();
    return this.#open();
  }

  #open(options = this.#processOptions): ModuleProcess {
    const opened = new ModuleProcess(options);
    this.#processes.add(opened);
    void opened.exited.then(() => this.#forget(opened));
    return opened;
  }

  /** Looks at the memory of all processes, again and again. */
  async #weigh(): Promise<void> {
    const held = await residentMemory([...this.#processes].flatMap((one) => one.pid ?? []));
    for (const one of this.#processes) one.judgeMemory(held.get(one.pid ?? 0) ?? 0);
    if (!this.#closed) this.#scales = setTimeout(() => void this.#weigh(), WEIGH_EVERY_MS).unref();
  }

  #forget(gone: ModuleProcess): void {
    this.#processes.delete(gone);
    const at = this.#idle.indexOf(gone);
    if (at !== -1) this.#idle.splice(at, 1);
  }

  async #keepWhenRested(served: ModuleProcess, generation: number): Promise<void> {
    const usable = await served.rested;
    const current = generation === this.#files.generation && !this.#closed;
    if (usable && current && this.#idle.length < this.#options.maxIdle) {
      this.#idle.push(served);
      return;
    }
    await served.kill();
  }

  /** Module files changed: whoever has imported the old ones ends, now or after its step. */
  #renew(): void {
    for (const one of this.#idle.splice(0)) void one.kill();
    if (!this.#closed) this.#idle.push(this.#open());
  }
}

function over(end: StepEnd): StepRun {
  return { ended: Promise.resolve(end), stop() {}, kill() {} };
}

function notFound(ref: string): StepEnd {
  const message = `This worker has no module ${ref}: its file belongs into a folder of MODULES_DIR of each worker that serves the module's runtime`;
  return { outcome: 'failed', error: { code: 'MODULE_NOT_FOUND', message } };
}

/** Whether this worker has the module shows when all its files are imported: the step waits, and no attempt is counted. */
function notYet(ref: string): StepEnd {
  const message = `This worker has no module ${ref} yet: it is still importing files of MODULES_DIR`;
  return { outcome: 'unavailable', error: { code: 'MODULE_NOT_LOADED', message } };
}
