import { join } from 'node:path';
import type { ContentStores } from '@gantry/contents/content-store';
import { type AllowList, writeAllowList } from '@gantry/outbound/address-rules';
import type { ModuleDescription } from './module-description.ts';
import { ModuleFiles } from './module-files.ts';
import type { ModuleProcess, ModuleProcessOptions } from './module-process.ts';
import { BUILT_IN_REFS, NON_BLOCKING_REFS } from './module-registry.ts';
import type { FiledStep } from './ordered-steps.ts';
import { makeOwnFolder, removeFoldersOfTheDead, removeOwnFolder } from './own-folder.ts';
import { ProcessPool } from './process-pool.ts';
import { DEFAULT_MAX_OUTPUT_BYTES, type EngineLogger } from './step-engine.ts';
import type { StepError } from './step-result.ts';
import type { StepAhead, StepEnd, StepReport, StepRun, StepRunner, StepTask } from './step-runner.ts';

/** What ships with Gantry counts as one module where steps run beside each other. */
const BUILT_IN = '';

export interface NodeRunnerOptions {
  /** Folders with module files, besides the built-in modules. */
  modulesDirs: string[];
  contents: ContentStores;
  logger: EngineLogger;
  /** Processes that wait for a step at most. */
  maxIdle: number;
  /** Built-in modules that processes are made ready for while no step has run. Default none. */
  readyFor?: readonly string[];
  /** Memory of a step: heap, buffers and all else; more is MODULE_OUT_OF_MEMORY. Default 512. */
  maxMemoryMb?: number;
  maxOutputBytes?: number;
  /** What a module file may take to be imported at first, in ms. Default 10,000. */
  importLimitMs?: number;
  /** The environment modules see. Default none: the worker's own holds credentials. */
  env?: Record<string, string>;
  /**
   * Module files run confined: they have no files but those of `modulesDirs`, of these folders and of the content store, no
   * programs, threads or native code. Default: they may do what the user of this process may.
   */
  confinedTo?: readonly string[];
  /** `modules` has changed. */
  onModulesChange?: () => void;
  /** Where built-in modules may send requests besides the public Internet. Default nowhere. */
  outboundAllow?: AllowList;
}

/** What a worker that has run nothing yet makes ready for. */
export const READY_AT_FIRST = ['gantry/pdf-parser', 'gantry/invoice-extractor'];

/**
 * Runs `node` modules, each step in a process that runs nothing else at the time, and serves the next one after it; those
 * of a module that declares itself non-blocking run beside each other.
 */
export class NodeRunner implements StepRunner<'node'> {
  readonly #compiledDir = makeOwnFolder('compiled');
  readonly #files: ModuleFiles;
  readonly #builtIn: ProcessPool;
  /** The same one, unless files are confined. */
  readonly #ofFiles: ProcessPool;

  constructor(options: NodeRunnerOptions) {
    const { modulesDirs, contents, maxIdle, logger, importLimitMs, confinedTo } = options;
    const process = {
      contents,
      maxMemoryMb: options.maxMemoryMb ?? 512,
      maxOutputBytes: options.maxOutputBytes ?? DEFAULT_MAX_OUTPUT_BYTES,
      compiledDir: this.#compiledDir,
      env: options.env ?? {},
      outboundAllow: options.outboundAllow === undefined ? [] : writeAllowList(options.outboundAllow),
      onStrayError: (error: StepError) =>
        logger.warn({ error }, 'a module left something behind that failed after its step had ended'),
    };
    this.#builtIn = new ProcessPool({ process, maxIdle, readyFor: options.readyFor ?? [] });
    const ofFiles = confinedTo === undefined ? process : this.#confined(process, [...modulesDirs, ...confinedTo]);
    this.#ofFiles = ofFiles === process ? this.#builtIn : new ProcessPool({ process: ofFiles, maxIdle, readyFor: [] });
    this.#files = new ModuleFiles({
      folders: modulesDirs,
      logger,
      ...(importLimitMs !== undefined && { importLimitMs }),
      openProcess: (onStrayError) => this.#ofFiles.open({ ...ofFiles, onStrayError }),
      onChange: () => {
        this.#ofFiles.renew();
        options.onModulesChange?.();
      },
    });
  }

  #confined(process: ModuleProcessOptions, read: readonly string[]): ModuleProcessOptions {
    // What is compiled there is run by confined processes alone.
    const compiledDir = join(this.#compiledDir, 'confined');
    const { place } = process.contents;
    const write = place.kind === 'folder' ? [compiledDir, place.folder] : [compiledDir];
    return { ...process, compiledDir, confinedTo: { read, write } };
  }

  get #pools(): Set<ProcessPool> {
    return new Set([this.#builtIn, this.#ofFiles]);
  }

  /** The modules of its files, besides the built-in ones. */
  get modules(): ModuleDescription[] {
    return this.#files.modules;
  }

  /** Throws when a folder of modules cannot be read. */
  async start(): Promise<void> {
    await removeFoldersOfTheDead();
    try {
      await this.#files.start();
    } catch (error) {
      await this.close();
      throw error;
    }
    // The first step need not wait for a process to start, and these find compiled what the files were looked at with.
    for (const pool of this.#pools) pool.start();
  }

  run(task: StepTask<'node'>, tell: (report: StepReport) => void, ahead: readonly StepAhead<'node'>[] = []): StepRun {
    const { ref } = task.request;
    const file = this.#fileOf(task);
    if (file === undefined) return over(this.#files.incomplete ? notYet(ref) : notFound(ref));
    // A step that crashed before is tried by itself.
    const together = !task.fresh && this.#isNonBlocking(task);
    const pool = this.#poolOf(file);
    const served = together ? pool.join(file ?? BUILT_IN) : pool.take(task.fresh);
    const { first, rested } = served.run({ file, task, tell }, this.#filed(ahead, file, together));
    void this.#keepWhenRested(served, rested, pool, this.#files.generation);
    return first;
  }

  #poolOf(file: string | null): ProcessPool {
    return file === null ? this.#builtIn : this.#ofFiles;
  }

  #isNonBlocking({ module, request: { ref } }: StepTask<'node'>): boolean {
    if (module.bundle !== undefined) return module.nonBlocking === true;
    return this.#files.moduleOf(ref)?.nonBlocking ?? NON_BLOCKING_REFS.includes(ref);
  }

  /** Null for a built-in module, undefined where there is none. */
  #fileOf({ module: { bundle }, folder, request: { ref } }: StepTask<'node'>): string | null | undefined {
    if (bundle !== undefined) return folder && bundle.entry ? join(folder, bundle.entry) : undefined;
    const file = this.#files.fileOf(ref);
    if (file !== undefined || !BUILT_IN_REFS.includes(ref)) return file;
    this.#builtIn.want(ref);
    return null;
  }

  /**
   * Up to the first one whose module is not there, or that does not run in the process of the one before them.
   * @param together others run there: steps of the same module, and no other one's
   */
  #filed(ahead: readonly StepAhead<'node'>[], first: string | null, together: boolean): FiledStep[] {
    const filed: FiledStep[] = [];
    for (const step of ahead) {
      const file = this.#fileOf(step.task);
      if (file === undefined || this.#poolOf(file) !== this.#poolOf(first)) break;
      if (together && (file !== first || !this.#isNonBlocking(step.task))) break;
      filed.push({ ...step, file });
    }
    return filed;
  }

  async close(): Promise<void> {
    this.#files.stop();
    for (const pool of this.#pools) await pool.close();
    await removeOwnFolder(this.#compiledDir);
  }

  /** When module files have changed meanwhile, it has imported the old ones. */
  async #keepWhenRested(
    served: ModuleProcess,
    rested: Promise<boolean>,
    pool: ProcessPool,
    generation: number,
  ): Promise<void> {
    const usable = await rested;
    if (usable && generation === this.#files.generation) await pool.keep(served);
    else pool.leave(served);
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
