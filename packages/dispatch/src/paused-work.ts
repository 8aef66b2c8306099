import { type Paused, pausedWorkSchema } from '@gantry/contracts/paused-work';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

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
    if ((await this.#redis.get(this.#keys.paused)) === text) return;
    if (text === null) await this.#redis.del(this.#keys.paused);
    else await this.#redis.set(this.#keys.paused, text);
  }

  /** What is paused, and whether this worker is asked to end. */
  async read(workerId: string): Promise<Paused & { drain: boolean }> {
    const [text, drain] = await this.#redis.mget(this.#keys.paused, this.#keys.drain(workerId));
    const paused = text == null ? NOTHING : (pausedWorkSchema.safeParse(JSON.parse(text)).data ?? NOTHING);
    return { ...paused, drain: drain != null };
  }

  async askToDrain(workerId: string): Promise<void> {
    await this.#redis.set(this.#keys.drain(workerId), '1', 'PX', ASKED_FOR_MS);
  }
}
