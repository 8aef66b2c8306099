import { type Paused, pausedWorkSchema } from '@gantry/contracts/paused-work';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { readJson } from './read-json.ts';
import { readNoted } from './shard-count.ts';

const NOTHING: Paused = { everything: false, runtimes: [] };

/** A worker looks every second. */
const ASKED_FOR_MS = 60_000;

/** What operators want of workers, which know Redis alone. */
export class PausedWork {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** Makes it what Redis says, if that is something else: after a wipe, too. */
  async tell(paused: Paused): Promise<void> {
    const text = paused.everything || paused.runtimes.length > 0 ? JSON.stringify(paused) : null;
    // Unlike GET it answers, too, where there is something of another type.
    const [said] = await this.#redis.mget(this.#keys.paused);
    if (said === text) return;
    if (text === null) await this.#redis.del(this.#keys.paused);
    else await this.#redis.set(this.#keys.paused, text);
  }

  /** What is paused, whether this worker is asked to end, and how many shards there are if that is known. */
  async read(workerId: string): Promise<Paused & { drain: boolean; shards: number | undefined }> {
    const { paused: key, drain: drainKey, history } = this.#keys;
    const [text, drain, noted] = await this.#redis.mget(key, drainKey(workerId), history);
    const paused = (text == null ? undefined : readJson(pausedWorkSchema, text)) ?? NOTHING;
    return { ...paused, drain: drain != null, shards: readNoted(noted)?.shards };
  }

  async askToDrain(workerId: string): Promise<void> {
    await this.#redis.set(this.#keys.drain(workerId), '1', 'PX', ASKED_FOR_MS);
  }
}
