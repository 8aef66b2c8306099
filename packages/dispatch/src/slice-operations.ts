import { loadScript } from './script.ts';
import type { Shard } from './shards.ts';

const script = loadScript('slice-operations', { whenFull: true });

/** One entry of the journal holds what one script reports, so that this bounds both. */
const MAX_OPERATIONS = 100;
const MAX_CHARACTERS = 256 * 1024;

/** The files of lua/slice/. */
export type Operation =
  | 'start'
  | 'finishSteps'
  | 'retryStep'
  | 'report'
  | 'keepCheckpoint'
  | 'release'
  | 'openCall'
  | 'awaitCall';

interface Asked {
  key: string;
  args: (string | number)[];
  reply: PromiseWithResolvers<unknown>;
}

/**
 * The operations of all slices of a worker in one shard. While Redis works on some, those that are asked for meanwhile gather, and go
 * out together as one script once it has answered: alone, none waits; under load, many share one script and one entry of
 * the journal.
 */
export class SliceOperations {
  readonly #shard: Shard;
  #asked: Asked[] = [];
  #sending = false;

  constructor(shard: Shard) {
    this.#shard = shard;
  }

  /** @returns what the operation returns; see lua/slice/ */
  run(operation: Operation, executionId: string, args: readonly (string | number)[]): Promise<unknown> {
    const reply = Promise.withResolvers<unknown>();
    this.#asked.push({ key: this.#shard.keys.execution(executionId), args: [operation, args.length, ...args], reply });
    if (!this.#sending) void this.#sendAll();
    return reply.promise;
  }

  async #sendAll(): Promise<void> {
    this.#sending = true;
    // What other slices ask for in this turn of the event loop goes along.
    await new Promise(setImmediate);
    while (this.#asked.length > 0) await this.#send(this.#take());
    this.#sending = false;
  }

  /** The oldest of what was asked for, as much as one script may do. */
  #take(): Asked[] {
    let characters = 0;
    const end = this.#asked.findIndex(({ args }, index) => {
      characters += args.reduce<number>((sum, arg) => sum + String(arg).length, 0);
      return index === MAX_OPERATIONS || (index > 0 && characters > MAX_CHARACTERS);
    });
    return this.#asked.splice(0, end < 0 ? this.#asked.length : end);
  }

  async #send(asked: readonly Asked[]): Promise<void> {
    try {
      const keys = [this.#shard.keys.journal, ...asked.map(({ key }) => key)];
      const args = asked.flatMap((one) => one.args);
      const replies = (await script(this.#shard.redis, keys, args)) as unknown[];
      for (const [index, { reply }] of asked.entries()) answer(reply, replies[index]);
    } catch (error) {
      for (const { reply } of asked) reply.reject(error);
    }
  }
}

function answer(reply: Asked['reply'], given: unknown): void {
  if (Array.isArray(given) && given[0] === 'failed') reply.reject(new Error(String(given[1])));
  else reply.resolve(given);
}
