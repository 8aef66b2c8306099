import { readdir, stat } from 'node:fs/promises';
import { extname, join, resolve } from 'node:path';
import type { ModuleDescription } from './module-description.ts';
import { ModuleInspection } from './module-inspection.ts';
import type { ModuleProcess, ModuleProcessOptions } from './module-process.ts';
import { BUILT_IN_REFS } from './module-registry.ts';
import type { EngineLogger } from './step-engine.ts';
import { describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';

const LOOK_EVERY_MS = 1_000;
/** What is found while other files are still looked at is taken so often. */
const TAKE_EVERY_MS = 300;
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
  importLimitMs?: number;
  openProcess: (onStrayError: ModuleProcessOptions['onStrayError']) => ModuleProcess;
  /** Files changed: from now on `fileOf` answers by the new ones. */
  onChange: () => void;
}

/**
 * The module files in folders: each file of a folder, and `index` of each folder in it. They are looked at every second,
 * and what changed is taken without a restart, each file as soon as it is known what is in it. A file that cannot be taken
 * is left out, with a warning. A folder that cannot be read makes `start` throw.
 */
export class ModuleFiles {
  readonly #options: ModuleFilesOptions;
  #files = new Map<string, ModuleFile>();
  /** In the order in which they are taken. */
  #candidates: string[] = [];
  #inspection: ModuleInspection | undefined;
  /** What was said of the files that are looked at. */
  #said = new Set<string>();
  #print = '';
  #started = false;
  #generation = 0;
  #lookTimer: NodeJS.Timeout | undefined;
  #takeTimer: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ModuleFilesOptions) {
    this.#options = options;
  }

  /** Grows when files change. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether files are still looked at: a module that is missing may be in one of them. */
  get incomplete(): boolean {
    return this.#inspection?.goesOn ?? false;
  }

  fileOf(ref: string): string | undefined {
    return this.#files.get(ref)?.path;
  }

  moduleOf(ref: string): ModuleDescription | undefined {
    return this.#files.get(ref)?.module;
  }

  /** The modules in them. */
  get modules(): ModuleDescription[] {
    return [...this.#files.values()].map(({ module }) => module);
  }

  /** Resolves when each file has been tried once. */
  async start(): Promise<void> {
    if (this.#options.folders.length === 0) return;
    try {
      this.#print = await this.#fingerprint();
      await this.#inspectAll();
    } catch (error) {
      throw new Error(`The folders of modules cannot be read: ${describeError(error).message}`, { cause: error });
    }
    await this.#inspection?.tried;
    if (this.incomplete) {
      this.#sayWhatIsLate();
      this.#take();
    }
    this.#started = true;
    this.#lookAgain();
  }

  stop(): void {
    this.#stopped = true;
    this.#inspection?.stop();
    clearTimeout(this.#lookTimer);
    clearTimeout(this.#takeTimer);
  }

  #lookAgain(): void {
    if (this.#stopped) return;
    this.#lookTimer = setTimeout(() => void this.#look().finally(() => this.#lookAgain()), LOOK_EVERY_MS).unref();
  }

  async #look(): Promise<void> {
    try {
      const print = await this.#fingerprint();
      if (print === this.#print) return;
      this.#print = print;
      await this.#inspectAll();
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

  /** Looks at all files anew: each may import any other. */
  async #inspectAll(): Promise<void> {
    const seen = await Promise.all(this.#options.folders.map(candidatesIn));
    if (this.#stopped) return;
    const { openProcess, importLimitMs } = this.#options;
    this.#inspection?.stop();
    this.#said = new Set();
    this.#candidates = seen.flatMap(({ files }) => files);
    this.#inspection = new ModuleInspection({
      files: this.#candidates,
      openProcess,
      ...(importLimitMs !== undefined && { importLimitMs }),
      onFound: () => this.#takeSoon(),
    });
    for (const folder of seen.flatMap(({ passedOver }) => passedOver)) {
      this.#options.logger.info({ folder }, 'a folder without an index file has no module');
    }
    if (this.#candidates.length === 0) this.#takeSoon();
  }

  #takeSoon(): void {
    if (this.#inspection?.goesOn === false) this.#take();
    else this.#takeTimer ??= setTimeout(() => this.#take(), TAKE_EVERY_MS).unref();
  }

  /** Takes what is known by now; a file that is still looked at is what it was. */
  #take(): void {
    clearTimeout(this.#takeTimer);
    this.#takeTimer = undefined;
    if (this.#stopped) return;
    const before = new Map([...this.#files.values()].map(({ path, module }) => [path, module]));
    const files = new Map<string, ModuleFile>();
    for (const path of this.#candidates) {
      const judged = this.#inspection?.found.get(path);
      const module = judged ?? before.get(path);
      if (module === undefined) continue;
      const taken = 'ref' in module && !files.has(module.ref) && !BUILT_IN_REFS.includes(module.ref);
      if (taken) files.set(module.ref, { path, module });
      else this.#leaveOut(path, module);
    }
    this.#files = files;
    if (!this.incomplete) this.#options.logger.info({ modules: [...files.keys()] }, 'module files found');
    if (!this.#started) return;
    this.#generation++;
    this.#options.onChange();
  }

  #sayWhatIsLate(): void {
    if (this.#stopped) return;
    for (const file of this.#inspection?.open ?? []) {
      const problem = `${file}: importing it takes longer than ${this.#inspection?.importLimitMs} ms`;
      this.#options.logger.warn({ problem }, 'a module file is not there yet, and is tried again');
    }
  }

  #leaveOut(file: string, why: ModuleDescription | StepError): void {
    const problem =
      'ref' in why ? `${file}: there is a module ${why.ref} already` : `${placeIn(file, why)}: ${why.message}`;
    if (this.#said.has(problem)) return;
    this.#said.add(problem);
    this.#options.logger.warn({ problem }, 'a module file was left out');
  }
}

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
function placeIn(file: string, why: StepError): string {
  const frame = why.stackTrace?.find((one) => file.endsWith(one.file));
  return frame === undefined ? file : `${file}:${frame.line}`;
}
