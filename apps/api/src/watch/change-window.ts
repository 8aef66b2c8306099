import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import { compareChangeIds } from '@gantry/dispatch/change-stream';

export interface WindowEntry {
  id: string;
  /** Null: changes before this entry may be missing. */
  change: ExecutionChange | null;
  /** The entry as a stream sends it. */
  frame: string;
}

/** The newest changes, in memory once for all who watch, numbered in the order in which they came. */
export class ChangeWindow {
  readonly #capacity: number;
  #entries: WindowEntry[] = [];
  #first = 0;
  /** Every entry after this one is here. Unknown until an entry was let go, unless whoever began said so. */
  #before: string | undefined;

  /** @param capacity entries that are kept at least */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** The number of the oldest entry here. */
  get first(): number {
    return this.#first;
  }

  /** The number that the next entry will have. */
  get end(): number {
    return this.#first + this.#entries.length;
  }

  /** The newest id seen. */
  get lastId(): string | undefined {
    return this.#entries.at(-1)?.id ?? this.#before;
  }

  at(number: number): WindowEntry | undefined {
    return this.#entries[number - this.#first];
  }

  /** Takes newer entries in; now and then lets the oldest go, many at once. */
  push(entries: readonly WindowEntry[]): void {
    for (const entry of entries) this.#entries.push(entry);
    if (this.#entries.length < this.#capacity * 1.25) return;
    const gone = this.#entries.splice(0, this.#entries.length - this.#capacity);
    this.#first += gone.length;
    this.#before = gone.at(-1)?.id;
  }

  /** The number of the first entry after that id; undefined if entries in between may be missing here. */
  after(id: string): number | undefined {
    if (id === this.#before) return this.#first;
    const [oldest] = this.#entries;
    const newest = this.#entries.at(-1);
    if (!oldest || !newest || compareChangeIds(id, oldest.id) < 0 || compareChangeIds(id, newest.id) > 0) return;
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (compareChangeIds(this.#entries[middle]?.id ?? id, id) > 0) high = middle;
      else low = middle + 1;
    }
    return this.#first + low;
  }

  /** Forgets everything. @param before what the next entries come right after, where that is known */
  clear(before?: string): void {
    this.#first = this.end;
    this.#entries = [];
    this.#before = before;
  }
}
