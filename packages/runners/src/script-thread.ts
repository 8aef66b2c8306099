import { parentPort } from 'node:worker_threads';
import type { JsonObject } from '@gantry/domain/json';
import type { LogLevel, StatusMessage } from '@gantry/module-sdk/define-module';
import { ModuleError } from '@gantry/module-sdk/module-error';
import type { QuickJSContext, QuickJSHandle, QuickJSRuntime } from 'quickjs-emscripten-core';
import { inWords } from './in-words.ts';
import { OpenQuestions } from './open-questions.ts';
import { loadQuickJs } from './quickjs.ts';
import { framesOf } from './script-frames.ts';
import type { ScriptMessage, ScriptOrder, ScriptQuestion } from './script-messages.ts';
import { PRELUDE, wrapScript } from './script-prelude.ts';
import { describeError } from './step-error.ts';
import { createStepReporter, type StepReporter } from './step-reporter.ts';
import { StepReports } from './step-reports.ts';
import type { StepError } from './step-result.ts';

/*
 * What runs in each thread of the script runner: QuickJS in WebAssembly, with a realm of its own for each script, so that
 * nothing of one is left for the next.
 */

type Run = Extract<ScriptOrder, { kind: 'run' }>;
type End = Extract<ScriptMessage, { kind: 'end' }>['end'];
type Asked = ScriptQuestion | { what: 'sleep'; ms: unknown };

/** After about so many instructions QuickJS asks whether to go on. */
const INSTRUCTIONS_PER_LOOK = 10_000;
const MIB = 1024 * 1024;

const quickjs = await loadQuickJs();
let current: Script | undefined;

class Script {
  readonly #order: Run;
  readonly #reports = new StepReports(send);
  readonly #reporter: StepReporter = createStepReporter(this.#reports);
  readonly #runtime: QuickJSRuntime;
  readonly #realm: QuickJSContext;
  readonly #timers = new Map<number, NodeJS.Timeout>();
  #settle: QuickJSHandle | undefined;
  readonly #questions: OpenQuestions;
  #looks = 0;
  #over = false;

  constructor(order: Run) {
    this.#order = order;
    this.#questions = new OpenQuestions(order.limits, (id, question) => send({ kind: 'ask', id, question }));
    this.#runtime = quickjs.newRuntime();
    this.#runtime.setMemoryLimit(order.limits.maxMemoryMb * MIB);
    this.#runtime.setMaxStackSize(order.limits.maxStackBytes);
    this.#runtime.setInterruptHandler(() => this.#isToEnd());
    this.#realm = this.#runtime.newContext();
  }

  begin(): void {
    const realm = this.#realm;
    const { script, request } = this.#order;
    const host = realm.newFunction('host', (name, value) =>
      realm.newString(JSON.stringify(this.#take(realm.getString(name), realm.getString(value)))),
    );
    const step = realm.newString(JSON.stringify({ ...request, idempotencyKey: request.stepId }));
    try {
      using prelude = realm.unwrapResult(realm.evalCode(PRELUDE, 'gantry.js'));
      using made = realm.unwrapResult(realm.callFunction(prelude, realm.undefined, host, step));
      this.#settle = realm.getProp(made, 'settle');
      using begin = realm.getProp(made, 'begin');
      using wrapped = realm.unwrapResult(realm.evalCode(wrapScript(script), 'script.js'));
      realm.unwrapResult(realm.callFunction(begin, realm.undefined, wrapped)).dispose();
      this.#goOn();
    } catch (error) {
      this.#finish(this.#failure(error));
    } finally {
      host.dispose();
      step.dispose();
    }
  }

  /** The answer to a question of the script. */
  answer(id: number, answer: unknown): void {
    if (this.#over || this.#settle === undefined) return;
    this.#questions.settle(id);
    using text = this.#realm.newString(JSON.stringify({ id, answer }));
    try {
      this.#realm.unwrapResult(this.#realm.callFunction(this.#settle, this.#realm.undefined, text)).dispose();
      this.#goOn();
    } catch (error) {
      this.#finish(this.#failure(error));
    }
  }

  stop(): void {
    this.#finish({ outcome: 'failed', error: { code: 'STEP_ABORTED', message: 'The script was asked to stop' } });
  }

  #goOn(): void {
    const done = this.#runtime.executePendingJobs();
    if (done.error !== undefined) {
      const thrown = this.#realm.dump(done.error);
      done.error.dispose();
      this.#finish(this.#failure(thrown));
      return;
    }
    if (this.#over || !this.#questions.none) return;
    const message = 'The script waits for something that never comes';
    this.#finish({ outcome: 'failed', error: { code: 'SCRIPT_NEVER_ENDS', message } });
  }

  #isToEnd(): boolean {
    this.#looks++;
    return Atomics.load(this.#order.stop, 0) !== 0 || this.#isTooLong();
  }

  #isTooLong(): boolean {
    return this.#looks * INSTRUCTIONS_PER_LOOK > this.#order.limits.maxInstructions;
  }

  /** What the script says to the host, and the answer: `error` is thrown where it called. */
  #take(name: string, json: string): { value: unknown } | { error: Pick<StepError, 'code' | 'message'> } {
    try {
      return { value: this.#do(name, json) ?? null };
    } catch (error) {
      const { code, message } = describeError(error);
      return { error: { code, message } };
    }
  }

  #do(name: string, json: string): unknown {
    if (this.#over) return null;
    if (name === 'succeeded') return this.#finish({ outcome: 'succeeded', outputJson: json });
    const given = JSON.parse(json);
    if (name === 'failed') return this.#finish(this.#failure(given));
    const { logger, progress, statusMessage, labels, emit, keepCheckpoint } = this.#reporter;
    const [first, second, third] = given;
    switch (name) {
      case 'log':
        return logger[first as LogLevel](second, (third ?? undefined) as JsonObject | undefined);
      case 'progress':
        return progress(first, second ?? undefined);
      case 'status':
        return statusMessage(first as StatusMessage);
      case 'label':
        return labels.add(first);
      case 'unlabel':
        return labels.remove(first);
      case 'emit':
        return emit(first);
      case 'checkpoint':
        return keepCheckpoint(first);
      case 'ask':
        return this.#ask(first, json.length);
      default:
        throw new RangeError(`a script says ${name}, which nobody understands`);
    }
  }

  #ask(asked: Asked, characters: number): number {
    const question = asked.what === 'sleep' ? asked : checkedQuestion(asked);
    const id = this.#questions.add(characters);
    if (question.what !== 'sleep') {
      this.#questions.put(id, question);
    } else {
      const ms = Math.min(Math.max(Number(question.ms) || 0, 0), 2 ** 31 - 1);
      this.#timers.set(
        id,
        setTimeout(() => this.answer(id, { value: null }), ms),
      );
    }
    return id;
  }

  #failure(thrown: unknown): End {
    if (this.#isTooLong()) {
      const message = `The script ran more than ${this.#order.limits.maxInstructions} instructions`;
      return { outcome: 'failed', error: { code: 'SCRIPT_TOO_LONG', message, permanent: true } };
    }
    const { name, message, stack, code, permanent, retryAfter } = Object(thrown);
    const error: StepError = {
      code: codeOf(String(message), code),
      message: inWords(message ?? thrown) || 'the script failed without a message',
      errorType: String(name ?? typeof thrown),
      stackTrace: framesOf(String(stack ?? '')),
    };
    if (permanent === true) error.permanent = true;
    if (typeof retryAfter === 'number') error.retryAfter = retryAfter;
    return { outcome: code === 'CONTENT_UNAVAILABLE' ? 'unavailable' : 'failed', error };
  }

  #finish(end: End): void {
    if (this.#over) return;
    this.#over = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#reports.close();
    send({ kind: 'end', end });
    current = undefined;
    // The realm may be what calls this.
    setImmediate(() => {
      this.#settle?.dispose();
      this.#realm.dispose();
      this.#runtime.dispose();
    });
  }
}

function codeOf(message: string, code: unknown): string {
  if (message === 'out of memory') return 'MODULE_OUT_OF_MEMORY';
  return typeof code === 'string' ? code : 'MODULE_FAILED';
}

function checkedQuestion(question: ScriptQuestion): ScriptQuestion {
  if (question.what !== 'write-content') return question;
  if (typeof question.text !== 'string') {
    throw new ModuleError('ARGUMENT_INVALID', 'content.write: expected a text');
  }
  if (typeof question.contentType !== 'string' || question.contentType === '') {
    throw new ModuleError('ARGUMENT_INVALID', 'content.write: contentType: expected a text such as text/plain');
  }
  return question;
}

function send(message: ScriptMessage): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (order: ScriptOrder) => {
  switch (order.kind) {
    case 'run':
      current = new Script(order);
      current.begin();
      break;
    case 'stop':
      current?.stop();
      break;
    case 'answer':
      current?.answer(order.id, order.answer);
      break;
  }
});
