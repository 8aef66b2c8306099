import { randomBytes } from 'node:crypto';
import type { ProducerRedis } from '@gantry/dispatch/connect';

/** How long a link may be used. */
const LINK_MS = 10 * 60_000;

/** Tokens that sign one browser in, once. They live in Redis, where every api finds them and no one twice. */
export class SignInLinks {
  readonly #redis: ProducerRedis;
  readonly #prefix: string;

  constructor(redis: ProducerRedis, prefix: string) {
    this.#redis = redis;
    this.#prefix = prefix;
  }

  /** @returns a token that stands for the key */
  async create(keyId: string): Promise<string> {
    const token = randomBytes(32).toString('base64url');
    await this.#redis.set(this.#keyOf(token), keyId, 'PX', LINK_MS);
    return token;
  }

  /** @returns the id of the key, undefined when the token is unknown, used or too old */
  async use(token: string): Promise<string | undefined> {
    return (await this.#redis.getdel(this.#keyOf(token))) ?? undefined;
  }

  #keyOf(token: string): string {
    return `${this.#prefix}:sign-in:${token}`;
  }
}
