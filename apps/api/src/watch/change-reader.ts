import { setTimeout as delay } from 'node:timers/promises';
import { executionChangeSchema } from '@gantry/contracts/http/execution-change';
import { BEFORE_ALL, type ChangeEntry, type ChangeStream, compareChangeIds } from '@gantry/dispatch/change-stream';
import { LONGEST_READ_MS, type ReaderRedis, readyWithin } from '@gantry/dispatch/connect';
import type { Logger } from '@gantry/service/logger';
import type { Service } from '@gantry/service/service';
import type { WindowEntry } from './change-window.ts';
import { changeFrame, resetFrame } from './event-frames.ts';
import type { Watchers } from './watchers.ts';

interface ReaderDeps {
  /** Its own connection: reading blocks it. */
  redis: ReaderRedis;
  stream: ChangeStream;
  watchers: Pick<Watchers, 'begin' | 'push' | 'interrupt'>;
  logger: Logger;
}

/** Not more than the stream keeps at least, so that whoever falls behind that far gets a full batch. */
const BATCH = 500;
const RETRY_MS = 250;
/** An api starts without Redis too. */
const START_PATIENCE_MS = 2_000;

/** Reads the stream of changes, once for all who watch at this api. */
export class ChangeReader implements Service {
  readonly name = 'change-reader';
  readonly #deps: ReaderDeps;
  readonly #begun = Promise.withResolvers<void>();
  #connected = false;
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(deps: ReaderDeps) {
    this.#deps = deps;
  }

  async start(): Promise<void> {
    this.#running ??= this.#run();
    await Promise.race([this.#begun.promise, delay(START_PATIENCE_MS, undefined, { ref: false })]);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#deps.redis.disconnect();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { redis, logger } = this.#deps;
    redis.on('close', () => this.#interrupt());
    await readyWithin(redis, START_PATIENCE_MS);
    while (!this.#stopped) {
      try {
        await this.#follow(await this.#begin());
      } catch (error) {
        if (this.#stopped) return;
        logger.warn({ err: error }, 'changes cannot be followed, trying again');
        await delay(RETRY_MS);
      }
      this.#interrupt();
    }
  }

  #interrupt(): void {
    this.#connected = false;
    this.#deps.watchers.interrupt();
  }

  /** Reads all that the stream holds. @returns the id to go on after */
  async #begin(): Promise<string> {
    const { stream, watchers, logger } = this.#deps;
    this.#connected = true;
    const kept: WindowEntry[] = [];
    let after = BEFORE_ALL;
    for (;;) {
      const entries = await stream.readAfter(after, BATCH);
      kept.push(...this.#read(entries));
      after = entries.at(-1)?.id ?? after;
      if (entries.length < BATCH) break;
    }
    if (this.#connected) {
      watchers.begin(kept, after);
      this.#begun.resolve();
      logger.debug({ changes: kept.length }, 'following changes');
    }
    return after;
  }

  /** Until the connection breaks, or the stream has let go what was not read yet. */
  async #follow(from: string): Promise<void> {
    const { stream, watchers } = this.#deps;
    let after = from;
    while (this.#connected) {
      const entries = await stream.readAfter(after, BATCH, LONGEST_READ_MS);
      if (!this.#connected || (entries.length === BATCH && (await this.#isGone(after)))) return;
      watchers.push(this.#read(entries));
      after = entries.at(-1)?.id ?? after;
    }
  }

  /** Whether the stream no longer holds this entry, and so perhaps not all that followed it. */
  async #isGone(id: string): Promise<boolean> {
    if (id === BEFORE_ALL) return false;
    const first = await this.#deps.stream.firstId();
    return first === undefined || compareChangeIds(first, id) > 0;
  }

  #read(entries: readonly ChangeEntry[]): WindowEntry[] {
    return entries.flatMap(({ id, change: text }): WindowEntry[] => {
      if (text === undefined) return [{ id, change: null, frame: resetFrame(id) }];
      const parsed = executionChangeSchema.safeParse(parseJson(text));
      if (parsed.success) return [{ id, change: parsed.data, frame: changeFrame(id, text) }];
      this.#deps.logger.warn({ id, err: parsed.error }, 'not a change: passed over');
      return [];
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
