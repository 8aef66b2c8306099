import type { FactOf } from '@gantry/domain/fact';
import type { ChainableCommander } from 'ioredis';
import { keyPattern } from './key-pattern.ts';
import { unlessRefused } from './refusal.ts';
import { loadScript } from './script.ts';
import type { Shards } from './shards.ts';
import { withTimeout } from './with-timeout.ts';

const announce = loadScript('announce-term', { whenFull: true });
const append = loadScript('append-facts', { whenFull: true });

/** Longer than a planner job that is taken over by the next leader can be late: it must find the execution done. */
const REMEMBER_DONE_MS = 60_000;

const ANSWER_MS = 1_500;
const SCAN_COUNT = 1_000;
const START = '0';
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
  readonly #shards: Shards;

  constructor(shards: Shards) {
    this.#shards = shards;
  }

  /** @returns the permission of each execution, undefined where there is none, or something else in its place */
  async read(executionIds: readonly string[]): Promise<(Permission | undefined)[]> {
    const rows = await Promise.all(
      executionIds.map((id) => {
        const { redis, keys } = this.#shards.of(id);
        const asking = redis.hmget(keys.execution(id), 'epoch', 'open', 'leased', 'runtime', 'slice', 'done');
        return unlessRefused(asking, () => []);
      }),
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
    const forgetting = this.#shards
      .group(executionIds, (id) => id)
      .map(([{ redis, keys }, ids]) => {
        const pipeline = redis.pipeline();
        for (const id of ids) pipeline.pexpire(keys.execution(id), REMEMBER_DONE_MS);
        return run(pipeline);
      });
    await Promise.all(forgetting);
  }

  /**
   * Goes through the permissions a few at a time, shard by shard: those that are kept for ever, which should be unfinished
   * executions'.
   * @param cursor where the last look ended; `0` at the start, and again once all were seen
   */
  async lasting(cursor: string): Promise<{ cursor: string; executionIds: string[] }> {
    return withTimeout(this.#lasting(cursor), ANSWER_MS);
  }

  async #lasting(cursor: string): Promise<{ cursor: string; executionIds: string[] }> {
    const [from = START, index = 0] = cursor.split(' ').map(Number);
    const { redis, keys } = this.#shards.all[index] ?? this.#shards.first;
    const prefix = keys.execution('');
    const [next, found] = await redis.scan(from, 'MATCH', keyPattern(prefix), 'COUNT', SCAN_COUNT);
    const ttls = await Promise.all(found.map((key) => redis.pttl(key)));
    const executionIds = found
      .filter((_, index) => ttls[index] === KEPT_FOR_EVER)
      .map((key) => key.slice(prefix.length));
    return { cursor: this.#cursorAfter(next, index), executionIds };
  }

  /** @param next of Redis' own: `0` at the end of a shard */
  #cursorAfter(next: string, index: number): string {
    if (next !== START) return `${next} ${index}`;
    return index + 1 < this.#shards.count ? `${START} ${index + 1}` : START;
  }

  /** Takes a permission away at once, so that the execution can be planned again. */
  async revoke(executionId: string): Promise<void> {
    const { redis, keys } = this.#shards.of(executionId);
    await redis.del(keys.execution(executionId));
  }

  /** Makes this leader's planner the only one that may open executions, unless a newer one has announced itself. In one shard, or in all. */
  async announceTerm(term: number, shard?: number): Promise<void> {
    const announced = this.#shards.all.filter(({ keys }) => shard === undefined || keys.shard === shard);
    await Promise.all(announced.map(({ redis, keys }) => announce(redis, [keys.term], [term])));
  }

  /** Reports on executions that get no permission: nothing of them is to run. */
  async report(facts: readonly FactOf<'planned' | 'unplannable'>[]): Promise<void> {
    const reporting = this.#shards
      .group(facts, ({ executionId }) => executionId)
      .map(([{ redis, keys }, some]) =>
        append(
          redis,
          [keys.journal],
          some.map((fact) => JSON.stringify(fact)),
        ),
      );
    await Promise.all(reporting);
  }
}

/** A pipeline resolves even where a command of it was refused. */
async function run(pipeline: ChainableCommander): Promise<void> {
  const failed = (await pipeline.exec())?.find(([error]) => error !== null);
  if (failed?.[0]) throw failed[0];
}
