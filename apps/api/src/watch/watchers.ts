import type { ServerResponse } from 'node:http';
import type { Service } from '@gantry/service/service';
import { ApiError } from '../http/api-error.ts';
import { ChangeWindow, type WindowEntry } from './change-window.ts';
import { type Watch, Watcher } from './watcher.ts';

export interface WatchLimits {
  /** Streams open at once with one API key, and in all. */
  perKey: number;
  total: number;
  /** Changes in memory: how far a client may fall behind. */
  window: number;
  heartbeatMs: number;
  /** How long a client that is left may take to read its last event. */
  lingerMs: number;
}

const RETRY_SECONDS = '5';

/** All clients of this api that watch executions, and the changes they are shown. */
export class Watchers implements Service {
  readonly name = 'watchers';
  readonly #limits: WatchLimits;
  readonly #window: ChangeWindow;
  readonly #watchers = new Set<Watcher>();
  readonly #byKey = new Map<string, number>();
  #filled = false;
  #stopped = false;
  #heartbeats: NodeJS.Timeout | undefined;

  constructor(limits: WatchLimits) {
    this.#limits = limits;
    this.#window = new ChangeWindow(limits.window);
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** The id after which changes come from now on; undefined while they cannot be followed. */
  get position(): string | undefined {
    return this.#filled ? this.#window.lastId : undefined;
  }

  async start(): Promise<void> {
    this.#heartbeats ??= setInterval(() => {
      for (const watcher of this.#watchers) watcher.heartbeat();
    }, this.#limits.heartbeatMs);
  }

  /** Ends all streams: clients connect again, to another api. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#heartbeats);
    for (const watcher of this.#watchers) watcher.end();
  }

  /**
   * Whether one more may watch with this key.
   * @throws ApiError TOO_MANY_REQUESTS or TOO_MANY_WATCHERS
   */
  checkRoom(keyId: string): void {
    const headers = { 'retry-after': RETRY_SECONDS };
    const { perKey, total } = this.#limits;
    if ((this.#byKey.get(keyId) ?? 0) >= perKey) {
      throw new ApiError('TOO_MANY_REQUESTS', `The API key has ${perKey} event streams open.`, { headers });
    }
    if (this.#stopped || this.size >= total) {
      throw new ApiError('TOO_MANY_WATCHERS', 'This api takes no more event streams.', { headers });
    }
  }

  /** Shows changes to a client until one of both ends it. */
  add(response: ServerResponse, watch: Watch): void {
    const { keyId } = watch;
    const watcher = new Watcher(response, watch, this.#window, this.#limits.lingerMs);
    this.#watchers.add(watcher);
    this.#byKey.set(keyId, (this.#byKey.get(keyId) ?? 0) + 1);
    response.once('close', () => {
      this.#watchers.delete(watcher);
      const left = (this.#byKey.get(keyId) ?? 1) - 1;
      if (left === 0) this.#byKey.delete(keyId);
      else this.#byKey.set(keyId, left);
    });
    if (this.#stopped) watcher.end();
    else if (this.#filled) watcher.place();
    else watcher.interrupt();
  }

  /** Changes cannot be followed for now. Clients stay; they are told once it is over. */
  interrupt(): void {
    this.#filled = false;
    for (const watcher of this.#watchers) watcher.interrupt();
  }

  /** Changes can be followed: `entries` are those that are kept, and the next ones come right after them. */
  begin(entries: readonly WindowEntry[], before: string): void {
    this.#window.clear(entries.length === 0 ? before : undefined);
    this.#window.push(entries);
    this.#filled = true;
    for (const watcher of this.#watchers) watcher.place();
  }

  push(entries: readonly WindowEntry[]): void {
    this.#window.push(entries);
    for (const watcher of this.#watchers) watcher.pump();
  }
}
