import { type FSWatcher, watch } from 'node:fs';

const IGNORED = /(^|[/\\])(node_modules|__pycache__|\.[^/\\]*)([/\\]|$)/;

/** What is saved in a folder. */
export class Saves implements Disposable {
  readonly #watcher: FSWatcher;
  #saved = Promise.withResolvers<void>();

  constructor(folder: string, signal: AbortSignal) {
    this.#watcher = watch(folder, { recursive: true });
    this.#watcher.on('change', (_event, name) => {
      if (!IGNORED.test(String(name))) this.#saved.resolve();
    });
    signal.addEventListener('abort', () => this.#saved.resolve(), { once: true });
  }

  /** Resolves once something has been saved, since it was forgotten. */
  next(): Promise<void> {
    return this.#saved.promise;
  }

  forget(): void {
    this.#saved = Promise.withResolvers();
  }

  [Symbol.dispose](): void {
    this.#watcher.close();
  }
}
