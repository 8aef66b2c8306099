import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { ModuleDescription } from './module-description.ts';
import { InspectionError, type ModuleProcess, type ModuleProcessOptions } from './module-process.ts';
import { BUILT_IN_REFS } from './module-registry.ts';
import type { EngineLogger } from './step-engine.ts';
import { describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';

const LOOK_EVERY_MS = 1_000;
/** What a file may take to be imported at first, and how often it is tried: a busy machine is slow, too. */
const IMPORT_LIMIT_MS = 10_000;
const MAX_TRIES = 3;
const MORE_PATIENCE = 3;
/** Of a folder, its own folders included; node_modules are not looked into. */
const MAX_WATCHED_FILES = 5_000;

const MODULE_FILE = /(?<!\.d|\.test)\.(?:[mc]?ts|[mc]?js)$/;
const INDEX_FILE = /^index\.(?:[mc]?ts|[mc]?js)$/;
const NOT_LOOKED_INTO = /^(?:\.|node_modules$)/;

interface ModuleFile {
  path: string;
  module: ModuleDescription;
}

interface ModuleFilesOptions {
  folders: string[];
  logger: EngineLogger;
  /** Default 10 s; three and nine times that when it is tried again. */
  importLimitMs?: number;
  openProcess: (onStrayError: ModuleProcessOptions['onStrayError']) => ModuleProcess;
  /** Files changed: from now on `fileOf` answers by the new ones. */
  onChange: () => void;
}

/**
 * The module files in folders: each file of a folder, and `index` of each folder in it. They are looked at every second,
 * and what changed is taken without a restart. A file that cannot be taken is left out, with a warning; one that takes too
 * long is tried again with more patience. A folder that cannot be read makes `start` throw.
 */
export class ModuleFiles {
  readonly #options: ModuleFilesOptions;
  #files = new Map<string, ModuleFile>();
  /** Files that took too long to be imported, and how often they were tried. */
  readonly #late = new Map<string, number>();
  #print = '';
  #generation = 0;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ModuleFilesOptions) {
    this.#options = options;
  }

  /** Grows when files change. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether a file that took too long is tried again: a module that is missing may be in it. */
  get incomplete(): boolean {
    return [...this.#late.values()].some((tries) => tries < MAX_TRIES);
  }

  fileOf(ref: string): string | undefined {
    return this.#files.get(ref)?.path;
  }

  /** The modules in them. */
  get modules(): ModuleDescription[] {
    return [...this.#files.values()].map(({ module }) => module);
  }

  async start(): Promise<void> {
    if (this.#options.folders.length === 0) return;
    try {
      this.#print = await this.#fingerprint();
      await this.#inspectAll();
    } catch (error) {
      throw new Error(`The folders of modules cannot be read: ${describeError(error).message}`, { cause: error });
    }
    this.#lookAgain();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  #lookAgain(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look().finally(() => this.#lookAgain()), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    try {
      const print = await this.#fingerprint();
      if (print !== this.#print) this.#late.clear();
      else if (!this.incomplete) return;
      this.#print = print;
      await this.#inspectAll();
      if (this.#stopped) return;
      this.#generation++;
      this.#options.onChange();
    } catch (error) {
      // A folder that is away keeps its modules: they may have been imported long ago.
      this.#options.logger.warn({ error: describeError(error) }, 'a folder of modules cannot be read');
    }
  }

  /** Changes when anything in the folders does. */
  async #fingerprint(): Promise<string> {
    const seen: string[] = [];
    const visit = async (folder: string): Promise<void> => {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (NOT_LOOKED_INTO.test(entry.name) || seen.length >= MAX_WATCHED_FILES) continue;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) await visit(path);
        else {
          const about = await stat(path).catch(() => null);
          if (about) seen.push(`${path} ${about.size} ${about.mtimeMs}`);
        }
      }
    };
    for (const folder of this.#options.folders) await visit(folder);
    return seen.sort().join('\n');
  }

  async #inspectAll(): Promise<void> {
    const seen = await Promise.all(this.#options.folders.map(candidatesIn));
    const candidates = seen.flatMap(({ files }) => files);
    const found = await this.#inspect(candidates);
    if (this.#stopped) return;
    const files = new Map<string, ModuleFile>();
    for (const path of candidates) {
      const module = found.get(path);
      const taken = module !== undefined && 'ref' in module;
      if (taken && !files.has(module.ref) && !BUILT_IN_REFS.includes(module.ref)) {
        files.set(module.ref, { path, module });
      } else this.#leaveOut(path, module);
    }
    this.#files = files;
    for (const folder of seen.flatMap(({ passedOver }) => passedOver)) {
      this.#options.logger.info({ folder }, 'a folder without an index file has no module');
    }
    this.#options.logger.info({ modules: [...files.keys()] }, 'module files found');
  }

  #leaveOut(file: string, why: ModuleDescription | StepError | undefined): void {
    const problem =
      why !== undefined && 'ref' in why
        ? `${file}: there is a module ${why.ref} already`
        : `${placeIn(file, why)}: ${why?.message ?? 'it was not inspected'}`;
    this.#options.logger.warn({ problem }, 'a module file was left out');
  }

  /**
   * What the module in each file says of itself, or what is wrong with the file. They are imported one after another in a process for
   * that: a file that ends it, or never comes to an end, hurts itself alone.
   */
  async #inspect(files: readonly string[]): Promise<Map<string, ModuleDescription | StepError>> {
    const found = new Map<string, ModuleDescription | StepError>();
    if (files.length === 0) return found;
    const blame: ModuleProcessOptions['onStrayError'] = (error, file) => file !== null && found.set(file, error);
    let inspector = this.#options.openProcess(blame);
    for (const file of files) {
      if (this.#stopped) break;
      const tries = this.#late.get(file) ?? 0;
      if (tries === MAX_TRIES) {
        found.set(file, TOO_LONG);
        continue;
      }
      if (inspector.gone) inspector = this.#options.openProcess(blame);
      const limitMs = (this.#options.importLimitMs ?? IMPORT_LIMIT_MS) * MORE_PATIENCE ** tries;
      const module = await moduleIn(inspector, file, limitMs);
      if (!found.has(file)) found.set(file, module);
      if (module === TOO_LONG) {
        this.#late.set(file, tries + 1);
        await inspector.kill();
      } else this.#late.delete(file);
    }
    await inspector.kill();
    return found;
  }
}

async function moduleIn(
  inspector: ModuleProcess,
  file: string,
  limitMs: number,
): Promise<ModuleDescription | StepError> {
  const late = new AbortController();
  try {
    const limit = delay(limitMs, TOO_LONG, { ref: false, signal: late.signal });
    limit.catch(() => {});
    return await Promise.race([inspector.inspect(file), limit]);
  } catch (error) {
    return error instanceof InspectionError ? error.error : describeError(error);
  } finally {
    late.abort();
  }
}

const TOO_LONG: StepError = {
  code: 'MODULE_NOT_LOADED',
  message: 'importing it takes too long',
};

/** The files of a folder that may hold a module, and its own folders that have no `index`. */
async function candidatesIn(folder: string): Promise<{ files: string[]; passedOver: string[] }> {
  const files: string[] = [];
  const passedOver: string[] = [];
  for (const entry of (await readdir(folder, { withFileTypes: true })).sort(byName)) {
    const path = resolve(join(folder, entry.name));
    if (NOT_LOOKED_INTO.test(entry.name)) continue;
    if (!entry.isDirectory()) {
      if (MODULE_FILE.test(entry.name) && extname(entry.name) !== '') files.push(path);
      continue;
    }
    const index = (await readdir(path)).find((name) => INDEX_FILE.test(name));
    if (index === undefined) passedOver.push(path);
    else files.push(join(path, index));
  }
  return { files, passedOver };
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name < other.name ? -1 : 1;
}

/** The file, and the line in it where importing it failed. */
function placeIn(file: string, why: StepError | undefined): string {
  const frame = why?.stackTrace?.find((one) => file.endsWith(one.file));
  return frame === undefined ? file : `${file}:${frame.line}`;
}
