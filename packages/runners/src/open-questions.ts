import { ModuleError } from '@gantry/module-sdk/module-error';
import type { ScriptLimits, ScriptQuestion } from './script-messages.ts';

const MIB = 1024 * 1024;
/** Put to the worker at the same time: what it answers is in its memory until the script takes it. */
const AT_ONCE = 4;
/** Of each question, besides its text. */
const QUESTION_BYTES = 1024;

/** What a script has asked for and was not told yet. It counts as its memory, though it is kept outside of the sandbox. */
export class OpenQuestions {
  readonly #maxMemoryMb: number;
  readonly #ask: (id: number, question: ScriptQuestion) => void;
  /** The bytes of each. */
  readonly #open = new Map<number, number>();
  readonly #waiting: { id: number; question: ScriptQuestion }[] = [];
  readonly #asked = new Set<number>();
  #numbers = 0;
  #bytes = 0;

  constructor({ maxMemoryMb }: Pick<ScriptLimits, 'maxMemoryMb'>, ask: (id: number, question: ScriptQuestion) => void) {
    this.#maxMemoryMb = maxMemoryMb;
    this.#ask = ask;
  }

  get none(): boolean {
    return this.#open.size === 0;
  }

  /**
   * @param characters of its text
   * @returns its number
   * @throws ModuleError MODULE_OUT_OF_MEMORY
   */
  add(characters: number): number {
    const bytes = characters + QUESTION_BYTES;
    if (this.#bytes + bytes > this.#maxMemoryMb * MIB) {
      const message = `The script asks for more at once than its memory of ${this.#maxMemoryMb} MB would hold`;
      throw new ModuleError('MODULE_OUT_OF_MEMORY', message);
    }
    const id = ++this.#numbers;
    this.#open.set(id, bytes);
    this.#bytes += bytes;
    return id;
  }

  /** Puts one that was added to the worker, when it is its turn. */
  put(id: number, question: ScriptQuestion): void {
    this.#waiting.push({ id, question });
    this.#putNext();
  }

  /** The script is told the answer. */
  settle(id: number): void {
    this.#bytes -= this.#open.get(id) ?? 0;
    this.#open.delete(id);
    if (this.#asked.delete(id)) this.#putNext();
  }

  #putNext(): void {
    if (this.#asked.size >= AT_ONCE) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#asked.add(next.id);
    this.#ask(next.id, next.question);
  }
}
