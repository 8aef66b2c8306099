import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';

/** What a process that has ended leaves open, as a daemon of it may, is waited for so long. */
const CLOSE_LIMIT_MS = 500;

export type ProcessEnd = { code: number | null; signal: NodeJS.Signals | null } | { error: Error };

/** A process, and all that it starts: they are signalled together, and end with it. */
export class ProcessGroup {
  readonly #child: ChildProcess;
  readonly #onEnd: (end: ProcessEnd) => void;
  #over = false;

  /**
   * @param onEnd once, when it has ended and what it said has come
   * @throws when there is no room for one more process
   */
  constructor(
    command: string,
    args: readonly string[],
    options: Pick<SpawnOptions, 'cwd' | 'env' | 'stdio'>,
    onEnd: (end: ProcessEnd) => void,
  ) {
    this.#onEnd = onEnd;
    // A group of its own: a Ctrl-C reaches the worker alone.
    this.#child = spawn(command, args, { ...options, detached: true });
    this.#child.once('error', (error) => this.#end({ error }));
    this.#child.once('exit', (code, signal) => void this.#close({ code, signal }));
    if (this.pipes !== undefined) return;
    this.#over = true;
    throw new Error(`${command} cannot be started: too many files are open`);
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** There are none when no file could be opened for them. */
  get pipes(): ChildProcess['stdio'] | undefined {
    return this.#child.stdio;
  }

  signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    try {
      if (pid !== undefined && !this.#over) process.kill(-pid, signal);
    } catch {
      // It ended a moment ago.
    }
  }

  async #close(end: ProcessEnd): Promise<void> {
    this.signal('SIGKILL');
    const closed = new Promise((resolve) => this.#child.once('close', resolve));
    await Promise.race([closed, delay(CLOSE_LIMIT_MS, undefined, { ref: false })]);
    for (const pipe of this.#child.stdio) pipe?.destroy();
    this.#end(end);
  }

  #end(end: ProcessEnd): void {
    if (this.#over) return;
    this.#over = true;
    this.#onEnd(end);
  }
}
