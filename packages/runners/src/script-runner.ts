import { Worker } from 'node:worker_threads';
import type { ContentStores } from '@gantry/contents/content-store';
import type { ScriptAnswer, ScriptLimits, ScriptMessage, ScriptOrder, ScriptQuestion } from './script-messages.ts';
import { singleRun } from './single-run.ts';
import { DEFAULT_MAX_OUTPUT_BYTES } from './step-engine.ts';
import { describeError } from './step-error.ts';
import type { StepRequest } from './step-result.ts';
import type { StepEnd, StepReport, StepRun, StepRunner, StepTask } from './step-runner.ts';

const MIB = 1024 * 1024;
/** Of a content that a script reads: it is in the memory of the script then. */
const MAX_READ_BYTES = 16 * MIB;
/** When no script has begun for so long, threads that wait are let go but for one. */
const REST_MS = 120_000;

export interface ScriptRunnerOptions {
  contents: ContentStores;
  /** Threads that wait for a script at most. */
  maxIdle: number;
  /** Default: 64 MB, 512 KiB of stack, 2,000,000,000 instructions. */
  limits?: Partial<ScriptLimits>;
}

/** Runs `script` modules: JavaScript in a sandbox of WebAssembly, which has nothing of Node, no files and no network. */
export class ScriptRunner implements StepRunner<'script'> {
  readonly #options: ScriptRunnerOptions;
  readonly #limits: ScriptLimits;
  readonly #threads = new Set<ScriptThread>();
  readonly #idle: ScriptThread[] = [];
  readonly #rest = setTimeout(() => this.#letGo(), REST_MS).unref();
  #closed = false;

  constructor(options: ScriptRunnerOptions) {
    this.#options = options;
    this.#limits = {
      maxMemoryMb: 64,
      maxStackBytes: MIB / 2,
      maxInstructions: 2_000_000_000,
      maxOutputBytes: DEFAULT_MAX_OUTPUT_BYTES,
      ...options.limits,
    };
  }

  async start(): Promise<void> {}

  run({ module, request, secrets }: StepTask<'script'>, tell: (report: StepReport) => void): StepRun {
    this.#rest.refresh();
    const thread = this.#take();
    const ended = thread.run(module.script, { request, secrets }, tell);
    void ended.then(() => this.#keep(thread));
    return singleRun(ended, { stop: () => thread.stop(), kill: () => void thread.kill() });
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#rest);
    await Promise.all([...this.#threads].map((thread) => thread.kill()));
  }

  #take(): ScriptThread {
    for (let thread = this.#idle.pop(); thread !== undefined; thread = this.#idle.pop()) {
      if (!thread.gone) return thread;
    }
    const thread = new ScriptThread(this.#options.contents, this.#limits);
    this.#threads.add(thread);
    void thread.exited.then(() => this.#threads.delete(thread));
    return thread;
  }

  #keep(thread: ScriptThread): void {
    if (!thread.gone && !this.#closed && this.#idle.length < this.#options.maxIdle) this.#idle.push(thread);
    else void thread.kill();
  }

  #letGo(): void {
    for (const thread of this.#idle.splice(1)) void thread.kill();
  }
}

interface Served {
  request: StepRequest;
  secrets: StepTask['secrets'];
  tell: (report: StepReport) => void;
  ended: PromiseWithResolvers<StepEnd>;
  stop: Int32Array;
  fresh: boolean;
}

/** A thread in which scripts run, one at a time (script-thread.ts is its inside). */
class ScriptThread {
  readonly #contents: ContentStores;
  readonly #limits: ScriptLimits;
  readonly #thread: Worker;
  readonly #exited = Promise.withResolvers<void>();
  #serving: Served | undefined;
  #steps = 0;
  #killed = false;
  #gone = false;

  constructor(contents: ContentStores, limits: ScriptLimits) {
    this.#contents = contents;
    this.#limits = limits;
    this.#thread = new Worker(new URL('./script-thread.ts', import.meta.url), { env: {}, execArgv: [] });
    // It is the engine that waits for a step.
    this.#thread.unref();
    this.#thread.on('message', (message: ScriptMessage) => this.#read(message));
    this.#thread.once('error', (error) => this.#end(String(error)));
    this.#thread.once('exit', () => this.#end('the thread of the script ended'));
  }

  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  /** It takes no more steps: what it said before it was killed may still come. */
  get gone(): boolean {
    return this.#gone || this.#killed;
  }

  run(
    script: string,
    { request, secrets }: Pick<StepTask, 'request' | 'secrets'>,
    tell: (report: StepReport) => void,
  ): Promise<StepEnd> {
    const ended = Promise.withResolvers<StepEnd>();
    const stop = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
    this.#serving = { request, secrets, tell, ended, stop, fresh: this.#steps === 0 };
    this.#steps++;
    this.#order({ kind: 'run', script, request, limits: this.#limits, stop });
    return ended.promise;
  }

  stop(): void {
    if (this.#serving === undefined) return;
    Atomics.store(this.#serving.stop, 0, 1);
    this.#order({ kind: 'stop' });
  }

  async kill(): Promise<void> {
    this.#killed = true;
    await this.#thread.terminate();
    this.#end('the thread of the script was ended');
  }

  #order(order: ScriptOrder): void {
    this.#thread.postMessage(order);
  }

  #read(message: ScriptMessage): void {
    switch (message.kind) {
      case 'ask':
        void this.#answer(message.id, message.question);
        break;
      case 'end':
        this.#finish(message.end);
        break;
      default:
        this.#serving?.tell(message);
    }
  }

  async #answer(id: number, question: ScriptQuestion): Promise<void> {
    const serving = this.#serving;
    if (serving === undefined) return;
    let answer: ScriptAnswer;
    try {
      answer = { value: await this.#find(question, serving) };
    } catch (error) {
      const { code, message } = describeError(error);
      answer = { error: { code, message } };
    }
    if (serving === this.#serving) this.#order({ kind: 'answer', id, answer });
  }

  async #find(question: ScriptQuestion, { request, secrets, tell }: Served): Promise<string> {
    const content = this.#contents.forOrganization(request.organizationId);
    switch (question.what) {
      case 'secret':
        return secrets.get(question.name);
      case 'read-content':
        return Buffer.from(await content.read(question.ref, { maxBytes: MAX_READ_BYTES })).toString('utf8');
      case 'write-content': {
        const { text, contentType, name, temporary } = question;
        const about = name === null ? { contentType } : { contentType, name };
        const stored = await content.write(Buffer.from(text), about);
        if (!temporary) tell({ kind: 'content', content: { ...stored, contentType, name } });
        return stored.ref;
      }
    }
  }

  #finish(end: StepEnd): void {
    this.#serving?.ended.resolve(end);
    this.#serving = undefined;
  }

  #end(message: string): void {
    if (this.#gone) return;
    this.#gone = true;
    const { fresh = true } = this.#serving ?? {};
    this.#finish({ outcome: 'crashed', error: { code: 'MODULE_CRASHED', message }, fresh });
    this.#exited.resolve();
  }
}
