import { setTimeout as delay } from 'node:timers/promises';
import { InspectionError } from './inspection-error.ts';
import type { ModuleDescription } from './module-description.ts';
import type { ModuleProcess, ModuleProcessOptions } from './module-process.ts';
import { describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';

/** What a file may take to be imported at first, and how often it is tried: a busy machine is slow, too. */
const IMPORT_LIMIT_MS = 10_000;
const MAX_TRIES = 3;
const MORE_PATIENCE = 3;
const AT_THE_SAME_TIME = 4;
/** One process goes through most files before a second one has started: others join it only where that takes long. */
const JOINED_AFTER_MS = 2_000;
/** Where there is no room for a process to look at files in, it is tried again after so long. */
const NO_ROOM_MS = 1_000;

const TOO_LONG: StepError = {
  code: 'MODULE_NOT_LOADED',
  message: 'importing it takes too long',
};

interface ModuleInspectionOptions {
  files: readonly string[];
  openProcess: (onStrayError: ModuleProcessOptions['onStrayError']) => ModuleProcess;
  /** Default 10 s; three and nine times that when it is tried again. */
  importLimitMs?: number;
  /** `found` has another answer. */
  onFound: () => void;
}

/**
 * Imports files to see which module each holds, in processes for that, a few at the same time where it takes long: a file
 * that ends its process, or never comes to an end, hurts itself alone. One that takes too long is tried again with more
 * patience, after all others.
 */
export class ModuleInspection {
  readonly #options: ModuleInspectionOptions;
  readonly #found = new Map<string, ModuleDescription | StepError>();
  /** Those that wait for their turn. */
  readonly #queue: { file: string; tries: number }[];
  /** Not yet judged for good. */
  readonly #open: Set<string>;
  /** Not yet tried. */
  #untried: number;
  readonly #tried = Promise.withResolvers<void>();
  readonly #inspectors = new Set<ModuleProcess>();
  #working = 0;
  #joining: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: ModuleInspectionOptions) {
    this.#options = options;
    this.#queue = options.files.map((file) => ({ file, tries: 0 }));
    this.#open = new Set(options.files);
    this.#untried = options.files.length;
    if (this.#untried === 0) this.#tried.resolve();
    else this.#join();
  }

  /** What the module in each file says of itself, or what is wrong with the file; those not judged yet are missing. */
  get found(): ReadonlyMap<string, ModuleDescription | StepError> {
    return this.#found;
  }

  /** Some files are still looked at. */
  get goesOn(): boolean {
    return this.#open.size > 0;
  }

  /** Files that are still looked at. */
  get open(): ReadonlySet<string> {
    return this.#open;
  }

  /** What a file may take at first, in ms. */
  get importLimitMs(): number {
    return this.#options.importLimitMs ?? IMPORT_LIMIT_MS;
  }

  /** Each file has been tried once, or all is over. */
  get tried(): Promise<void> {
    return this.#tried.promise;
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#joining);
    this.#tried.resolve();
    for (const inspector of this.#inspectors) void inspector.kill();
  }

  #join(): void {
    if (this.#queue.length === 0 || this.#working === AT_THE_SAME_TIME) return;
    this.#joining = setTimeout(() => this.#join(), JOINED_AFTER_MS).unref();
    this.#working++;
    void this.#work().finally(() => this.#working--);
  }

  async #work(): Promise<void> {
    let inspector: ModuleProcess | undefined;
    for (;;) {
      const next = this.#stopped ? undefined : this.#queue.shift();
      if (next === undefined) break;
      if (inspector === undefined || inspector.gone) inspector = this.#openInspector();
      if (inspector === undefined) {
        this.#queue.unshift(next);
        await delay(NO_ROOM_MS, undefined, { ref: false });
        continue;
      }
      const limitMs = this.importLimitMs * MORE_PATIENCE ** next.tries;
      const module = await moduleIn(inspector, next.file, limitMs);
      if (module === TOO_LONG) await inspector.kill();
      this.#judge(next, module);
    }
    await inspector?.kill();
  }

  #judge({ file, tries }: { file: string; tries: number }, module: ModuleDescription | StepError): void {
    if (this.#stopped) return;
    if (tries === 0) this.#untried--;
    if (module === TOO_LONG && tries + 1 < MAX_TRIES) this.#queue.push({ file, tries: tries + 1 });
    else {
      this.#open.delete(file);
      // What it threw where nobody could catch it came first.
      if (!this.#found.has(file)) this.#found.set(file, module);
      this.#options.onFound();
    }
    if (this.#untried === 0) this.#tried.resolve();
  }

  #openInspector(): ModuleProcess | undefined {
    let opened: ModuleProcess;
    try {
      opened = this.#options.openProcess((error, file) => this.#stray(error, file));
    } catch {
      return undefined;
    }
    this.#inspectors.add(opened);
    void opened.exited.then(() => this.#inspectors.delete(opened));
    return opened;
  }

  #stray(error: StepError, file: string | null): void {
    if (file === null || this.#stopped) return;
    this.#found.set(file, error);
    this.#options.onFound();
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
