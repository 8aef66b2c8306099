import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import type { ChangeStream } from './change-stream.ts';

/**
 * Publishes changes that are in the record already. Redis being away fails nothing: those who watch are told that
 * changes may be missing, and read again what they watch.
 */
export class ChangePublisher {
  readonly #stream: ChangeStream;
  readonly #onError: (error: unknown) => void;
  #missing = false;

  constructor(stream: ChangeStream, onError: (error: unknown) => void) {
    this.#stream = stream;
    this.#onError = onError;
  }

  /** For a writer that takes over from one that may have died between a commit and its publishing. */
  takeOver(): void {
    this.#missing = true;
    this.publish([]);
  }

  /** Sent in the order of the calls, ahead of whatever is sent over the same connection later; not waited for. */
  publish(changes: readonly ExecutionChange[]): void {
    const missing = this.#missing;
    this.#missing = false;
    this.#stream.append(changes, { missing }).catch((error) => {
      this.#missing = true;
      this.#onError(error);
    });
  }
}
