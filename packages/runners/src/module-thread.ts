import { setTimeout as delay } from 'node:timers/promises';
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads';
import { describeError } from './step-error.ts';
import type { StepError } from './step-result.ts';
import type { Stop, ThreadAnswer, ThreadMessage, ThreadOrder, ThreadReport, ThreadTask } from './thread-messages.ts';

/** A thread that is in a blocking call does not end before that returns. */
const END_LIMIT_MS = 5_000;

export interface ModuleThreadOptions {
  contentDir: string;
  maxOutputBytes: number;
  maxHeapMb: number;
  env: Record<string, string>;
  onStrayError: (error: StepError) => void;
  onEnd: (thread: ModuleThread, loss: StepError) => void;
}

/** The thread is lost, and the step with it. */
interface Crash {
  outcome: 'crashed';
  error: StepError;
}

interface Run {
  answer: PromiseWithResolvers<ThreadAnswer | Crash>;
  onReport: (report: ThreadReport) => void;
}

/** A thread in which modules run, one step at a time (see node-thread.ts for its inside). */
export class ModuleThread {
  readonly #options: ModuleThreadOptions;
  readonly #worker: Worker;
  readonly #port: MessagePort;
  #running: Run | undefined;
  /** Why it ended or is about to. */
  #loss: StepError | undefined;
  #ending = false;
  #ended = false;

  constructor(options: ModuleThreadOptions) {
    const { contentDir, maxOutputBytes, maxHeapMb, env } = options;
    const { port1, port2 } = new MessageChannel();
    this.#options = options;
    this.#port = port1;
    this.#port.on('message', (message: ThreadMessage) => this.#receive(message));
    this.#worker = new Worker(new URL('./node-thread.ts', import.meta.url), {
      workerData: { port: port2, contentDir, maxOutputBytes },
      transferList: [port2],
      execArgv: [],
      env,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMb },
    });
    this.#worker.on('error', (error) => {
      this.#loss ??= describeLoss(error, maxHeapMb);
    });
    this.#worker.on('exit', (code) => {
      // What it said last may still be on its way.
      for (let last = receiveMessageOnPort(port1); last !== undefined; last = receiveMessageOnPort(port1)) {
        this.#receive(last.message);
      }
      this.#end({ code: 'MODULE_CRASHED', message: `The module's thread exited with code: ${code}` });
    });
  }

  /** It may run another step. */
  get usable(): boolean {
    return !this.#ending && !this.#ended;
  }

  /** Runs one step. Never rejects. */
  run(task: ThreadTask, onReport: Run['onReport']): Promise<ThreadAnswer | Crash> {
    const answer = Promise.withResolvers<ThreadAnswer | Crash>();
    this.#running = { answer, onReport };
    this.#order({ kind: 'run', task });
    return answer.promise;
  }

  /** Asks the step that runs to end. */
  stop(stop: Stop): void {
    this.#order({ kind: 'stop', stop });
  }

  /** Ends the thread, and its step with it: true; or false after 5 s, when it is in a blocking call. */
  async end(): Promise<boolean> {
    this.#ending = true;
    const gone = await Promise.race([
      this.#worker.terminate().then(() => true),
      delay(END_LIMIT_MS, false, { ref: false }),
    ]);
    this.#end({ code: 'MODULE_CRASHED', message: "The module's thread was ended" });
    return gone;
  }

  #order(order: ThreadOrder): void {
    this.#port.postMessage(order);
  }

  #receive(message: ThreadMessage): void {
    switch (message.kind) {
      case 'answer':
        this.#running?.answer.resolve(message.answer);
        this.#running = undefined;
        break;
      case 'crash':
        this.#loss ??= message.error;
        break;
      case 'stray-error':
        this.#options.onStrayError(message.error);
        break;
      default:
        this.#running?.onReport(message);
    }
  }

  #end(otherwise: StepError): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#port.close();
    const error = this.#loss ?? otherwise;
    this.#running?.answer.resolve({ outcome: 'crashed', error });
    this.#running = undefined;
    this.#options.onEnd(this, error);
  }
}

function describeLoss(error: unknown, maxHeapMb: number): StepError {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY') {
    return { code: 'MODULE_OUT_OF_MEMORY', message: `The module needed more than ${maxHeapMb} MB of memory` };
  }
  return describeError(error, 'MODULE_CRASHED');
}
