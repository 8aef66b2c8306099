import { Journal } from './journal.ts';
import type { Shards } from './shards.ts';

/** The journals of all shards, looked at from outside. */
export class Journals {
  readonly #journals: readonly Journal[];

  constructor(shards: Shards) {
    this.#journals = shards.all.map(({ redis, keys }) => new Journal(redis, keys));
  }

  /** The id of the newest entry of each, ever added. */
  lastIds(): Promise<string[]> {
    return Promise.all(this.#journals.map((journal) => journal.lastId()));
  }

  /** Whether one of them holds an entry up to and including its id that is still to be folded. */
  async holdUpTo(ids: readonly string[]): Promise<boolean> {
    const held = await Promise.all(this.#journals.map((journal, index) => journal.holdsUpTo(ids[index] ?? '0-0')));
    return held.includes(true);
  }

  /** Entries of all. */
  async length(): Promise<number> {
    const lengths = await Promise.all(this.#journals.map((journal) => journal.length()));
    return lengths.reduce((sum, length) => sum + length, 0);
  }

  /** When the oldest entry that is not acknowledged was added, ms since 1970; null when there is none. */
  async oldestAt(): Promise<number | null> {
    const oldest = await Promise.all(this.#journals.map((journal) => journal.oldestAt()));
    const known = oldest.filter((at) => at !== null);
    return known.length > 0 ? Math.min(...known) : null;
  }
}
