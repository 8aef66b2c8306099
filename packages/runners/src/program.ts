import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { ContentStores } from '@gantry/contents/content-store';
import { hasTooManyValues } from '@gantry/domain/json-values';
import { LinesAfterPipes } from './lines-after-pipes.ts';
import { makeOwnFolder, removeOwnFolder } from './own-folder.ts';
import { type ProcessEnd, ProcessGroup } from './process-group.ts';
import {
  type ProgramAnswer,
  type ProgramMessage,
  type ProgramOrder,
  type ProgramQuestion,
  toldErrorSchema,
} from './program-messages.ts';
import { type AskingStep, findAnswer } from './program-questions.ts';
import { readLines } from './read-lines.ts';
import { createSlots } from './slots.ts';
import { checkedError, describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';
import type { StepEnd, StepReport, StepTask, Stop } from './step-runner.ts';
import { endWith, TOO_MANY } from './told-output.ts';
import { usedCpu } from './used-cpu.ts';

const MIB = 1024 * 1024;
/** An output, its quotes and its backslashes. */
const LINE_FACTOR = 2;
/** What a step may send and print besides its output; reading it is work of the worker. */
const MAX_TOLD_BYTES = 64 * MIB;
/** What it may print after the end of a step: last words, and no more. One that goes on would do so in the next step. */
const MAX_IDLE_BYTES = 64 * 1_024;
const LAST_WORDS = 10;
/** Answered at the same time: each may hold a file open. */
const QUESTIONS_AT_ONCE = 8;
/** The shell sets limits for the program and is replaced by it: this works where there is no prlimit, too. */
const LIMITED = 'ulimit -d "$1"; ulimit -n "$2"; ulimit -S -t "$3"; ulimit -H -t "$4"; ulimit -c 0; shift 4; exec "$@"';
/** Of a program that ended well, as far as it knew. */
const ENDED_EARLY =
  'It has to read the step and tell `succeeded` or `failed` first. With the SDK of Python the file ends with `run(module)`.';
/** What the shell answers when it cannot find a program, or may not run it. */
const NOT_STARTED = [126, 127];

export interface ProgramLimits {
  /** Of data in memory: of the program, and of each that it starts. */
  maxMemoryMb: number;
  maxOpenFiles: number;
  /** Of a step. */
  cpuSeconds: number;
  maxOutputBytes: number;
}

export interface ProgramOptions {
  command: readonly string[];
  env: Readonly<Record<string, string>>;
  limits: ProgramLimits;
  contents: ContentStores;
}

interface Served extends AskingStep {
  ended: PromiseWithResolvers<StepEnd>;
  fresh: boolean;
  toldBytes: number;
  contentAway: boolean;
}

/** A program of the kind `process` that runs: one step at a time, in a process group and a folder of its own. */
export class Program {
  readonly #options: ProgramOptions;
  readonly #token = randomBytes(16).toString('hex');
  readonly #folder = makeOwnFolder('program');
  readonly #group: ProcessGroup;
  readonly #stdin: Writable;
  readonly #exited = Promise.withResolvers<void>();
  #rested = Promise.withResolvers<boolean>();
  readonly #questions = createSlots(QUESTIONS_AT_ONCE);
  readonly #lastWords: string[] = [];
  /** What it says on its standard output: what it printed on its standard error before belongs to the same step. */
  readonly #said = new LinesAfterPipes((line) => this.#readLine(line));
  #idleBytes = 0;
  #serving: Served | undefined;
  #steps = 0;
  #loss: StepError | undefined;
  #tainted = false;
  #killed = false;
  #gone = false;

  constructor(options: ProgramOptions) {
    this.#options = options;
    const { command, env, limits } = options;
    // The limit counts what the process has used since it began: a step, and those before it that left it one.
    const cpuSeconds = limits.cpuSeconds * 2;
    const values = [limits.maxMemoryMb * 1_024, limits.maxOpenFiles, cpuSeconds, cpuSeconds + 1].map(String);
    const ownEnv = {
      ...env,
      HOME: this.#folder,
      TMPDIR: this.#folder,
      GANTRY_TOKEN: this.#token,
      PYTHONDONTWRITEBYTECODE: '1',
    };
    this.#group = new ProcessGroup(
      '/bin/sh',
      ['-c', LIMITED, 'gantry', ...values, ...command],
      { cwd: this.#folder, env: ownEnv, stdio: ['pipe', 'pipe', 'pipe'] },
      (end) => this.#end(end),
    );
    const [stdin, stdout, stderr] = this.#group.pipes as unknown as [Writable, Readable, Readable];
    stdin.on('error', () => {});
    this.#stdin = stdin;
    const maxLine = limits.maxOutputBytes * LINE_FACTOR + MIB;
    this.#read(stdout, maxLine, (line) => this.#said.add(line));
    this.#read(stderr, maxLine, (line) => {
      this.#lastWords.push(line.slice(0, 1_000));
      if (this.#lastWords.length > LAST_WORDS) this.#lastWords.shift();
      this.#tellPrinted('warn', line);
    });
  }

  /** After a step: whether it takes another one. */
  get rested(): Promise<boolean> {
    return this.#rested.promise;
  }

  get exited(): Promise<void> {
    return this.#exited.promise;
  }

  /** It takes no more steps: what it said before it was killed may still come. */
  get gone(): boolean {
    return this.#gone || this.#killed;
  }

  /** Nothing has run in it yet. */
  get fresh(): boolean {
    return this.#steps === 0;
  }

  run(
    { request, secrets }: Pick<StepTask, 'request' | 'secrets'>,
    tell: (report: StepReport) => void,
  ): Promise<StepEnd> {
    const ended = Promise.withResolvers<StepEnd>();
    const folder = join(this.#folder, `step-${this.#steps}`);
    mkdirSync(folder);
    this.#serving = {
      request,
      secrets,
      folder,
      tell,
      ended,
      fresh: this.fresh,
      stopped: new AbortController(),
      toldBytes: 0,
      contentAway: false,
    };
    this.#steps++;
    this.#idleBytes = 0;
    this.#rested = Promise.withResolvers();
    void this.#order({ kind: 'run', step: { ...request, idempotencyKey: request.stepId, folder } });
    return ended.promise;
  }

  stop({ outcome, error: { message } }: Stop): void {
    if (this.#serving === undefined) return;
    this.#tainted = true;
    this.#serving.stopped.abort();
    void this.#order({ kind: 'stop', outcome, message });
    this.#group.signal('SIGTERM');
  }

  /** Ends the program and all that it started; resolves when it is gone. */
  kill(): Promise<void> {
    this.#killed = true;
    this.#group.signal('SIGKILL');
    return this.#exited.promise;
  }

  /** Resolves when the program has room for it, or is gone. */
  async #order(order: ProgramOrder): Promise<void> {
    if (this.#gone) return;
    await new Promise<void>((resolve) => this.#stdin.write(`${JSON.stringify(order)}\n`, () => resolve()));
  }

  #read(stream: Readable, maxLine: number, onLine: (line: string) => void): void {
    const count = (line: string): void => {
      if (this.#serving !== undefined) this.#serving.toldBytes += line.length;
      else if (this.#steps > 0) this.#idleBytes += line.length + 1;
      if (this.#idleBytes > MAX_IDLE_BYTES) this.#breakOff('output after the end of its step');
      const limit = MAX_TOLD_BYTES + this.#options.limits.maxOutputBytes * LINE_FACTOR;
      if ((this.#serving?.toldBytes ?? 0) > limit) this.#breakOff(`more than ${limit / MIB} MiB of output`);
      else onLine(line);
    };
    readLines(stream, maxLine, count, () => {
      this.#breakOff('a line without end');
      stream.resume();
    });
  }

  #readLine(line: string): void {
    if (!line.startsWith(this.#token)) {
      this.#tellPrinted('info', line);
      return;
    }
    if (hasTooManyValues(line)) {
      this.#finish(TOO_MANY);
      return;
    }
    let message: ProgramMessage;
    try {
      message = Object(JSON.parse(line.slice(this.#token.length + 1)));
    } catch {
      this.#breakOff('a message that is not JSON');
      return;
    }
    this.#take(message);
  }

  #take(message: ProgramMessage): void {
    switch (message.kind) {
      case 'log': {
        const { level, message: text, fields } = message;
        const entry = { level, message: text, loggedAt: Date.now() };
        this.#serving?.tell({ kind: 'log', entry: fields === undefined ? entry : { ...entry, fields } });
        break;
      }
      case 'progress':
        this.#serving?.tell({ kind: 'progress', progress: { done: message.done, max: message.max ?? null } });
        break;
      case 'status':
        this.#serving?.tell({ kind: 'status', message });
        break;
      case 'event':
      case 'label':
      case 'checkpoint':
        this.#serving?.tell(message);
        break;
      case 'ask':
        void this.#answer(message.id, message);
        break;
      case 'succeeded':
        this.#finish(endWith(message.output));
        break;
      case 'failed':
        this.#finish(this.#failure(message.error));
        break;
      case 'ready':
        if (this.#serving === undefined) this.#rested.resolve(!this.#tainted && this.#hasCpuLeft());
        break;
      default:
        this.#breakOff('a message of no kind');
    }
  }

  #failure(told: unknown): StepEnd {
    const given = Object.entries(toldErrorSchema.parse(told)).filter(([, value]) => value !== undefined);
    const error = checkedError(Object.fromEntries(given) as unknown as StepError);
    const away = this.#serving?.contentAway === true && error.code === 'CONTENT_UNAVAILABLE';
    return { outcome: away ? 'unavailable' : 'failed', error };
  }

  async #answer(id: number, question: ProgramQuestion): Promise<void> {
    const serving = this.#serving;
    await this.#questions.acquire();
    try {
      if (serving === undefined || serving !== this.#serving) return;
      const answer = await this.#find(question, serving);
      // A step that has ended is not told: what asks now is another one, and numbers its questions anew.
      if (serving === this.#serving) await this.#order({ kind: 'answer', id, ...answer });
    } finally {
      this.#questions.release();
    }
  }

  async #find(question: ProgramQuestion, serving: Served): Promise<ProgramAnswer> {
    try {
      return { value: await findAnswer(question, serving, this.#options.contents, this.#folder) };
    } catch (error) {
      const { code, message } = describeError(error);
      serving.contentAway ||= code === 'CONTENT_UNAVAILABLE';
      return { error: { code, message } };
    }
  }

  #tellPrinted(level: 'info' | 'warn', message: string): void {
    this.#serving?.tell({ kind: 'log', entry: { level, message, loggedAt: Date.now() } });
  }

  #breakOff(what: string): void {
    if (this.#gone || this.#loss !== undefined) return;
    this.#loss = { code: 'MODULE_CRASHED', message: `The program gave ${what}` };
    void this.kill();
  }

  #finish(end: StepEnd): void {
    const serving = this.#serving;
    if (serving === undefined) return;
    this.#serving = undefined;
    serving.stopped.abort();
    void rm(serving.folder, { recursive: true, force: true }).catch(() => {});
    serving.ended.resolve(end);
  }

  /** After a step: where the system does not tell, one is all that it runs. */
  #hasCpuLeft(): boolean {
    return usedCpu(this.#group.pid) < this.#options.limits.cpuSeconds;
  }

  #describeEnd(end: ProcessEnd): StepError {
    if ('error' in end) return { code: 'MODULE_CRASHED', message: end.error.message };
    const { code, signal } = end;
    if (signal === 'SIGXCPU') {
      return {
        code: 'MODULE_OUT_OF_TIME',
        message: `The program used more CPU than the ${this.#options.limits.cpuSeconds} s that a step may`,
      };
    }
    const how = signal === null ? `exited with code ${code} without an answer` : `was ended by ${signal}`;
    const words = this.#lastWords.length === 0 ? '' : `: ${this.#lastWords.join('\n')}`;
    const error = { code: 'MODULE_CRASHED', message: `The program ${how}${words}` };
    return code === 0 ? { ...error, advice: ENDED_EARLY } : error;
  }

  #end(end: ProcessEnd): void {
    this.#said.end();
    this.#gone = true;
    const error = this.#loss ?? this.#describeEnd(end);
    const notStarted = 'code' in end && end.code !== null && NOT_STARTED.includes(end.code);
    if (this.#serving !== undefined) {
      const { fresh } = this.#serving;
      this.#finish(
        notStarted && fresh
          ? { outcome: 'failed', error: { ...error, code: 'MODULE_NOT_LOADED' } }
          : { outcome: 'crashed', error, fresh },
      );
    }
    this.#rested.resolve(false);
    void removeOwnFolder(this.#folder)
      .catch(() => {})
      .then(() => this.#exited.resolve());
  }
}
