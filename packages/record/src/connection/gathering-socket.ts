import { Socket } from 'node:net';

type Written = string | Uint8Array;
type Done = (error?: Error | null) => void;

/**
 * What is written in one turn of the event loop goes out together. Each write is a system call and wakes whoever is at the other end,
 * which costs more than most of what Postgres is asked.
 */
export class GatheringSocket extends Socket {
  #gathers = false;

  constructor() {
    super();
    // Connecting has put Node's own method before the one below.
    this.once('connect', () => Reflect.deleteProperty(this, 'write'));
  }

  override write(data: Written, done?: Done): boolean;
  override write(data: Written, encoding?: BufferEncoding, done?: Done): boolean;
  override write(data: Written, encoding?: BufferEncoding | Done, done?: Done): boolean {
    this.#gather();
    return typeof encoding === 'function' ? super.write(data, encoding) : super.write(data, encoding, done);
  }

  #gather(): void {
    if (this.#gathers) return;
    this.#gathers = true;
    this.cork();
    // Whoever waited for the same answer has asked its next question by then.
    process.nextTick(() => {
      this.#gathers = false;
      this.uncork();
    });
  }
}
