import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { ModuleProcess, type ModuleProcessOptions } from './module-process.ts';
import { residentMemory } from './resident-memory.ts';

const LOOK_EVERY_MS = 100;
/** After so many looks at which no step ran, processes are made ready for the next ones. */
const QUIET_LOOKS = 5;
/** After so many it is looked less often, until something runs again. */
const RESTS_AFTER_LOOKS = 20;
const REST_MS = 1_000;
/** After so many of these looks those are let go, one a look, that wait besides the ones that are kept ready. */
const LET_GO_AFTER_LOOKS = 120;
/** More would only wait for each other when they start at the same time. */
const READY = availableParallelism() + 1;
/** Steps that run beside each other in one process at most, and from how many on another process takes its share. */
const TOGETHER = 100;
const SHARED_FROM = 8;
/** Processes for them besides each other, as long as no more are needed: one thread is left to the worker. */
const SHARING = Math.max(1, availableParallelism() - 1);

interface ProcessPoolOptions {
  process: ModuleProcessOptions;
  /** Processes that wait for a step at most. */
  maxIdle: number;
  /** Built-in modules that they are made ready for while none was asked for. */
  readyFor: readonly string[];
}

/** The processes of a node runner: those that run a step, and those that wait for one. */
export class ProcessPool {
  readonly #options: ProcessPoolOptions;
  readonly #all = new Set<ModuleProcess>();
  /** The one that ran last is taken first: it is awake and its memory is warm. */
  #idle: ModuleProcess[] = [];
  /** Those in which steps run beside each other, and whose steps: a module shares with nobody but itself. */
  readonly #shared = new Map<ModuleProcess, string>();
  /** Built-in modules that steps have asked for: the next one may want any of them. */
  readonly #wanted = new Set<string>();
  #quietLooks = 0;
  /** Ends a rest. */
  #wake: () => void = () => {};
  #closed = false;

  constructor(options: ProcessPoolOptions) {
    this.#options = options;
  }

  start(): void {
    this.#idle.push(this.open());
    void this.#look();
  }

  /** @param fresh one in which nothing has run: one of those that wait makes room for it, the others wait on */
  take(fresh: boolean): ModuleProcess {
    this.#quietLooks = 0;
    this.#wake();
    const at = this.#idle.findLastIndex((one) => !one.gone && (!fresh || one.fresh));
    const [taken] = at === -1 ? [] : this.#idle.splice(at, 1);
    if (taken !== undefined) return taken;
    if (this.#all.size >= this.#options.maxIdle) void this.#idle.shift()?.kill();
    return this.open();
  }

  /** One in which steps of this module may run at the same time. */
  join(module: string): ModuleProcess {
    this.#quietLooks = 0;
    const own = [...this.#shared.keys()].filter((one) => this.#shared.get(one) === module && !one.gone);
    const [calmest] = own.sort((one, other) => one.busy - other.busy);
    const room = own.length < SHARING ? SHARED_FROM : TOGETHER;
    if (calmest !== undefined && calmest.busy < room) return calmest;
    const joined = this.take(false);
    this.#shared.set(joined, module);
    return joined;
  }

  /** A step of this built-in module is run: those that wait get ready for the next one. */
  want(ref: string): void {
    this.#wanted.add(ref);
  }

  /** Takes back a process that has rested from a step, unless others run in it. */
  async keep(served: ModuleProcess): Promise<void> {
    if (served.busy > 0 || this.#idle.includes(served)) return;
    this.#shared.delete(served);
    if (!this.#closed && !served.gone && this.#idle.length < this.#options.maxIdle) this.#idle.push(served);
    else await served.kill();
  }

  /** It runs nothing more but what runs in it. */
  leave(served: ModuleProcess): void {
    this.#shared.delete(served);
    this.#idle = this.#idle.filter((one) => one !== served);
    served.retire();
  }

  /** One that does not wait for steps, but ends with the others. */
  open(options = this.#options.process): ModuleProcess {
    const opened = new ModuleProcess(options);
    this.#wake();
    this.#all.add(opened);
    void opened.exited.then(() => {
      this.#all.delete(opened);
      this.#shared.delete(opened);
      this.#idle = this.#idle.filter((one) => one !== opened);
    });
    if (this.#closed) void opened.kill();
    return opened;
  }

  /** Those that wait are replaced by new ones. */
  renew(): void {
    for (const one of this.#idle.splice(0)) void one.kill();
    for (const one of this.#shared.keys()) this.leave(one);
    const opened = this.#closed ? undefined : this.#openAhead();
    if (opened !== undefined) this.#idle.push(opened);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#all].map((one) => one.kill()));
  }

  async #look(): Promise<void> {
    while (!this.#closed) {
      await this.#untilNextLook();
      const held = await residentMemory([...this.#all].flatMap((one) => one.pid ?? []));
      if (this.#closed) return;
      for (const one of this.#all) one.judgeMemory(held.get(one.pid ?? 0) ?? 0);
      for (const one of this.#all) if (one.busy > 1) one.judgePulse(performance.now());
      this.#quietLooks++;
      if (this.#quietLooks >= QUIET_LOOKS && this.#rests) void this.#makeReady();
      if (this.#quietLooks >= LET_GO_AFTER_LOOKS && this.#idle.length > READY) void this.#idle.shift()?.kill();
    }
  }

  /** Nothing runs. */
  get #rests(): boolean {
    return this.#all.size === this.#idle.length;
  }

  async #untilNextLook(): Promise<void> {
    const waitMs = this.#rests && this.#quietLooks >= RESTS_AFTER_LOOKS ? REST_MS : LOOK_EVERY_MS;
    const woken = new AbortController();
    if (waitMs === REST_MS) this.#wake = () => woken.abort();
    await delay(waitMs, undefined, { ref: false, signal: woken.signal }).catch(() => {});
    this.#wake = () => {};
  }

  /** Makes one process ready that is not, one at a time. */
  async #makeReady(): Promise<void> {
    const refs = this.#wanted.size > 0 ? [...this.#wanted] : this.#options.readyFor;
    const unready = this.#idle.find((one) => one.canPrepare(refs));
    if (unready !== undefined) this.#idle = this.#idle.filter((one) => one !== unready);
    else if (this.#idle.length >= Math.min(READY, this.#options.maxIdle)) return;
    const one = unready ?? this.#openAhead();
    if (one !== undefined && (await one.prepare(refs))) await this.keep(one);
  }

  /** Where there is no room for it now it is missing: a step that needs one says so. */
  #openAhead(): ModuleProcess | undefined {
    try {
      return this.open();
    } catch {
      return undefined;
    }
  }
}
