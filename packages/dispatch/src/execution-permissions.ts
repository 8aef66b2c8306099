import type { FactOf } from '@gantry/domain/fact';
import type { ChainableCommander, Redis } from 'ioredis';
import { keyPattern } from './key-pattern.ts';
import type { Keys } from './keys.ts';
import { unlessRefused } from './refusal.ts';
import { loadScript } from './script.ts';
import { withTimeout } from './with-timeout.ts';

const announce = loadScript('announce-term', { whenFull: true });
const append = loadScript('append-facts', { whenFull: true });

/** Longer than a planner job that is taken over by the next leader can be late: it must find the execution done. */
const REMEMBER_DONE_MS = 60_000;

const ANSWER_MS = 1_500;
const SCAN_COUNT = 1_000;
/** What PTTL answers of a key without an expiry. */
const KEPT_FOR_EVER = -1;

export interface Permission {
  epoch: number;
  open: boolean;
  leased: boolean;
  runtime: string | null;
  slice: number;
  done: boolean;
}

/** The leader's side of the permissions `exec:<id>`. */
export class ExecutionPermissions {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** @returns the permission of each execution, undefined where there is none, or something else in its place */
  async read(executionIds: readonly string[]): Promise<(Permission | undefined)[]> {
    const rows = await Promise.all(
      executionIds.map((id) =>
        unlessRefused(
          this.#redis.hmget(this.#keys.execution(id), 'epoch', 'open', 'leased', 'runtime', 'slice', 'done'),
          () => [],
        ),
      ),
    );
    return rows.map(([epoch, open, leased, runtime, slice, done]) =>
      epoch == null
        ? undefined
        : {
            epoch: Number(epoch),
            open: open === '1',
            leased: leased === '1',
            runtime: runtime ?? null,
            slice: Number(slice ?? 0),
            done: done === '1',
          },
    );
  }

  /** Finished executions need no permission any more: closed and forgotten after a minute. */
  async forget(executionIds: readonly string[]): Promise<void> {
    const pipeline = this.#redis.pipeline();
    for (const id of executionIds) pipeline.pexpire(this.#keys.execution(id), REMEMBER_DONE_MS);
    await run(pipeline);
  }

  /**
   * Goes through the permissions a few at a time: those that are kept for ever, which should be unfinished executions'.
   * @param cursor where the last look ended; `0` at the start, and again once all were seen
   */
  async lasting(cursor: string): Promise<{ cursor: string; executionIds: string[] }> {
    return withTimeout(this.#lasting(cursor), ANSWER_MS);
  }

  async #lasting(cursor: string): Promise<{ cursor: string; executionIds: string[] }> {
    const prefix = this.#keys.execution('');
    const [next, found] = await this.#redis.scan(cursor, 'MATCH', keyPattern(prefix), 'COUNT', SCAN_COUNT);
    const ttls = await Promise.all(found.map((key) => this.#redis.pttl(key)));
    const executionIds = found
      .filter((_, index) => ttls[index] === KEPT_FOR_EVER)
      .map((key) => key.slice(prefix.length));
    return { cursor: next, executionIds };
  }

  /** Takes a permission away at once, so that the execution can be planned again. */
  async revoke(executionId: string): Promise<void> {
    await this.#redis.del(this.#keys.execution(executionId));
  }

  /** Makes this leader's planner the only one that may open executions, unless a newer one has announced itself. */
  async announceTerm(term: number): Promise<void> {
    await announce(this.#redis, [this.#keys.term], [term]);
  }

  /** Reports on executions that get no permission: nothing of them is to run. */
  async report(facts: readonly FactOf<'planned' | 'unplannable'>[]): Promise<void> {
    if (facts.length === 0) return;
    const texts = facts.map((fact) => JSON.stringify(fact));
    await append(this.#redis, [this.#keys.journal], texts);
  }
}

/** A pipeline resolves even where a command of it was refused. */
async function run(pipeline: ChainableCommander): Promise<void> {
  const failed = (await pipeline.exec())?.find(([error]) => error !== null);
  if (failed?.[0]) throw failed[0];
}
