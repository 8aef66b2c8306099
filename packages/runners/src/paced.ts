const TELL_EVERY_MS = 100;

/** The clock of the machine: modules may replace the one of the realm they run in. */
const ticks = performance.now.bind(performance);

/** Passes on what comes, in a flood ten times a second and of that the newest `keep`. */
export class Paced<T> {
  readonly #keep: number;
  readonly #pass: (item: T) => void;
  #held: T[] = [];
  #toldAt = Number.NEGATIVE_INFINITY;
  #timer: NodeJS.Timeout | undefined;

  constructor(keep: number, pass: (item: T) => void) {
    this.#keep = keep;
    this.#pass = pass;
  }

  push(item: T): void {
    this.#held.push(item);
    if (this.#held.length > this.#keep) this.#held.shift();
    const wait = this.#toldAt + TELL_EVERY_MS - ticks();
    if (wait <= 0) this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), wait).unref();
  }

  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#held.length === 0) return;
    this.#toldAt = ticks();
    for (const item of this.#held.splice(0)) this.#pass(item);
  }
}
