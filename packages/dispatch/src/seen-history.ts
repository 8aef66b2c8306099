import type { Redis } from 'ioredis';
import { keyPattern } from './key-pattern.ts';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

const forgetEverything = loadScript('forget-everything', { whenFull: true });

/** How far Redis has seen the record come. */
export interface Seen {
  /** Of the newest leader that announced itself. */
  term: number;
  /** Undefined before the first leader has noted it. */
  history: { lineage: string; beat: number } | undefined;
}

/** What this Redis has seen of the record, so that a record that was restored is told apart from the one it knew. */
export class SeenHistory {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @returns undefined when Redis has lost what the leader announced, and so everything */
  async read(): Promise<Seen | undefined> {
    const [term, noted] = await this.#redis.mget(this.#keys.term, this.#keys.history);
    if (term == null) return undefined;
    const [lineage, beat] = noted?.split(' ') ?? [];
    return { term: Number(term), history: lineage && beat ? { lineage, beat: Number(beat) } : undefined };
  }

  async note({ lineage, beat }: { lineage: string; beat: number }): Promise<void> {
    await this.#redis.set(this.#keys.history, `${lineage} ${beat}`);
  }

  /** Deletes all that Gantry has in Redis. @returns how many keys that were */
  async forgetEverything(): Promise<number> {
    const { prefix, term } = this.#keys;
    return (await forgetEverything(this.#redis, [term], [keyPattern(`${prefix}:`)])) as number;
  }
}
