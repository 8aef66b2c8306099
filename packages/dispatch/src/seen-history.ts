import { keyPattern } from './key-pattern.ts';
import { loadScript } from './script.ts';
import { type Noted, readNoted, ShardCountError, writeNoted } from './shard-count.ts';
import type { Shard, Shards } from './shards.ts';

const forgetEverything = loadScript('forget-everything', { whenFull: true });

/** How far a shard of Redis has seen the record come. */
export interface Seen {
  /** Of the newest leader that announced itself. */
  term: number;
  /** Undefined before the first leader has noted it. */
  history: Noted | undefined;
}

/** What this Redis has seen of the record, so that a record that was restored is told apart from the one it knew. */
export class SeenHistory {
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /**
   * @returns of each shard; undefined for one that has lost what the leader announced, and so everything
   * @throws ShardCountError
   */
  async read(): Promise<(Seen | undefined)[]> {
    const seen = await Promise.all(this.#shards.all.map(readShard));
    const { count } = this.#shards;
    const other = seen.find((one) => one?.history !== undefined && one.history.shards !== count);
    if (other?.history) throw new ShardCountError(count, other.history.shards);
    return seen;
  }

  async note({ lineage, beat }: { lineage: string; beat: number }): Promise<void> {
    const text = writeNoted({ lineage, beat, shards: this.#shards.count });
    await Promise.all(this.#shards.all.map(({ redis, keys }) => redis.set(keys.history, text)));
  }

  /** Deletes all that Gantry has in Redis. @returns how many keys that were */
  async forgetEverything(): Promise<number> {
    const forgetting = this.#shards.all.map(({ redis, keys }) =>
      forgetEverything(redis, [keys.term], [keyPattern(`${keys.prefix}:`)]),
    );
    return (await Promise.all(forgetting)).reduce((sum: number, keys) => sum + Number(keys), 0);
  }
}

async function readShard({ redis, keys }: Shard): Promise<Seen | undefined> {
  const [term, noted] = await redis.mget(keys.term, keys.history);
  return term == null ? undefined : { term: Number(term), history: readNoted(noted) };
}
