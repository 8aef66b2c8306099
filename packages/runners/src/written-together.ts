import type { Writable } from 'node:stream';
import { clearImmediate, setImmediate } from 'node:timers';

/** More than this is not held back. */
const AT_ONCE = 64 * 1024;

/**
 * What is written in one turn of the event loop goes out as one: each write is a system call, and wakes whoever reads it, which
 * costs more than most of what is said between a worker and its module processes.
 */
export class WrittenTogether {
  readonly #stream: Writable;
  #waiting = '';
  #turnEnds: NodeJS.Immediate | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
  }

  /** Something waits for the end of this turn. */
  get waits(): boolean {
    return this.#turnEnds !== undefined;
  }

  /** In order, at the end of this turn. */
  write(text: string): void {
    this.#waiting += text;
    if (this.#waiting.length > AT_ONCE) this.writeNow();
    else this.#turnEnds ??= setImmediate(() => this.writeNow());
  }

  /** With what waits before it. */
  writeNow(text = ''): void {
    const all = this.#waiting + text;
    this.#waiting = '';
    clearImmediate(this.#turnEnds);
    this.#turnEnds = undefined;
    if (all !== '') this.#stream.write(all);
  }
}
