/** Slots that the queues of several shards share: whoever waited longest for one gets the next that is free. */
export class SlotGate {
  readonly limit: number;
  readonly #waiting: (() => void)[] = [];
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get isFull(): boolean {
    return this.#used >= this.limit;
  }

  /** Resolves once there is a slot, which has to be left again. */
  async enter(): Promise<void> {
    if (this.isFull) return new Promise((resolve) => this.#waiting.push(resolve));
    this.#used += 1;
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#used -= 1;
  }
}
