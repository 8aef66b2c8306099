import { type Command, Redis } from 'ioredis';

/**
 * Commands of one turn of the event loop go out together: slices, or executions, that run side by side share the system
 * calls, here and in Redis. Each command is answered as ever; it is no transaction.
 */
export class BatchingRedis extends Redis {
  #corked = false;

  override sendCommand(command: Command, destination?: Parameters<Redis['sendCommand']>[1]): unknown {
    this.#cork();
    return super.sendCommand(command, destination);
  }

  #cork(): void {
    const { stream } = this;
    if (this.#corked || !stream?.writable) return;
    this.#corked = true;
    stream.cork();
    setImmediate(() => {
      this.#corked = false;
      stream.uncork();
    });
  }
}
