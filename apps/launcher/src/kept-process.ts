import { setTimeout as delay } from 'node:timers/promises';
import { type AppProcess, type Environment, type Exit, startAppProcess } from './app-process.ts';
import { RestartPauses } from './restart-pauses.ts';

const STOP_LIMIT_MS = 30_000;

interface ProcessOptions {
  name: string;
  entry: string;
  env: Environment;
  /** Where it answers HTTP. */
  url: string;
  onLog: (name: string, line: string) => void;
  /** How long a stop may take before it is ended by force: 30 s. */
  stopLimitMs?: number;
}

/** An app's process under a name, which outlives restarts. */
export class KeptProcess {
  readonly name: string;
  readonly url: string;
  readonly #options: ProcessOptions;
  readonly #stopping = new AbortController();
  #process: AppProcess;
  #kept: Promise<void> | undefined;
  #stopped: Promise<void> | undefined;

  static async start(options: ProcessOptions): Promise<KeptProcess> {
    return new KeptProcess(options, await spawnFor(options));
  }

  private constructor(options: ProcessOptions, first: AppProcess) {
    this.name = options.name;
    this.url = options.url;
    this.#options = options;
    this.#process = first;
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** Of the present process: after a restart it is another one's. */
  get exited(): Promise<Exit> {
    return this.#process.exited;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** The last lines it wrote; complete once it has exited. */
  async lastLines(): Promise<readonly string[]> {
    await this.#process.logEnded;
    return this.#process.lastLines;
  }

  /** From now on, starts it again when it ends without being stopped, after a pause (RestartPauses). */
  keepRunning(): void {
    this.#kept ??= this.#restartUntilStopped();
  }

  /** Asks it to stop, and ends it when it takes too long. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#stopping.abort();
    const { stopLimitMs = STOP_LIMIT_MS } = this.#options;
    this.kill('SIGTERM');
    const force = setTimeout(() => {
      this.#say('did not stop in time: ending it', { stopLimitMs });
      this.kill('SIGKILL');
    }, stopLimitMs);
    await (this.#kept ?? this.exited);
    clearTimeout(force);
  }

  async #restartUntilStopped(): Promise<void> {
    const { signal } = this.#stopping;
    const pauses = new RestartPauses();
    for (;;) {
      const sinceMs = performance.now();
      const exit = await this.exited;
      if (signal.aborted) return;
      const pauseMs = pauses.next(performance.now() - sinceMs);
      this.#say(`ended by itself: starting it again in ${pauseMs / 1_000} s`, { ...exit });
      await delay(pauseMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      try {
        this.#process = await spawnFor(this.#options);
      } catch (error) {
        this.#say('could not be started', { error: String(error) });
      }
      if (signal.aborted) this.kill('SIGTERM'); // stop() came while it was being spawned and signalled the one before
    }
  }

  /** Speaks for the process, in the form in which the apps write. */
  #say(msg: string, fields: object): void {
    const { name, onLog } = this.#options;
    onLog(name, JSON.stringify({ level: 'error', time: new Date().toISOString(), name, ...fields, msg }));
  }
}

function spawnFor({ name, entry, env, onLog }: ProcessOptions): Promise<AppProcess> {
  return startAppProcess({ entry, env, onLine: (line) => onLog(name, line) });
}
