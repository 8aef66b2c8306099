import { terminalText } from '@gantry/contracts/terminal-text';

/** Writes what a command has to say: JSON for programs, text for people. */
export class Printer {
  readonly #out: NodeJS.WritableStream;
  readonly #json: boolean;

  constructor(out: NodeJS.WritableStream, json: boolean) {
    this.#out = out;
    this.#json = json;
  }

  /** The whole answer of a command. */
  async answer(value: unknown, text: () => string | Promise<string>): Promise<void> {
    this.#out.write(`${this.#json ? JSON.stringify(value, null, 2) : terminalText(await text())}\n`);
  }

  /** One of many that come one after the other: each is a line of JSON. */
  part(value: unknown, text: () => string | undefined): void {
    const line = this.#json ? JSON.stringify(value) : terminalText(text() ?? '');
    if (line !== '') this.#out.write(`${line}\n`);
  }
}
