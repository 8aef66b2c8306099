/**
 * Hands on lines of a pipe, in order, each once all other pipes have been read of what was in them when it came. What is read now
 * may have been written after the system was asked which pipes have something, so that others are known of in the turn of the
 * event loop after this one.
 */
export class LinesAfterPipes {
  readonly #onLine: (line: string) => void;
  readonly #lines: string[] = [];
  /** Of them those of this turn. */
  #newest = 0;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(line: string): void {
    this.#lines.push(line);
    this.#newest += 1;
    if (this.#newest > 1) return;
    setImmediate(() => {
      const came = this.#newest;
      this.#newest = 0;
      setImmediate(() => this.#handOn(came));
    });
  }

  /** All that have come: nothing else will. */
  end(): void {
    this.#handOn(this.#lines.length);
  }

  #handOn(count: number): void {
    for (const line of this.#lines.splice(0, count)) this.#onLine(line);
  }
}
