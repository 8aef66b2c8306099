import { ModuleError } from '@gantry/module-sdk/module-error';
import type { SecretGiven } from './process-messages.ts';

/** What a module process asks its worker for, until it is answered. */
export class AskedSecrets {
  readonly #ask: (id: number, name: unknown) => void;
  readonly #open = new Map<number, PromiseWithResolvers<string>>();
  #asked = 0;

  constructor(ask: (id: number, name: unknown) => void) {
    this.#ask = ask;
  }

  /** The step has wanted to know one. */
  get asked(): boolean {
    return this.#asked > 0;
  }

  get(name: unknown): Promise<string> {
    const asked = Promise.withResolvers<string>();
    const id = this.#asked++;
    this.#open.set(id, asked);
    this.#ask(id, name);
    return asked.promise;
  }

  take(id: number, given: SecretGiven): void {
    const asked = this.#open.get(id);
    this.#open.delete(id);
    if ('value' in given) asked?.resolve(given.value);
    else asked?.reject(new ModuleError(given.error.code, given.error.message));
  }
}
