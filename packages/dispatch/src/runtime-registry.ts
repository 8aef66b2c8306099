import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';

/** The module runtimes that executions have been planned for. */
export class RuntimeRegistry {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @returns names such as `gantry/default`, sorted */
  async list(): Promise<string[]> {
    return (await this.#redis.smembers(this.#keys.runtimes)).sort();
  }
}
