import type { ExecutionChange } from '@gantry/contracts/http/execution-change';
import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

const append = loadScript('append-changes', { whenFull: false });

/** About 8 MB in Redis; some ten seconds of a busy system, for whoever was disconnected that long. */
export const CHANGES_KEPT = 20_000;

const APPEND_CHUNK = 1_000;

/** Comes before every entry. */
export const BEFORE_ALL = '0-0';

export interface ChangeEntry {
  /** Grows: `<ms>-<number>`. */
  id: string;
  /** JSON, not yet parsed; undefined says that changes before this entry may be missing. */
  change: string | undefined;
}

/** The bounded stream of changes of executions: every writer of the record appends, every api reads. */
export class ChangeStream {
  readonly #redis: Redis;
  readonly #keys: Keys;
  readonly #kept: number;

  /** @param kept how many changes at least are kept */
  constructor(redis: Redis, keys: Keys, kept: number = CHANGES_KEPT) {
    this.#redis = redis;
    this.#keys = keys;
    this.#kept = kept;
  }

  /** @param missing says first that changes before these may be missing */
  async append(changes: readonly ExecutionChange[], { missing }: { missing: boolean }): Promise<void> {
    let first = missing;
    for (let from = 0; from < changes.length || first; from += APPEND_CHUNK) {
      const chunk = changes.slice(from, from + APPEND_CHUNK).map((change) => JSON.stringify(change));
      await append(this.#redis, [this.#keys.changes], [this.#kept, first ? 1 : 0, ...chunk]);
      first = false;
    }
  }

  /** Entries after `id`, oldest first, at once; with `blockMs`, waits that long for the first. */
  async readAfter(id: string, count: number, blockMs?: number): Promise<ChangeEntry[]> {
    const wait = blockMs === undefined ? [] : ['BLOCK', blockMs];
    const reply = (await this.#redis.call('XREAD', 'COUNT', count, ...wait, 'STREAMS', this.#keys.changes, id)) as
      | [string, [string, string[]][]][]
      | null;
    return (reply?.[0]?.[1] ?? []).map(([entryId, [field, value]]) => ({
      id: entryId,
      change: field === 'change' ? value : undefined,
    }));
  }

  /** The id of the oldest entry that is kept. */
  async firstId(): Promise<string | undefined> {
    const [oldest] = await this.#redis.xrange(this.#keys.changes, '-', '+', 'COUNT', 1);
    return oldest?.[0];
  }
}

/** The order of entry ids: negative if `a` comes first. */
export function compareChangeIds(a: string, b: string): number {
  const [msA = 0, numberA = 0] = a.split('-').map(Number);
  const [msB = 0, numberB = 0] = b.split('-').map(Number);
  return msA - msB || numberA - numberB;
}
