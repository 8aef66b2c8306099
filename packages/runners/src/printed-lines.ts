/** Puts what is printed together to lines. */
export class PrintedLines {
  readonly #onLine: (line: string) => void;
  #begun = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  write(text: string): void {
    const lines = (this.#begun + text).split('\n');
    this.#begun = lines.pop() ?? '';
    for (const line of lines) this.#onLine(line);
    if (this.#begun.length > 8_000) this.end();
  }

  end(): void {
    if (this.#begun !== '') this.#onLine(this.#begun);
    this.#begun = '';
  }
}
