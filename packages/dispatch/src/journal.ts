import type { Redis } from 'ioredis';
import type { Keys } from './keys.ts';
import { loadScript } from './script.ts';

const acknowledge = loadScript('acknowledge-facts', { whenFull: true });
const park = loadScript('park-fact', { whenFull: true });

const GROUP = 'recorder';
/** One name for every leader: the next one finds what the last one had read and not acknowledged. */
const CONSUMER = 'leader';

export interface JournalEntry {
  id: string;
  /** Facts that were reported together: a JSON array, not yet parsed. */
  facts: string;
}

export interface ParkedFact {
  /** The id of its entry. */
  entry: string;
  /** JSON, or the text of an entry that is none. */
  fact: string;
  reason: string;
}

const PARKED_KEPT = 1_000;

/** The leader's side of the journal stream. */
export class Journal {
  readonly #redis: Redis;
  readonly #keys: Keys;

  constructor(redis: Redis, keys: Keys) {
    this.#redis = redis;
    this.#keys = keys;
  }

  /** What was read before and not acknowledged, oldest first. @param behind the id of an entry, not read itself */
  async readUnacknowledged(count: number, behind = '0'): Promise<JournalEntry[]> {
    return this.#read(['COUNT', count, 'STREAMS', this.#keys.journal, behind]);
  }

  /** How many entries were read and not acknowledged. */
  async unacknowledged(): Promise<number> {
    const [count] = await this.#withGroup(() => this.#redis.xpending(this.#keys.journal, GROUP));
    return Number(count);
  }

  /** New entries, oldest first; waits up to `blockMs` for the first. */
  async readNew(count: number, blockMs: number): Promise<JournalEntry[]> {
    return this.#read(['COUNT', count, 'BLOCK', blockMs, 'STREAMS', this.#keys.journal, '>']);
  }

  /** Acknowledged entries are in the record, so they are deleted too. */
  async acknowledge(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await acknowledge(this.#redis, [this.#keys.journal], [GROUP, ...ids]);
  }

  /** Sets a fact aside that the record refused, with the reason; the newest 1,000 are kept. */
  async park(parked: ParkedFact): Promise<void> {
    await park(this.#redis, [this.#keys.parked], [JSON.stringify({ ...parked, at: Date.now() }), PARKED_KEPT]);
  }

  /** The id of the newest entry ever added; `0-0` for an empty journal. */
  async lastId(): Promise<string> {
    const [newest] = await this.#redis.xrevrange(this.#keys.journal, '+', '-', 'COUNT', 1);
    return newest?.[0] ?? '0-0';
  }

  /** Whether an entry up to and including `id` is still to be folded. */
  async holdsUpTo(id: string): Promise<boolean> {
    return id !== '0-0' && (await this.#redis.xrange(this.#keys.journal, '-', id, 'COUNT', 1)).length > 0;
  }

  async length(): Promise<number> {
    return this.#redis.xlen(this.#keys.journal);
  }

  /** When the oldest entry that is not acknowledged was added, ms since 1970; null when there is none. */
  async oldestAt(): Promise<number | null> {
    const [oldest] = await this.#redis.xrange(this.#keys.journal, '-', '+', 'COUNT', 1);
    return oldest === undefined ? null : Number(oldest[0].split('-')[0]);
  }

  async #read(args: (string | number)[]): Promise<JournalEntry[]> {
    const reply = (await this.#withGroup(() => this.#redis.call('XREADGROUP', 'GROUP', GROUP, CONSUMER, ...args))) as
      | [string, [string, string[] | null][]][]
      | null;
    return (reply?.[0]?.[1] ?? []).map(([id, fields]) => ({ id, facts: fields?.[1] ?? '' }));
  }

  /** The group is gone after a wipe of Redis, and not there on the first start: made at 0, so that nothing is passed over. */
  async #withGroup<T>(read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (!(error instanceof Error && error.message.startsWith('NOGROUP'))) throw error;
      await this.#redis.xgroup('CREATE', this.#keys.journal, GROUP, '0', 'MKSTREAM').catch((failure: Error) => {
        if (!failure.message.startsWith('BUSYGROUP')) throw failure;
      });
      return read();
    }
  }
}
